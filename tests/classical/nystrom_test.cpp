// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace {

TEST(Nystrom, SolvesTheSineEquation) {
  const Kernel kernel = [](const double* x, const double* s) {
    return std::sin(x[0]) * std::cos(s[0]);
  };
  const auto source = [](const double* x) { return std::sin(x[0]); };
  const std::vector<double> points{0, 0.3, 1.2, pi / 2};
  const auto y = nystrom(kernel, source, Quadrature::gauss(12, 0, pi / 2), points);
  for (std::size_t i = 0; i < points.size(); ++i) EXPECT_NEAR(y[i], 2 * std::sin(points[i]), 1e-14);
}

// y = x1 + x2 solves it with kernel x1 s2: the integral of s2 (s1 + s2) over the square is 7 / 12.
TEST(Nystrom, WorksOnASquare) {
  const Kernel kernel = [](const double* x, const double* s) { return x[0] * s[1]; };
  const auto source = [](const double* x) { return x[0] + x[1] - 7.0 / 12 * x[0]; };
  const auto one = Quadrature::gauss(4, 0, 1);
  const auto y = nystrom(kernel, source, one.times(one), {0.2, 0.9, 1, 0});
  ASSERT_EQ(y.size(), 2u);
  EXPECT_NEAR(y[0], 1.1, 1e-14);
  EXPECT_NEAR(y[1], 1, 1e-14);
}

TEST(Nystrom, ACharacteristicValueIsAnError) {
  const Kernel one = [](const double*, const double*) { return 1.0; };
  const auto source = [](const double*) { return 1.0; };
  EXPECT_THROW(nystrom(one, source, Quadrature::trapezoid(2, 0, 1), {0.5}), DataError);
}

}  // namespace
}  // namespace banach
