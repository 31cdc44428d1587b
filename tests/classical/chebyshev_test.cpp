// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace {

double slope_error(int n) {
  const auto x = chebyshev_nodes(n, 0, 3), d = chebyshev_derivative(n, 0, 3);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    double slope = 0;
    for (std::size_t j = 0; j < x.size(); ++j) slope += d[i * x.size() + j] * std::sin(2 * x[j]);
    worst = std::max(worst, std::abs(slope - 2 * std::cos(2 * x[i])));
  }
  return worst;
}

TEST(Chebyshev, NodesAscendFromEndToEnd) {
  const auto x = chebyshev_nodes(4, -1, 1);
  ASSERT_EQ(x.size(), 5u);
  EXPECT_TRUE(std::is_sorted(x.begin(), x.end()));
  EXPECT_EQ(x[0], -1);
  EXPECT_EQ(x[2], 0);
  EXPECT_EQ(x[4], 1);
  EXPECT_NEAR(x[3], std::sqrt(0.5), 1e-15);
}

TEST(Chebyshev, DerivativesConvergeFasterThanAnyPower) {
  EXPECT_GT(slope_error(4), 1e-2);
  EXPECT_LT(slope_error(8), slope_error(4) / 100);
  EXPECT_LT(slope_error(12), slope_error(8) / 1000);
  EXPECT_LT(slope_error(24), 2e-12);
}

TEST(Chebyshev, InterpolationIsExactAtNodesAndSpectralBetween) {
  const auto x = chebyshev_nodes(20, -1, 2);
  std::vector<double> values, expected;
  for (const double at : x) values.push_back(std::exp(at));
  EXPECT_EQ(chebyshev_interpolate(values, -1, 2, x), values);
  const std::vector<double> points{-0.95, 0.123, 1.7};
  const auto found = chebyshev_interpolate(values, -1, 2, points);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(found[i], std::exp(points[i]), 1e-13);
}

TEST(Chebyshev, RefusesEmptyIntervalsAndNoNodes) {
  EXPECT_THROW(chebyshev_nodes(0, 0, 1), ConfigError);
  EXPECT_THROW(chebyshev_derivative(4, 1, 1), ConfigError);
}

}  // namespace
}  // namespace banach
