// SPDX-License-Identifier: Apache-2.0
// Configurations and runs of a sum of networks.
#pragma once
#include "core/training/last_layer.hpp"
#include "core/training/levels.hpp"
#include "tests/plugins/catalog.hpp"
#include "tests/training/toy_run.hpp"

namespace banach::testing {

inline const World& engine() {
  static const auto one = [] {
    auto out = std::make_unique<World>();
    out->plugins.discover();
    return out;
  }();
  return *one;
}

struct LevelRun {
  Scratch folder;
  RunPlan plan;
  Log log{true};
  Trainer trainer;
  explicit LevelRun(const std::string& text)
      : plan(engine().plan(text)), trainer(plan, folder.path(), log, TrainerOptions{}) {}
  void fresh() {
    trainer.start(initial_state(plan), false);
    ASSERT_TRUE(trainer.run().finished());
  }
  RunState saved(std::int64_t step) const {
    const auto path = Checkpoints(folder / "checkpoints").path_of(step);
    return to_state(Checkpoints::load(path).container, path.string());
  }
};

inline const std::string samples =
    "dtype = \"float64\"\n[problem]\ntype = \"regression\"\ntarget = "
    "\"sine\"\n[observations.seen]\n"
    "synthetic = { points = { x = 61 }, method = \"grid\" }\n[checkpoint]\nevery = 1\nkeep = "
    "1000\n";
inline const std::string heat =
    "dtype = \"float64\"\n[problem]\ntype = \"heat\"\n[sampling]\nmethod = \"halton\"\npoints = "
    "60\nrefresh = 0\n[checkpoint]\nevery = 1\nkeep = 1000\n";
inline std::string levels(std::int64_t count, const std::string& network = "width = 6\ndepth = 2") {
  return "[architecture]\ntype = \"multi_stage\"\nlevels = " + std::to_string(count) +
         "\n[architecture.network]\ntype = \"mlp\"\n" + network + "\n";
}
inline std::string stage(std::int64_t level, int steps,
                         const std::string& optimizer = "ssbroyden") {
  return "[[stage]]\noptimizer = \"" + optimizer + "\"\nlevel = " + std::to_string(level) +
         "\nsteps = " + std::to_string(steps) + "\n";
}
inline const std::string both = stage(1, 8) + stage(2, 8);

inline at::Tensor slot_of(const RunPlan& plan, const Bank& bank, const std::string& name) {
  const Layout& layout = plan.experiment.network->layout;
  const int number = layout.find(name);
  EXPECT_GE(number, 0) << name;
  const Slot& slot = layout.slots()[static_cast<std::size_t>(number)];
  const at::Tensor& all = slot.trainable ? bank.parameters : bank.buffers;
  return all.narrow(0, slot.offset, slot.size).view(slot.shape);
}

}  // namespace banach::testing
