// SPDX-License-Identifier: Apache-2.0
// Nonlinear functions of values and first derivatives against the chain rule written out, at
// numbers of rows around those of vectors.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/kernels/function.hpp"
#include "core/kernels/kernels.hpp"

namespace banach {
namespace {

struct Case {
  Function function;
  const char* name;
  double (*f)(double), (*first)(double), (*second)(double);
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double tanh_slope(double x) { return 1 - std::tanh(x) * std::tanh(x); }
double logistic_slope(double x) { return logistic(x) * (1 - logistic(x)); }

const Case cases[] = {
    {Function::tanh, "tanh", [](double x) { return std::tanh(x); }, tanh_slope,
     [](double x) { return -2 * std::tanh(x) * tanh_slope(x); }},
    {Function::sigmoid, "sigmoid", logistic, logistic_slope,
     [](double x) { return logistic_slope(x) * (1 - 2 * logistic(x)); }},
    {Function::sin, "sin", [](double x) { return std::sin(x); },
     [](double x) { return std::cos(x); }, [](double x) { return -std::sin(x); }}};

/// A block [features][planes][rows], its features a little apart.
template <class T>
struct Block {
  std::int64_t planes, rows, stride = planes * rows + 3;
  std::vector<T> data;
  Block(std::int64_t features, std::int64_t planes_, std::int64_t rows_, int seed)
      : planes(planes_), rows(rows_) {
    for (std::int64_t i = 0; i < features * stride; ++i)
      data.push_back(static_cast<T>(1.5 * std::sin(1.7 * static_cast<double>(i) + seed)));
  }
  Planes<T> view() { return {data.data(), stride}; }
  Planes<const T> constant() const { return {data.data(), stride}; }
  double at(std::int64_t f, std::int64_t p, std::int64_t i) const {
    return static_cast<double>(data[static_cast<std::size_t>(f * stride + p * rows + i)]);
  }
};

/// The tables of `planes` planes: a value and first derivatives.
struct FirstOrder {
  std::vector<PlaneProduct> adjoint;
  JetFunction what;
  FirstOrder(Function function, int planes) {
    for (int p = 0; p < planes; ++p) adjoint.push_back({p, p, 0, 1, p == 0});
    for (int p = 1; p < planes; ++p) adjoint.push_back({p, 0, p, 1, true});
    what = {static_cast<int>(function),
            0,
            planes,
            planes > 1 ? 1 : 0,
            nullptr,
            nullptr,
            adjoint.data(),
            static_cast<int>(adjoint.size())};
  }
};

template <class T>
class Functions : public ::testing::Test {
 protected:
  static constexpr double bound = sizeof(T) == 4 ? 1e-5 : 1e-13;
  static constexpr std::int64_t features = 5;

  void check(const Case& c, int planes, std::int64_t rows, bool accumulate) {
    const FirstOrder tables(c.function, planes);
    const Block<T> z(features, planes, rows, 1), dy(features, planes, rows, 2),
        before(features, planes, rows, 3);
    Block<T> y(features, planes, rows, 4), dz = before;
    const std::int64_t group = 2, orders = tables.what.order + 1;
    std::vector<T> slope(static_cast<std::size_t>(orders * rows * features));
    std::vector<T> scratch(static_cast<std::size_t>(scratch_planes(tables.what) * group * rows));
    JetFunctionArguments<T> a{};
    a.what = &tables.what;
    a.features = features;
    a.rows = rows;
    a.z = z.constant();
    a.y = y.view();
    if (!slopes_by_value(tables.what)) a.slope = slope.data();
    a.scratch = scratch.data();
    a.group = group;
    kernels<T>().jet_forward(a);
    a.y_adjoint = dy.constant();
    a.z_adjoint = dz.view();
    a.accumulate = accumulate;
    kernels<T>().jet_backward(a);
    for (std::int64_t f = 0; f < features; ++f)
      for (std::int64_t i = 0; i < rows; ++i) {
        const double x = z.at(f, 0, i), s = c.first(x);
        double value = s * dy.at(f, 0, i) + (accumulate ? before.at(f, 0, i) : 0);
        ASSERT_NEAR(y.at(f, 0, i), c.f(x), bound);
        for (int p = 1; p < planes; ++p) {
          ASSERT_NEAR(y.at(f, p, i), s * z.at(f, p, i), bound);
          ASSERT_NEAR(dz.at(f, p, i), s * dy.at(f, p, i) + (accumulate ? before.at(f, p, i) : 0),
                      bound);
          value += c.second(x) * z.at(f, p, i) * dy.at(f, p, i);
        }
        ASSERT_NEAR(dz.at(f, 0, i), value, bound);
      }
  }
};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Functions, Types);

TYPED_TEST(Functions, FollowTheChainRule) {
  for (const auto& c : cases)
    for (const int planes : {1, 2, 3})
      for (const std::int64_t rows : {1, 5, 16, 23, 64})
        for (const bool accumulate : {false, true}) {
          SCOPED_TRACE(std::string(c.name) + ", planes " + std::to_string(planes) + ", rows " +
                       std::to_string(rows));
          this->check(c, planes, rows, accumulate);
        }
}

}  // namespace
}  // namespace banach
