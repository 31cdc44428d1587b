// SPDX-License-Identifier: Apache-2.0
#include "core/study/outcome.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

TEST(Outcome, MetricsOfAResultHaveTheNamesOfTheLog) {
  const auto result = nlohmann::json::parse(
      R"({"unknowns": {"u": {"mae": 1, "relative_l2": 2, "max_error": null}},
          "terms": {"pde": {"rms": 3}}, "coefficients": {"k": {"value": 0.5, "truth": 1}},
          "validation_loss": 4, "steps": 5, "train_seconds": 6.5, "name": "x"})");
  const Metrics expected = {{"u.mae", 1},           {"u.relative_l2", 2},   {"residual.pde", 3},
                            {"coefficient.k", 0.5}, {"validation_loss", 4}, {"steps", 5},
                            {"train_seconds", 6.5}};
  EXPECT_EQ(metrics_of(result), expected);
}

TEST(Outcome, RecordsReadBack) {
  TrialOutcome o{3, 7, "failed", 76, "diverged, \"really\"", {{"z", 1e-300}, {"a", 2}}};
  const TrialOutcome again = to_outcome(nlohmann::json::parse(to_json(o).dump()));
  EXPECT_EQ(again.metrics, o.metrics);
  EXPECT_EQ(again.error, o.error);
  EXPECT_EQ(again.code, 76);
  EXPECT_EQ(testing::error_of([] { to_outcome({{"point", 1}}); }).first, 65);
}

TEST(Outcome, WhatTheMachineTookIsLostAndNotFailed) {
  for (const int code : {73, 74, 75})
    EXPECT_TRUE((TrialOutcome{0, 0, "failed", code, "", {}}).lost());
  for (const int code : {1, 70, 76, 78, 139, 143})
    EXPECT_FALSE((TrialOutcome{0, 0, "failed", code, "", {}}).lost());
  EXPECT_FALSE((TrialOutcome{0, 0, "complete", 0, "", {}}).lost());
  EXPECT_FALSE((TrialOutcome{0, 0, "pruned", 75, "", {}}).lost());
}

TEST(Outcome, AStudyOfWhichMoreThanHalfFailedIsNoSuccess) {
  std::vector<TrialOutcome> all(4);
  for (auto& outcome : all) outcome.state = "complete";
  all[1].state = all[2].state = "failed";
  EXPECT_EQ(mostly_failed(all), "");
  EXPECT_EQ(mostly_failed({}), "");
  all[3].state = "failed";
  EXPECT_EQ(mostly_failed(all), "3 of 4 trials failed");
  all[3].state = "pruned";
  EXPECT_EQ(mostly_failed(all), "");
}

TEST(Outcome, SpreadOfTheFiniteValues) {
  const Spread s = spread_of({1, NAN, 3, 5});
  EXPECT_EQ(s.count, 3u);
  EXPECT_DOUBLE_EQ(s.mean, 3);
  EXPECT_DOUBLE_EQ(s.deviation, 2);
  EXPECT_EQ(s.min, 1);
  EXPECT_EQ(s.max, 5);
  EXPECT_EQ(spread_of({}).count, 0u);
  EXPECT_EQ(spread_of({4}).deviation, 0);
}

TEST(Outcome, LastLineSkipsEmptyOnes) {
  EXPECT_EQ(last_line("a\nb\n\n \n"), "b");
  EXPECT_EQ(last_line(""), "");
}

SweepTable small_table() {
  SweepTable t;
  t.keys = {"lr", "act"};
  t.points = {{"lr=0.1", {{"lr", "0.1"}}},
              {"lr=1, act=\"sin\"", {{"lr", "1"}, {"act", "\"sin\""}}}};
  t.outcomes = {{0, 1, "complete", 0, "", {{"u.mae", 3}, {"train_seconds", 1}, {"steps", 10}}},
                {1, 0, "failed", 76, "no, sorry", {}},
                {0, 0, "complete", 0, "", {{"u.mae", 1}, {"train_seconds", 2}, {"steps", 10}}}};
  return t;
}

TEST(SweepTable, OneRowPerTrial) {
  EXPECT_EQ(small_table().trials_csv(),
            "point,label,lr,act,seed,state,code,error,u.mae,steps,train_seconds\n"
            "0,lr=0.1,0.1,,0,complete,0,,1,10,2\n"
            "0,lr=0.1,0.1,,1,complete,0,,3,10,1\n"
            "1,\"lr=1, act=\"\"sin\"\"\",1,sin,0,failed,76,\"no, sorry\",,,\n");
}

TEST(SweepTable, OneRowPerPoint) {
  EXPECT_EQ(small_table().summary_csv(),
            "point,label,lr,act,complete,failed,u.mae.mean,u.mae.deviation,u.mae.min,u.mae.max,"
            "steps.mean,steps.deviation,steps.min,steps.max,train_seconds.mean,"
            "train_seconds.deviation,train_seconds.min,train_seconds.max\n"
            "0,lr=0.1,0.1,,2,0,2,1.4142135623730951,1,3,10,0,10,10,1.5,0.7071067811865476,1,2\n"
            "1,\"lr=1, act=\"\"sin\"\"\",1,sin,0,1,,,,,,,,,,,,\n");
}

TEST(SweepTable, TextShowsMeanAndSpread) {
  EXPECT_EQ(small_table().text(),
            "  metric               mean   deviation         min         max  runs\n"
            "lr=0.1\n"
            "  u.mae           2.000e+00   1.414e+00   1.000e+00   3.000e+00     2\n"
            "  steps                  10           0          10          10     2\n"
            "  train_seconds         1.5         0.7         1.0         2.0     2\n"
            "lr=1, act=\"sin\"  (1 of 1 failed)\n");
}

}  // namespace
}  // namespace banach
