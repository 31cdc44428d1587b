// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "tests/training/training_test.hpp"

namespace banach {
namespace {

const char* samplers[] = {"uniform", "grid", "latin_hypercube", "sobol", "halton"};

RunPlan heat_plan(const World& world, const std::string& sampling) {
  return world.plan(toy("toy_heat", "steps = 4", "seed = 5", "[sampling]\n" + sampling));
}

at::Tensor points_at(const RunPlan& plan, std::int64_t step, std::size_t term) {
  Collocation c(plan.experiment, plan.stages[0].sampling, plan.seed, at::kDouble);
  return c.at_step(step)[term].points.clone();
}

TEST(Collocation, AStepDoesNotDependOnHistory) {
  const World world;
  for (const char* method : samplers) {
    const RunPlan plan =
        heat_plan(world, std::string("method = \"") + method + "\"\nrefresh = 2\n");
    Collocation walk(plan.experiment, plan.stages[0].sampling, plan.seed, at::kDouble);
    for (std::int64_t step = 0; step < 7; ++step) {
      const auto& sets = walk.at_step(step);
      for (std::size_t term = 0; term < sets.size(); ++term)
        EXPECT_TRUE(at::equal(sets[term].points, points_at(plan, step, term))) << method << step;
    }
  }
}

TEST(Collocation, FacesHoldTheirAxisAndInteriorsFillTheBox) {
  const World world;
  for (const char* method : samplers) {
    const RunPlan plan =
        heat_plan(world, std::string("points = 49\nmethod = \"") + method + "\"\n");
    EXPECT_TRUE((points_at(plan, 3, 1).select(1, 1) == 0).all().item<bool>());  // t = 0
    EXPECT_TRUE((points_at(plan, 3, 3).select(1, 0) == 1).all().item<bool>());  // x = 1
    const at::Tensor in = points_at(plan, 3, 0);
    EXPECT_TRUE((in >= 0).logical_and(in <= 1).all().item<bool>());
    EXPECT_NEAR(in.mean().item<double>(), 0.5, 0.1) << method;
    EXPECT_GT(in.select(1, 0).std().item<double>(), 0.2) << method;
  }
}

TEST(Collocation, RefreshDecidesWhenPointsChange) {
  const World world;
  const RunPlan each = heat_plan(world, "refresh = 3\n"), fixed = heat_plan(world, "refresh = 0\n");
  EXPECT_TRUE(at::equal(points_at(each, 3, 0), points_at(each, 5, 0)));
  EXPECT_FALSE(at::equal(points_at(each, 2, 0), points_at(each, 3, 0)));
  EXPECT_TRUE(at::equal(points_at(fixed, 0, 0), points_at(fixed, 100, 0)));
}

TEST(Collocation, TermsDrawFromStreamsOfTheirOwn) {
  const World world;
  const RunPlan plan = heat_plan(world, "");
  EXPECT_FALSE(at::equal(points_at(plan, 0, 2).select(1, 1), points_at(plan, 0, 3).select(1, 1)));
}

TEST(Collocation, TheEndOfALineIsOneRow) {
  const World world;
  const RunPlan plan = world.plan(toy("toy_decay"));
  Collocation c(plan.experiment, plan.stages[0].sampling, plan.seed, at::kFloat);
  EXPECT_EQ(c.rows(0), 64);
  EXPECT_EQ(c.rows(1), 1);
  EXPECT_EQ(c.total(), 65);
  EXPECT_EQ(c.at_step(0)[1].points.item<float>(), 0.0f);
}

TEST(Collocation, TheTensorsStayTheSame) {
  const World world;
  const RunPlan plan = heat_plan(world, "");
  Collocation c(plan.experiment, plan.stages[0].sampling, plan.seed, at::kFloat);
  const at::Tensor held = c.at_step(0)[0].points;
  const at::Tensor before = held.clone();
  const auto& sets = c.at_step(1);
  EXPECT_TRUE(held.is_same(sets[0].points));
  EXPECT_FALSE(at::equal(held, before));
}

}  // namespace
}  // namespace banach
