// SPDX-License-Identifier: Apache-2.0
#include <banach/random_field.hpp>

#include "tests/generators/generators.hpp"

namespace banach {
namespace {

using testing::arrays_of;
using testing::Numbers;
using testing::prepared;

constexpr double pi = 3.14159265358979323846;

TEST(GaussianProcess, SeriesHasTheCovarianceOfTheKernel) {
  for (const double length : {0.02, 0.05, 0.2, 1.0, 10.0}) {
    const GaussianProcess process(length, -1, 0);
    for (const double x : {-1.0, -0.73, -0.2, 0.0})
      for (const double y : {-1.0, -0.71, -0.5, 0.0}) {
        const auto a = process.basis(x), b = process.basis(y);
        EXPECT_NEAR(std::inner_product(a.begin(), a.end(), b.begin(), 0.0),
                    std::exp(-(x - y) * (x - y) / (2 * length * length)), 1e-12)
            << length << ' ' << x << ' ' << y;
      }
  }
}

TEST(GaussianProcess, DerivativeAndIntegralBelongToTheValue) {
  const GaussianProcess process(0.1);
  const auto xi = process.draw(Stream(1, "path"));
  EXPECT_EQ(process.integral(xi, 0), 0);
  for (const double x : {0.05, 0.3, 0.5, 0.81, 0.95}) {
    const auto slope = [&](auto f) {
      const double h = 1e-3;
      return (8 * (f(x + h) - f(x - h)) - f(x + 2 * h) + f(x - 2 * h)) / (12 * h);
    };
    EXPECT_NEAR(slope([&](double t) { return process.value(xi, t); }), process.derivative(xi, x),
                1e-5);
    EXPECT_NEAR(slope([&](double t) { return process.integral(xi, t); }), process.value(xi, x),
                1e-7);
  }
}

TEST(GaussianProcess, RefusesALengthThatTheSeriesCannotReach) {
  EXPECT_EQ(testing::error_of([] { GaussianProcess(0.01); }).second,
            "a length of 0.010000 is too short; a fiftieth of the interval is the least");
}

/// Means of products of u at pairs of points over many samples, against a covariance: within five
/// standard deviations, all the samples being fixed.
void expect_covariance(const std::string& text, const std::vector<std::pair<int, int>>& pairs,
                       const Numbers& expected) {
  const auto generator = prepared(text).generator;
  constexpr int samples = 2000;
  std::vector<Numbers> products(pairs.size());
  for (int i = 0; i < samples; ++i) {
    const auto u = arrays_of(*generator, i)[0];
    for (std::size_t p = 0; p < pairs.size(); ++p)
      products[p].push_back(u[static_cast<std::size_t>(pairs[p].first)] *
                            u[static_cast<std::size_t>(pairs[p].second)]);
  }
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    double mean = 0, square = 0;
    for (const double x : products[p]) mean += x / samples, square += x * x / samples;
    EXPECT_NEAR(mean, expected[p], 5 * std::sqrt((square - mean * mean) / samples)) << text << p;
  }
}

TEST(RandomField, RbfHasItsCovariance) {
  const double far = std::exp(-0.09 / 0.08);
  expect_covariance("type = \"random_field\"\npoints = 11\nsigma = 2", {{0, 0}, {2, 5}, {10, 10}},
                    {4, 4 * far, 4});
  expect_covariance("type = \"random_field\"\npoints = 11\ndimensions = 2",
                    {{0, 0}, {2 * 11 + 4, 5 * 11 + 4}, {2 * 11 + 4, 5 * 11 + 7}},
                    {1, far, far * far});
}

TEST(RandomField, PeriodicHasItsCovariance) {
  const auto sum = [](double dx) {
    double total = 0;
    for (int k = 1; k <= 16; ++k)
      total += 2 * 625 / std::pow(4 * pi * pi * k * k + 25, 2) * std::cos(2 * pi * k * dx);
    return total;
  };
  expect_covariance(
      "type = \"random_field\"\nkernel = \"periodic\"\npoints = 10\nsigma = 25\nmodes = 16",
      {{0, 0}, {2, 5}, {9, 0}}, {sum(0), sum(0.3), sum(0.1)});
}

TEST(RandomField, PeriodicPlaneHasItsCovariance) {
  const auto sum = [](double dx, double dy) {
    double total = 0;
    for (int k = -6; k <= 6; ++k)
      for (int l = -6; l <= 6; ++l)
        if (k != 0 || l != 0)
          total += std::pow(4 * pi * pi * (k * k + l * l) + 25, -2) *
                   std::cos(2 * pi * (k * dx + l * dy));
    return 1e6 * total;
  };
  expect_covariance(
      "type = \"random_field\"\nkernel = \"periodic\"\npoints = 10\ndimensions = 2\nsigma = 1000\n"
      "modes = 6",
      {{0, 0}, {23, 51}, {90, 9}}, {sum(0, 0), sum(0.3, -0.2), sum(0.1, 0.1)});
}

TEST(RandomField, NeumannHasItsCovariance) {
  const auto sum = [](double x, double y) {
    double total = 0;
    for (int k = 1; k <= 16; ++k)
      total += 2 * std::pow(pi * pi * k * k + 9, -2) * std::cos(pi * k * x) * std::cos(pi * k * y);
    return 9 * total;
  };
  expect_covariance(
      "type = \"random_field\"\nkernel = \"neumann\"\npoints = 11\nsigma = 3\ntau = "
      "3\nmodes = 16",
      {{0, 0}, {2, 5}, {10, 9}}, {sum(0, 0), sum(0.2, 0.5), sum(1, 0.9)});
}

TEST(RandomField, IsTheSameFunctionOnEveryGrid) {
  for (const std::string kernel : {"rbf", "periodic", "neumann"}) {
    const std::string text = "type = \"random_field\"\ndimensions = 2\nkernel = \"" + kernel +
                             "\"\nmodes = 9\npoints = ";
    const int open = kernel == "periodic" ? 0 : 1;
    const auto fine = arrays_of(text + std::to_string(24 + open))[0],
               coarse = arrays_of(text + std::to_string(8 + open))[0];
    const int wide = 24 + open, narrow = 8 + open;
    for (int i = 0; i < narrow; ++i)
      for (int j = 0; j < narrow; ++j)
        EXPECT_NEAR(fine[static_cast<std::size_t>(3 * (i * wide + j))],
                    coarse[static_cast<std::size_t>(i * narrow + j)], 1e-13)
            << kernel;
  }
}

}  // namespace
}  // namespace banach
