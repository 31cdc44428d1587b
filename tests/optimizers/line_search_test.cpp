// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/line_search.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace banach {
namespace {

using Curve = std::function<std::pair<double, double>(double)>;  // value, slope

struct Searched {
  LineSearchResult result;
  int looks = 0;
  LinePoint start;
};

Searched search(const Curve& curve, double first, const LineSearchOptions& options = {}) {
  Searched out;
  const auto look = [&](double step) {
    ++out.looks;
    const auto [value, slope] = curve(step);
    return LinePoint{step, value, slope};
  };
  const auto [value, slope] = curve(0);
  out.start = {0, value, slope};
  out.result = strong_wolfe(look, out.start, first, options);
  return out;
}

void expect_wolfe(const Searched& s, const LineSearchOptions& o) {
  ASSERT_TRUE(s.result.point);
  const LinePoint& p = *s.result.point;
  EXPECT_LE(p.value, s.start.value + o.decrease * p.step * s.start.slope);
  EXPECT_LE(std::abs(p.slope), -o.curvature * s.start.slope);
}

TEST(LineSearch, WolfeConditionsHoldFromAnyFirstStep) {
  const std::vector<Curve> curves = {
      [](double a) { return std::make_pair((a - 3) * (a - 3), 2 * (a - 3)); },
      [](double a) {
        return std::make_pair(-a / (a * a + 2), (a * a - 2) / std::pow(a * a + 2, 2));
      },
      [](double a) { return std::make_pair(std::cosh(a - 2), std::sinh(a - 2)); },
      [](double a) {
        return std::make_pair(0.1 * std::sin(9 * a) - a + 0.02 * a * a * a,
                              0.9 * std::cos(9 * a) - 1 + 0.06 * a * a - 0.01);
      }};
  for (const auto& curve : curves)
    for (const double first : {1e-4, 0.1, 1.0, 10.0, 50.0})
      for (const double curvature : {0.9, 0.1}) {
        const LineSearchOptions options{1e-4, curvature, 40};
        const Searched s = search(curve, first, options);
        expect_wolfe(s, options);
        EXPECT_LE(s.looks, 40);
      }
}

TEST(LineSearch, AFirstStepThatIsGoodIsTaken) {
  const Searched s =
      search([](double a) { return std::make_pair((a - 1) * (a - 1), 2 * (a - 1)); }, 1);
  EXPECT_EQ(s.looks, 1);
  EXPECT_EQ(s.result.point->step, 1);
}

TEST(LineSearch, TheCubicOfACubicIsExact) {
  // f = a^3 - 3 a has its minimum at 1; zoom between 0 and 1.9 finds it at once.
  const Searched s =
      search([](double a) { return std::make_pair(a * a * a - 3 * a, 3 * a * a - 3); }, 1.9,
             {1e-4, 0.1, 25});
  EXPECT_EQ(s.looks, 2);
  EXPECT_NEAR(s.result.point->step, 1, 1e-12);
}

TEST(LineSearch, WhatIsNotFiniteIsTooLong) {
  const Curve curve = [](double a) {
    const double value = a < 2 ? -std::log(2 - a) - 2 * a : NAN;
    return std::make_pair(value, a < 2 ? 1 / (2 - a) - 2 : NAN);
  };
  for (const double first : {1.0, 3.0, 1000.0}) expect_wolfe(search(curve, first), {});
}

TEST(LineSearch, NoDecreaseIsSaidWithTheShortestStep) {
  const Searched s = search([](double a) { return std::make_pair(a, -1.0); }, 1);
  EXPECT_FALSE(s.result.point);
  EXPECT_GT(s.result.shortest, 0);
  EXPECT_LT(s.result.shortest, 1e-10);
  EXPECT_LE(s.looks, 25);
}

TEST(LineSearch, AtTheEndTheBestDecreaseServes) {
  // Falls for ever: the curvature condition never holds.
  const Searched s = search([](double a) { return std::make_pair(-a, -1.0); }, 1, {1e-4, 0.9, 5});
  ASSERT_TRUE(s.result.point);
  EXPECT_EQ(s.looks, 5);
  EXPECT_EQ(s.result.point->step, 1e4);
}

}  // namespace
}  // namespace banach
