// SPDX-License-Identifier: Apache-2.0
#include "core/study/pruner.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace banach {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

PrunerParameters median(std::int64_t startup = 3, std::int64_t warmup = 0) {
  PrunerParameters p;
  p.type = "median", p.startup = startup, p.warmup = warmup;
  return p;
}

PrunerParameters asha(std::int64_t reduction, std::int64_t min_resource) {
  PrunerParameters p;
  p.type = "asha", p.reduction = reduction, p.min_resource = min_resource;
  return p;
}

TrialReports complete(std::vector<std::pair<std::int64_t, double>> values) {
  return {std::move(values), true};
}

const std::vector<TrialReports> three = {
    complete({{10, 3}, {20, 1.0}}), complete({{10, 5}, {20, 2.0}}), complete({{10, 7}, {20, 3.0}})};

TEST(Pruner, NoneNeverPrunes) { EXPECT_FALSE(should_prune({}, {{{10, nan}}, false}, three)); }

TEST(Pruner, MedianEndsWhatIsWorseThanTheMedian) {
  EXPECT_TRUE(should_prune(median(), {{{10, 5.1}}, false}, three));
  EXPECT_FALSE(should_prune(median(), {{{10, 5}}, false}, three));
}

TEST(Pruner, MedianLooksAtTheBestValueSoFar) {
  EXPECT_FALSE(should_prune(median(), {{{10, 1.5}, {20, 9}}, false}, three));
  EXPECT_TRUE(should_prune(median(), {{{10, 2.5}, {20, 9}}, false}, three));
}

TEST(Pruner, MedianWaitsForStartupAndWarmup) {
  EXPECT_FALSE(should_prune(median(4), {{{10, 99}}, false}, three));
  EXPECT_FALSE(should_prune(median(3, 10), {{{10, 99}}, false}, three));
  EXPECT_TRUE(should_prune(median(3, 10), {{{10, 99}, {20, 99}}, false}, three));
}

TEST(Pruner, MedianCountsOnlyCompleteTrials) {
  auto others = three;
  others[2].complete = false;
  EXPECT_FALSE(should_prune(median(3), {{{10, 99}}, false}, others));
  EXPECT_TRUE(should_prune(median(2), {{{10, 4.5}}, false}, others));
}

TEST(Pruner, WhatIsNotANumberIsPruned) {
  EXPECT_TRUE(should_prune(median(), {{{10, nan}}, false}, three));
  EXPECT_TRUE(should_prune(asha(2, 10), {{{10, INFINITY}}, false}, {}));
}

TEST(Pruner, MedianWithoutValuesAtTheStepKeepsATrial) {
  EXPECT_FALSE(should_prune(median(), {{{15, 99}}, false}, three));
}

TEST(Pruner, AshaKeepsTheBestFractionOfEachRung) {
  std::vector<TrialReports> others;
  for (const double v : {1, 2, 3, 4, 5, 6, 7}) others.push_back({{{10, v}}, false});
  // Eight on the rung, two go on.
  EXPECT_FALSE(should_prune(asha(4, 10), {{{10, 1.5}}, false}, others));
  EXPECT_TRUE(should_prune(asha(4, 10), {{{10, 2.5}}, false}, others));
}

TEST(Pruner, AshaLooksOnlyAtRungs) {
  const std::vector<TrialReports> others = {{{{10, 1}, {20, 1}, {30, 1}, {40, 1}}, true}};
  EXPECT_FALSE(should_prune(asha(4, 10), {{{10, 1}, {20, 9}}, false}, others));
  EXPECT_FALSE(should_prune(asha(4, 10), {{{10, 1}, {20, 9}, {30, 9}}, false}, others));
  EXPECT_TRUE(should_prune(asha(4, 10), {{{10, 1}, {20, 9}, {30, 9}, {40, 9}}, false}, others));
}

TEST(Pruner, AshaTakesTheFirstReportAsItsFirstRung) {
  const std::vector<TrialReports> others = {{{{50, 1}}, true}};
  EXPECT_TRUE(should_prune(asha(2, 0), {{{50, 2}}, false}, others));
  EXPECT_FALSE(should_prune(asha(2, 0), {{{50, 0.5}}, false}, others));
  EXPECT_FALSE(should_prune(asha(2, 0), {{{50, 0.5}, {75, 9}}, false}, others));
}

TEST(Pruner, AshaLetsTheFirstTrialPass) {
  EXPECT_FALSE(should_prune(asha(4, 10), {{{10, 100}}, false}, {}));
}

}  // namespace
}  // namespace banach
