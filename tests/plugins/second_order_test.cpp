// SPDX-License-Identifier: Apache-2.0
// The heat equation by methods of second order, as their ready files have it, on fewer points.
#include "tests/plugins/catalog.hpp"
#include "tests/training/toy_run.hpp"

namespace banach::testing {
namespace {

double mae_of(const std::string& name, int steps) {
  static const auto engine = [] {
    auto out = std::make_unique<World>();
    out->plugins.discover();
    return out;
  }();
  Table table = load_configuration((examples() / (name + ".toml")).string());
  for (const std::string word : {"sampling.points=200", "sampling.initial.points=24",
                                 "sampling.left.points=24", "sampling.right.points=24"})
    apply_override(table, word);
  apply_override(table, "stage.0.steps=" + std::to_string(steps));
  Scratch folder;
  RunPlan plan = make_plan(table, engine->registry, engine->plugins);
  Log log{true};
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(initial_state(plan), false);
  EXPECT_TRUE(trainer.run().finished());
  return trainer.final_measurement().unknowns.at(0).mae;
}

TEST(SecondOrder, SsbroydenSolvesTheHeatEquation) {
  EXPECT_LT(mae_of("heat_ssbroyden", 1500), 1e-6);
}
TEST(SecondOrder, LevenbergMarquardtSolvesTheHeatEquation) {
  EXPECT_LT(mae_of("heat_lm", 120), 1e-6);
}

}  // namespace
}  // namespace banach::testing
