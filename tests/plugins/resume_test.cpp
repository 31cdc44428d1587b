// SPDX-License-Identifier: Apache-2.0
// Every shipped configuration, shortened: half of it and the resumed rest end with the same bytes
// as the whole.
#include <algorithm>

#include "core/run/log.hpp"
#include "tests/plugins/catalog.hpp"
#include "tests/training/toy_run.hpp"

namespace banach::testing {
namespace {

struct Engine {
  Registry registry;
  PluginManager plugins{registry};
  Engine() {
    enroll_optimizers(registry);
    enroll_samplers(registry);
    enroll_schedules(registry);
    plugins.discover();
  }
};
const Engine& engine() {
  static const Engine one;
  return one;
}

std::vector<std::string> configurations() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(examples()))
    if (entry.path().extension() == ".toml") out.push_back(entry.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

// Few steps, two windows, small grids: what is left is still this file's problem, network,
// sampling, schedule and optimizer.
Table shortened(const std::string& name) {
  Table table = load_configuration((examples() / (name + ".toml")).string());
  const auto stages = table.find("stage")->get<Value::List>()->size();
  for (std::size_t i = 0; i < stages; ++i)
    apply_override(table, "stage." + std::to_string(i) + ".steps=8");
  if (const Value* windows = table.find("windows")) {
    const bool edges = windows->get<Table>()->find("edges") != nullptr;
    apply_override(table, edges ? "windows.edges=[0.5]" : "windows.count=2");
  }
  if (name.find("random_features") != std::string::npos)
    apply_override(table, "architecture.features=60");
  for (const char* word : {"checkpoint.every=1", "checkpoint.keep=100", "validation.every=5",
                           "validation.points=4", "output.log_every=4"})
    apply_override(table, word);
  return table;
}

struct ShortRun {
  Scratch folder;
  RunPlan plan;
  Log log{true};
  std::unique_ptr<Trainer> trainer;
  explicit ShortRun(const std::string& name)
      : plan(make_plan(shortened(name), engine().registry, engine().plugins)) {
    trainer = std::make_unique<Trainer>(plan, folder.path(), log, TrainerOptions{});
  }
  std::string logs() const {
    return text_of(folder / "metrics.csv") + text_of(folder / "metrics.jsonl");
  }
};

class ShippedConfigurations : public ::testing::TestWithParam<std::string> {};

TEST_P(ShippedConfigurations, HalfAndTheResumedRestEndWithTheSameBytes) {
  ShortRun whole(GetParam());
  whole.trainer->start(initial_state(whole.plan), false);
  ASSERT_TRUE(whole.trainer->run().finished());
  const std::int64_t last = whole.trainer->state().step;
  const Checkpoints saved(whole.folder / "checkpoints");
  for (const std::int64_t step : {std::int64_t{1}, std::max<std::int64_t>(1, last / 2)}) {
    ShortRun rest(GetParam());
    for (const char* name : {"metrics.csv", "metrics.jsonl", "timing.csv"})
      fs::copy_file(whole.folder / name, rest.folder / name);
    const auto checkpoint = saved.path_of(step);
    rest.trainer->start(to_state(Checkpoints::load(checkpoint).container, checkpoint.string()),
                        true);
    ASSERT_TRUE(rest.trainer->run().finished());
    EXPECT_EQ(essence(rest.trainer->capture()), essence(whole.trainer->capture())) << step;
    EXPECT_EQ(rest.logs(), whole.logs()) << step;
  }
}

TEST_P(ShippedConfigurations, ResolvedTextGivesTheSameRun) {
  const RunPlan plan = make_plan(shortened(GetParam()), engine().registry, engine().plugins);
  const Table again = parse_toml(resolved_text(plan), "resolved.toml");
  const RunPlan second = make_plan(again, engine().registry, engine().plugins);
  EXPECT_EQ(resolved_text(second), resolved_text(plan));
}

INSTANTIATE_TEST_SUITE_P(Shipped, ShippedConfigurations, ::testing::ValuesIn(configurations()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace banach::testing
