// SPDX-License-Identifier: Apache-2.0
#include "core/training/boundary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace banach {
namespace {

using Numbers = std::vector<double>;

/// What is left of one coordinate, and whether it lies outside.
std::pair<double, bool> moved(double lower, double upper, double at) {
  Numbers points{at};
  const bool outside = onto_boundary({{"x", lower, upper}}, points).count > 0;
  return {points[0], outside};
}

TEST(Boundary, RoundingsOfSinglePrecisionAreMovedOntoIt) {
  const double pi = 3.141592653589793;
  EXPECT_EQ(moved(0, pi, static_cast<float>(pi)), std::pair(pi, false));
  for (const double end : {1.0, 3.0, 1e-20, 1e20, 4.0, -7.0}) {
    float at = static_cast<float>(end);
    for (int i = 0; i < 3; ++i) at = std::nextafter(at, std::numeric_limits<float>::infinity());
    EXPECT_EQ(moved(end - std::abs(end), end, at), std::pair(end, false)) << end;
  }
  EXPECT_EQ(moved(0, 1, -1e-7), std::pair(0.0, false));
  EXPECT_EQ(moved(0, 1, 0.25), std::pair(0.25, false));
}

TEST(Boundary, WhatLiesFartherOutIsLeftAndCounted) {
  EXPECT_EQ(moved(0, 1, 1.00001), std::pair(1.00001, true));
  EXPECT_EQ(moved(0, 1e-6, -1e-8), std::pair(-1e-8, true));
  // Far from zero a rounding may be a part of the axis that matters.
  EXPECT_EQ(moved(1.7e9, 1.7e9 + 10, 1.7e9 - 1), std::pair(1.7e9 - 1, true));
  Numbers points{0.5, 0.5, 2, 0.5, 0.5, 7};
  const Domain domain{{"x", 0, 1}, {"t", 0, 3}};
  const auto outside = onto_boundary(domain, points);
  EXPECT_EQ(outside.count, 2);
  ASSERT_TRUE(outside.first);
  EXPECT_EQ(outside.first->point, 1u);
  EXPECT_EQ(to_text(*outside.first, domain),
            "x = 2 is not in the domain [0, 1] (1 beyond its upper "
            "end)");
  points = {std::nan(""), 1};
  EXPECT_EQ(to_text(*onto_boundary(domain, points).first, domain),
            "x = nan is not a finite coordinate");
}

}  // namespace
}  // namespace banach
