// SPDX-License-Identifier: Apache-2.0
// Axes of other files beside those of the training.
#include "core/operators/data_match.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "core/operators/point_match.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using Numbers = std::vector<double>;

DataAxis axis(const Numbers& values, bool periodic = false) {
  return {"x", static_cast<std::int64_t>(values.size()), values, periodic};
}

Numbers from(double first, double step, int count) {
  Numbers out;
  for (int i = 0; i < count; ++i) out.push_back(first + step * i);
  return out;
}

std::string misfit(const Numbers& trained, const Numbers& now, bool same = false) {
  return grid_misfit(axis(trained), axis(now), same);
}

TEST(GridMisfit, OtherResolutionsOfTheSameDomainAreNone) {
  EXPECT_EQ(misfit(from(0, 0.25, 5), from(0, 0.125, 9)), "");                // both ends
  EXPECT_EQ(misfit(from(0, 0.25, 4), from(0, 0.0625, 16)), "");              // one period
  EXPECT_EQ(misfit(from(0.125, 0.25, 4), from(0.0625, 0.125, 8)), "");       // middles of cells
  EXPECT_EQ(misfit(from(0, 1. / 3, 4), {0, 0.33333334, 0.6666667, 1}), "");  // rounded
  EXPECT_EQ(misfit(from(1, -0.25, 5), from(1, -0.125, 9)), "");              // of an older run
}

TEST(GridMisfit, AnotherLengthIsNamedWithBothRanges) {
  EXPECT_EQ(misfit(from(0, 0.25, 5), from(0, 25, 5)),
            "is 0 to 100 in 5 points, in the training data 0 to 1 in 5 points; only other "
            "resolutions of the same domain are the same operator");
  EXPECT_NE(misfit(from(0, 0.25, 5), from(0, 0.25, 4)), "");
  EXPECT_NE(misfit(from(0, 0.25, 5), from(0.25, 0.25, 5)), "");
}

TEST(GridMisfit, UnevenGridsAreNoResolutionsOfEvenOnes) {
  EXPECT_EQ(misfit(from(0, 0.25, 5), {0, 0.1, 0.3, 0.6, 1}),
            "is not equidistant: its steps differ by a factor of 4, those of the training are "
            "equal; interpolate to equal steps");
  const Numbers uneven = {0, 0.1, 0.3, 0.6, 1};
  EXPECT_EQ(misfit(uneven, uneven), "");
  EXPECT_EQ(misfit(uneven, {0, 0.3, 1}), "");  // every second one
  EXPECT_NE(misfit(uneven, from(0, 0.25, 5)).find("steps differ by a factor of 4"),
            std::string::npos);
}

TEST(GridMisfit, NumbersPerPointNeedTheSamePoints) {
  EXPECT_EQ(misfit(from(0, 0.25, 5), from(0, 0.25, 5), true), "");
  EXPECT_NE(misfit(from(0, 0.25, 5), from(0, 0.125, 9), true).find("per = \"point\""),
            std::string::npos);
}

TEST(Interpolation, LinearFunctionsStayAsTheyAre) {
  const Numbers x = {0, 0.1, 0.35, 0.7, 1}, sensors = from(0, 0.125, 9);
  Resampling resampling;
  resampling.lines.push_back(interpolation(axis(sensors), axis(x), 2));
  const at::Tensor values = at::tensor(x, at::kDouble).reshape({1, 1, -1}) * 3 + 1;
  const at::Tensor found = resampling.apply(values);
  EXPECT_LT((found[0][0] - (at::tensor(sensors, at::kDouble) * 3 + 1)).abs().max().item<double>(),
            1e-12);
}

TEST(Interpolation, SensorsOfAPeriodMayLieBehindTheLastPoint) {
  const auto line =
      interpolation(axis(from(0, 0.125, 8), true), axis(from(0.0625, 0.25, 4), true), 2);
  Resampling resampling{{line}};
  const at::Tensor values = at::tensor(Numbers{1, 2, 3, 4}, at::kDouble).reshape({1, 1, -1});
  const at::Tensor found = resampling.apply(values).flatten();
  EXPECT_NEAR(found[0].item<double>(), 1.75, 1e-12);  // three quarters of the way from 4 to 1
  EXPECT_NEAR(found[1].item<double>(), 1.25, 1e-12);
}

TEST(Interpolation, SensorsThatAreNotCoveredAreRefused) {
  const auto [code, what] =
      error_of([] { interpolation(axis(from(0, 0.25, 5)), axis(from(0, 0.125, 5)), 2); });
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what,
            "are 0 to 0.5 in 5 points, those of the training 0 to 1 in 5 points: they do not cover "
            "that range");
}

TEST(Interpolation, AnotherLengthOfTheDomainIsRefused) {
  const auto [code, what] =
      error_of([] { interpolation(axis(from(0, 0.25, 5)), axis(from(0, 25, 5)), 2); });
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what,
            "are 0 to 100 in 5 points, those of the training 0 to 1 in 5 points: a domain of "
            "another length is another operator");
}

TEST(PointMatch, ScatteredPointsAreFoundInAnyOrder) {
  const Numbers points = {0, 0, 1, 0, 0.3, 1, 0, 0.5}, other = {0.3, 1, 0, 0.5, 1, 1e-8, 0, 0};
  EXPECT_EQ(places_of_points(points, other, 2), (std::vector<std::int64_t>{3, 2, 0, 1}));
  EXPECT_FALSE(places_of_points(points, {0, 0, 1, 0, 0.3, 1, 0, 0.6}, 2));
  EXPECT_FALSE(places_of_points(points, {0, 0, 0, 0, 0.3, 1, 0, 0.5}, 2));
}

}  // namespace
}  // namespace banach
