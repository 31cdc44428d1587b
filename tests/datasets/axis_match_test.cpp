// SPDX-License-Identifier: Apache-2.0
#include "datasets/axis_match.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace banach {
namespace {

using Numbers = std::vector<double>;

Numbers equal_steps(double first, double step, int count) {
  Numbers out;
  for (int i = 0; i < count; ++i) out.push_back(first + step * i);
  return out;
}

Numbers rounded(const Numbers& values) {
  Numbers out;
  for (const double v : values) out.push_back(static_cast<double>(static_cast<float>(v)));
  return out;
}

TEST(AxisMatch, RoundingToFloat32IsNoDifference) {
  for (const double first : {0.0, 1e5, 5.4e6}) {
    const auto x = equal_steps(first, 10, 64);
    EXPECT_FALSE(first_difference(x, rounded(x))) << first;
    EXPECT_TRUE(spacing_of(rounded(x)).even) << first;
    auto moved = x;
    for (double& v : moved) v += 10;  // by one step
    EXPECT_EQ(first_difference(x, moved), 0u) << first;
  }
  EXPECT_FALSE(first_difference(equal_steps(0, 1. / 3, 31), rounded(equal_steps(0, 1. / 3, 31))));
}

TEST(AxisMatch, OtherLengthsAndSizesAreDifferences) {
  EXPECT_EQ(first_difference({0, 0.5, 1}, {0, 50, 100}), 1u);
  EXPECT_EQ(first_difference({0, 0.5, 1}, {0, 0.5}), 2u);
  EXPECT_FALSE(first_difference({}, {}));
}

TEST(AxisMatch, StepsThatDifferAreSeen) {
  EXPECT_TRUE(spacing_of(equal_steps(3, -0.1, 20)).even);
  const auto uneven = spacing_of({0, 1, 3, 4});
  EXPECT_FALSE(uneven.even);
  EXPECT_EQ(uneven.ratio(), 2);
  auto one = equal_steps(0, 1, 50);
  one[20] += 0.1;
  EXPECT_FALSE(spacing_of(one).even);
}

TEST(AxisMatch, PlacesPutValuesInOrder) {
  const Numbers x = {2, 0, 3, 1};
  EXPECT_EQ(in_order(x, places_in_order(x, false, "x")), (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(in_order(x, places_in_order(x, true, "x")), (Numbers{3, 2, 1, 0}));
  EXPECT_TRUE(places_in_order({0, 1, 2}, false, "x").empty());
}

}  // namespace
}  // namespace banach
