// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace {

TEST(GaussHermite, IntegratesPolynomialsAgainstTheGaussian) {
  for (const int n : {1, 2, 5, 64, 200, 300}) {
    const auto rule = gauss_hermite(n);
    double zeroth = 0, second = 0, fourth = 0;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      const double square = rule.nodes[i] * rule.nodes[i];
      zeroth += rule.weights[i];
      second += rule.weights[i] * square;
      fourth += rule.weights[i] * square * square;
    }
    EXPECT_NEAR(zeroth, std::sqrt(pi), 1e-13) << n;
    EXPECT_NEAR(second, n > 1 ? std::sqrt(pi) / 2 : 0, 1e-13) << n;
    EXPECT_NEAR(fourth, n > 2 ? 3 * std::sqrt(pi) / 4 : n > 1 ? std::sqrt(pi) / 4 : 0, 2e-13) << n;
  }
}

TEST(GaussHermite, HasTheKnownNodesOfThree) {
  const auto rule = gauss_hermite(3);
  EXPECT_NEAR(rule.nodes[0], -std::sqrt(1.5), 1e-15);
  EXPECT_EQ(rule.nodes[1], 0);
  EXPECT_NEAR(rule.weights[1], 2 * std::sqrt(pi) / 3, 1e-15);
  EXPECT_THROW(gauss_hermite(0), ConfigError);
  EXPECT_THROW(gauss_hermite(301), ConfigError);
}

// Chebyshev collocation of the equation itself on [0, 1], where the odd solution vanishes at both
// ends, marched by Runge-Kutta.
TEST(Burgers, AgreesWithCollocationOfTheEquation) {
  const double viscosity = 0.1 / pi;
  const int n = 32;
  const auto x = chebyshev_nodes(n, 0, 1), d = chebyshev_derivative(n, 0, 1);
  const std::size_t width = x.size();
  const auto slope = [&](const std::vector<double>& y) {
    std::vector<double> out(width, 0.0);
    for (std::size_t i = 0; i < width; ++i)
      for (std::size_t j = 0; j < width; ++j) out[i] += d[i * width + j] * y[j];
    return out;
  };
  const RightHandSide f = [&](double, const std::vector<double>& u, std::vector<double>& du) {
    const auto first = slope(u), second = slope(first);
    for (std::size_t i = 0; i < width; ++i) du[i] = viscosity * second[i] - u[i] * first[i];
    du.front() = du.back() = 0;
  };
  std::vector<double> start;
  for (const double at : x) start.push_back(-std::sin(pi * at));
  start.back() = 0;
  const auto found = runge_kutta(f, start, 0, {0.4, 1}, 1e-10);
  const auto rule = gauss_hermite(200);
  for (std::size_t i = 0; i < width; ++i) {
    EXPECT_NEAR(burgers_sine(x[i], 0.4, viscosity, rule), found[i], 1e-7) << x[i];
    EXPECT_NEAR(burgers_sine(x[i], 1, viscosity, rule), found[width + i], 1e-7) << x[i];
  }
}

// Basdevant et al. give the steepest slope of the case with viscosity 0.01 / pi: -152.00516 at
// pi t = 1.6037.
TEST(Burgers, HasTheKnownSteepestSlope) {
  const auto rule = gauss_hermite(200);
  const double h = 2e-5;
  const auto u = [&](double x) { return burgers_sine(x, 1.6037 / pi, 0.01 / pi, rule); };
  EXPECT_NEAR((8 * (u(h) - u(-h)) - (u(2 * h) - u(-2 * h))) / (12 * h), -152.00516, 2e-4);
}

TEST(Burgers, BeginsWithASineAndEndsAtZero) {
  const auto rule = gauss_hermite(200);
  EXPECT_NEAR(burgers_sine(0.3, 0, 0.01 / pi, rule), -std::sin(0.3 * pi), 1e-14);
  for (const double viscosity : {1e-3, 0.01 / pi, 0.5})
    for (const double t : {0.01, 0.5, 1.0}) {
      EXPECT_NEAR(burgers_sine(1, t, viscosity, rule), 0, 1e-12);
      EXPECT_NEAR(burgers_sine(0, t, viscosity, rule), 0, 1e-12);
      const double u = burgers_sine(0.4, t, viscosity, rule);
      EXPECT_NEAR(burgers_sine(-0.4, t, viscosity, rule), -u, 1e-12);
      EXPECT_LT(u, 0);
    }
}

}  // namespace
}  // namespace banach
