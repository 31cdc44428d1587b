// SPDX-License-Identifier: Apache-2.0
// Losses over windows that follow from each other.
#include "core/operators/operator_objective.hpp"
#include "tests/operators/recurrence.hpp"

namespace banach {
namespace {

// Mean over all training samples and the windows that follow from them, up to three.
double loss_by_hand(const Data& data, double a) {
  double sum = 0;
  int count = 0;
  for (std::int64_t trajectory = 0; trajectory < 2; ++trajectory)
    for (std::int64_t s = 0; s < times - 6; ++s) {
      const Tensor v = data.z.narrow(0, trajectory, 1);
      const Tensor u = states(a, v, data.force.narrow(0, trajectory, 1), s);
      for (std::int64_t k = 0; k < 3 && s + 4 * k < times - 6; ++k, ++count)
        for (const std::int64_t t : {s + 4 * k + 4, s + 4 * k + 6})
          sum += (u[0][t] - v[0][t]).square().mean().item<double>() / 2;
    }
  return sum / count;
}

TEST(RollOut, LossIsTheMeanOverSamplesAndWindowsAndItsGradientGoesThroughAll) {
  const Data data;
  for (const bool delta : {false, true}) {
    const RunPlan plan =
        plan_of(data.toml(delta ? "n_out = 2, target = \"delta\"" : "n_out = 2",
                          delta ? "a = 0.8\ndelta = true" : "a = 0.8", "rollout = 3"));
    const RunState state = initial_state(plan);
    OperatorObjective objective(plan, 0, state.parameters, state.buffers);
    objective.begin_step(0, 0, 0);
    const Tensor gradient = objective.gradient().gradient.clone();
    EXPECT_NEAR(objective.value().item<double>(), loss_by_hand(data, 0.8), 1e-12);
    for (std::int64_t i = 0; i < 2; ++i) {
      const double h = 1e-5;
      const auto at_step = [&](double by) {
        objective.parameters().detach()[i] += by;
        return objective.value().item<double>();
      };
      const double above = at_step(h), below = at_step(-2 * h);
      at_step(h);
      EXPECT_NEAR(gradient[i].item<double>(), (above - below) / (2 * h), 1e-8);
    }
  }
}

struct ShortTraining {
  Scratch folder;
  RunPlan plan;
  Log log{true};
  Trainer trainer;
  explicit ShortTraining(const std::string& text)
      : plan(plan_of(text)), trainer(plan, folder.path(), log, {}) {}
  std::vector<std::byte> finish(RunState state, bool resumed) {
    trainer.start(std::move(state), resumed);
    EXPECT_TRUE(trainer.run().finished());
    return essence(trainer.capture());
  }
};

TEST(RollOut, TrainingResumesBitExactlyInTheMiddleOfAnEpoch) {
  const Data data;
  const std::string text =
      data.toml("n_out = 1", "a = 0.7",
                "rollout = 3\nbatch = 5\nsteps = 12\nlr = 0.01\n[checkpoint]\nevery = 1\nkeep = "
                "99\n[validation]\nevery = 5\n");
  ShortTraining whole(text);
  const auto expected = whole.finish(initial_state(whole.plan), false);
  for (const std::int64_t step : {3, 8}) {
    const auto path = Checkpoints(whole.folder / "checkpoints").path_of(step);
    ShortTraining rest(text);
    for (const char* name : {"metrics.csv", "metrics.jsonl", "timing.csv"})
      fs::copy_file(whole.folder / name, rest.folder / name);
    const auto loaded = Checkpoints::load(path);
    EXPECT_EQ(rest.finish(to_state(loaded.container, path.string()), true), expected) << step;
  }
}

}  // namespace
}  // namespace banach
