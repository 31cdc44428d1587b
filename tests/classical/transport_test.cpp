// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace {

// Largest nodal error against (exp(Pe x) - 1) / (exp(Pe) - 1).
double worst(double peclet, const std::function<Baseline(const Transport&)>& method) {
  const Transport problem{1, 1 / peclet, {}, 0, 1};
  const Baseline found = method(problem);
  double error = 0;
  for (std::size_t i = 0; i < found.points.size(); ++i) {
    const double x = found.points[i];
    const double exact = std::exp(peclet * (x - 1)) * std::expm1(-peclet * x) / std::expm1(-peclet);
    error = std::max(error, std::abs(found.values[i] - exact));
  }
  return error;
}
double central(double peclet, int n) {
  return worst(peclet, [n](const Transport& p) { return transport_differences(p, n); });
}
double upwind(double peclet, int n) {
  return worst(peclet, [n](const Transport& p) { return transport_differences(p, n, true); });
}
double spectral(double peclet, int n) {
  return worst(peclet, [n](const Transport& p) { return transport_chebyshev(p, n); });
}
// Equal in two significant digits.
void expect_two_digits(double found, double known) {
  const double unit = std::pow(10.0, std::floor(std::log10(known)) - 1);
  EXPECT_NEAR(found, known, 0.51 * unit);
}

TEST(Transport, FiniteDifferencesHaveTheErrorsOfTheTable) {
  const double table[4][4] = {{1, 2.5e-5, 1.6e-6, 9.8e-8},
                              {10, 7.9e-3, 4.8e-4, 3.0e-5},
                              {50, 1.9e-1, 1.2e-2, 7.5e-4},
                              {100, 4.4e-1, 5.6e-2, 3.0e-3}};
  for (const auto& row : table) {
    expect_two_digits(central(row[0], 20), row[1]);
    expect_two_digits(central(row[0], 80), row[2]);
    expect_two_digits(central(row[0], 320), row[3]);
  }
  const double upwinds[4][2] = {{1, 1.9e-4}, {10, 5.7e-3}, {50, 2.7e-2}, {100, 5.1e-2}};
  for (const auto& row : upwinds) expect_two_digits(upwind(row[0], 320), row[1]);
}

TEST(Transport, ChebyshevCollocationHasTheErrorsOfTheTable) {
  EXPECT_LT(spectral(1, 12), 1e-14);
  expect_two_digits(spectral(10, 12), 5.5e-7);
  expect_two_digits(spectral(10, 16), 2.5e-10);
  EXPECT_LT(spectral(10, 24), 1e-13);
  expect_two_digits(spectral(50, 12), 2.2e-2);
  expect_two_digits(spectral(50, 16), 1.6e-3);
  expect_two_digits(spectral(50, 24), 2.3e-6);
  expect_two_digits(spectral(50, 32), 5.9e-10);
  EXPECT_LT(spectral(50, 48), 1e-12);
  expect_two_digits(spectral(100, 12), 1.3e-1);
  expect_two_digits(spectral(100, 16), 3.3e-2);
  expect_two_digits(spectral(100, 24), 8.2e-4);
  expect_two_digits(spectral(100, 32), 7.2e-6);
  expect_two_digits(spectral(100, 48), 3.1e-11);
}

TEST(Transport, OrdersAreTwoAndOne) {
  EXPECT_NEAR(std::log2(central(10, 160) / central(10, 320)), 2, 0.02);
  EXPECT_NEAR(std::log2(upwind(10, 640) / upwind(10, 1280)), 1, 0.03);
}

TEST(Transport, SourcesAndFlowToTheLeft) {
  // u = sin(x) solves -2 u' - 0.5 u'' = -2 cos(x) + 0.5 sin(x).
  const Transport problem{-2, 0.5, [](double x) { return -2 * std::cos(x) + 0.5 * std::sin(x); }, 0,
                          std::sin(1.0)};
  const auto error = [](const Baseline& b) {
    double out = 0;
    for (std::size_t i = 0; i < b.points.size(); ++i)
      out = std::max(out, std::abs(b.values[i] - std::sin(b.points[i])));
    return out;
  };
  EXPECT_LT(error(transport_chebyshev(problem, 16)), 1e-13);
  EXPECT_LT(error(transport_differences(problem, 100)), 2e-5);
  EXPECT_LT(error(transport_differences(problem, 1000, true)), 1e-3);
}

TEST(Transport, RefusesOneCellAndNoDiffusion) {
  EXPECT_THROW(transport_differences(Transport{}, 1), ConfigError);
  EXPECT_THROW(transport_chebyshev(Transport{1, 0, {}, 0, 1}, 8), ConfigError);
}

}  // namespace
}  // namespace banach
