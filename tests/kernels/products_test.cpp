// SPDX-License-Identifier: Apache-2.0
// Matrix products and products of planes against sums written out, at sizes around those of tiles,
// panels and packed blocks.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/kernels/kernels.hpp"

namespace banach {
namespace {

template <class T>
std::vector<T> numbers(std::int64_t n, int seed) {
  std::vector<T> out(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i)
    out[static_cast<std::size_t>(i)] =
        static_cast<T>(std::sin(1.7 * static_cast<double>(i) + seed));
  return out;
}

template <class T>
void expect_near(const std::vector<T>& found, const std::vector<double>& expected,
                 const std::string& what) {
  const double bound = sizeof(T) == 4 ? 5e-4 : 1e-11;
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(found[i]) - expected[i]));
  EXPECT_LT(worst, bound) << what;
}

struct Size {
  std::int64_t m, n, k;
};
const Size sizes[] = {{1, 1, 1},     {1, 40, 9},      {7, 33, 5},      {48, 64, 32}, {65, 72, 40},
                      {131, 80, 70}, {100, 136, 300}, {260, 130, 140}, {48, 63, 513}};

template <class T>
class Products : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Products, Types);

TYPED_TEST(Products, OfAnyLayoutAreSums) {
  using T = TypeParam;
  for (const auto& [m, n, k] : sizes)
    for (const bool columns : {false, true})
      for (const bool accumulate : {false, true}) {
        const std::int64_t a_row = columns ? 1 : k + 3, a_column = columns ? m + 3 : 1;
        const std::int64_t b_row = n + 5, c_row = n + 2;
        const auto a = numbers<T>((m + 3) * (k + 3), 1), b = numbers<T>(k * b_row, 2);
        auto c = numbers<T>(m * c_row, 3);
        std::vector<double> expected(c.begin(), c.end());
        for (std::int64_t i = 0; i < m; ++i)
          for (std::int64_t j = 0; j < n; ++j) {
            double& sum = expected[static_cast<std::size_t>(i * c_row + j)];
            if (!accumulate) sum = 0;
            for (std::int64_t p = 0; p < k; ++p)
              sum += static_cast<double>(a[static_cast<std::size_t>(i * a_row + p * a_column)]) *
                     static_cast<double>(b[static_cast<std::size_t>(p * b_row + j)]);
          }
        kernels<T>().multiply(
            {m, n, k, a.data(), a_row, a_column, b.data(), b_row, c.data(), c_row, accumulate});
        expect_near(c, expected,
                    std::to_string(m) + " " + std::to_string(n) + " " + std::to_string(k) +
                        (columns ? " columns" : " rows"));
      }
}

TYPED_TEST(Products, OfRowsAreSums) {
  using T = TypeParam;
  for (const auto& [m, n, r] : sizes) {
    const std::int64_t row = r + 1;
    const auto a = numbers<T>(m * row, 1), b = numbers<T>(n * row, 2);
    for (const bool accumulate : {false, true}) {
      auto c = numbers<T>(m * n, 3);
      std::vector<double> expected(c.begin(), c.end());
      for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
          double& sum = expected[static_cast<std::size_t>(i * n + j)];
          if (!accumulate) sum = 0;
          for (std::int64_t p = 0; p < r; ++p)
            sum += static_cast<double>(a[static_cast<std::size_t>(i * row + p)]) *
                   static_cast<double>(b[static_cast<std::size_t>(j * row + p)]);
        }
      kernels<T>().multiply_transposed(
          {m, n, r, a.data(), row, 1, b.data(), row, c.data(), n, accumulate});
      expect_near(c, expected,
                  std::to_string(m) + " " + std::to_string(n) + " " + std::to_string(r));
    }
  }
}

constexpr int planes = 5;

// More summands of one plane than a pass takes at once, some of them with one operand alone.
std::vector<PlaneProduct> entries() {
  std::vector<PlaneProduct> out;
  for (int k = 0; k < planes; ++k) out.push_back({0, k, planes - 1 - k, 0.5 + k, k == 0});
  for (const bool left : {true, false})
    out.push_back({0, left ? -1 : 2, left ? 3 : -1, -1.5, false});
  out.push_back({3, 1, -1, 2, true});
  return out;
}

// Those of the left operand's adjoint.
std::vector<PlaneProduct> adjoint_entries() {
  std::vector<PlaneProduct> out;
  for (int plane = 0; plane < planes; ++plane)
    for (const auto& e : entries())
      if (e.left == plane) {
        out.push_back(e);
        out.back().first = out.size() == 1 || out[out.size() - 2].left != plane;
      }
  return out;
}

// Of one number in every plane of one feature, `rows` apart.
template <class T>
void add_product(const T* a, const T* b, std::int64_t rows, double* y) {
  for (const auto& e : entries()) {
    const double left = e.left < 0 ? 1 : static_cast<double>(a[e.left * rows]);
    const double right = e.right < 0 ? 1 : static_cast<double>(b[e.right * rows]);
    y[e.out * rows] = (e.first ? 0 : y[e.out * rows]) + e.value * left * right;
  }
}

template <class T>
void add_adjoint(const T* y, const T* b, std::int64_t rows, double* a) {
  for (const auto& e : entries())
    if (e.left >= 0)
      a[e.left * rows] += e.value * (e.right < 0 ? 1 : static_cast<double>(b[e.right * rows])) *
                          static_cast<double>(y[e.out * rows]);
}

TYPED_TEST(Products, OfPlanesAreSums) {
  using T = TypeParam;
  for (const std::int64_t rows : {1, 8, 21})
    for (const std::int64_t features : {1, 3}) {
      const std::int64_t all = planes * rows, size = features * all;
      const auto a = numbers<T>(size, 1), b = numbers<T>(size, 2), d = numbers<T>(size, 4);
      auto y = numbers<T>(size, 3);
      std::vector<T> adjoint(static_cast<std::size_t>(size), T(0));
      std::vector<double> expected(y.begin(), y.end()), back(adjoint.begin(), adjoint.end());
      for (std::int64_t f = 0; f < features; ++f)
        for (std::int64_t at = f * all; at < f * all + rows; ++at) {
          add_product(a.data() + at, b.data() + at, rows, expected.data() + at);
          add_adjoint(d.data() + at, b.data() + at, rows, back.data() + at);
        }
      const auto table = entries(), turned = adjoint_entries();
      kernels<T>().jet_product(table.data(), static_cast<int>(table.size()), features, rows,
                               {a.data(), all}, {b.data(), all}, {y.data(), all});
      expect_near(y, expected, "product");
      kernels<T>().jet_product_adjoint(turned.data(), static_cast<int>(turned.size()), features,
                                       rows, {d.data(), all}, {b.data(), all},
                                       {adjoint.data(), all}, true);
      expect_near(adjoint, back, "adjoint");
    }
}

}  // namespace
}  // namespace banach
