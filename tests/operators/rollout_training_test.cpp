// SPDX-License-Identifier: Apache-2.0
// Losses over windows that follow from each other.
#include "core/operators/operator_objective.hpp"
#include "datasets/trajectories.hpp"
#include "tests/operators/recurrence.hpp"

namespace banach {
namespace {

// Mean squares of the targets of all training samples, [step, component]: the units of losses.
Tensor mean_squares(const Data& data, bool delta) {
  Tensor out = at::zeros({2, 2}, at::kDouble);
  for (std::int64_t trajectory = 0; trajectory < 2; ++trajectory)
    for (std::int64_t s = 0; s < times - 6; ++s)
      for (const std::int64_t step : {0, 1}) {
        const Tensor z = data.z[trajectory];  // [time, component, point]
        const Tensor target = z[s + 4 + 2 * step] - z[s + 2] * (delta ? 1.0 : 0.0);
        out[step] += target.square().mean(-1) / (2.0 * (times - 6));
      }
  return out;
}

// Mean over all training samples and the windows that follow from them, up to three.
double loss_by_hand(const Data& data, double a, bool delta) {
  const Tensor units = mean_squares(data, delta);
  double sum = 0;
  int count = 0;
  for (std::int64_t trajectory = 0; trajectory < 2; ++trajectory)
    for (std::int64_t s = 0; s < times - 6; ++s) {
      const Tensor v = data.z.narrow(0, trajectory, 1);
      const Tensor u = states(a, v, data.force.narrow(0, trajectory, 1), s);
      for (std::int64_t k = 0; k < 3 && s + 4 * k < times - 6; ++k, ++count)
        for (const std::int64_t step : {0, 1}) {
          const std::int64_t t = s + 4 * k + 4 + 2 * step;
          sum += ((u[0][t] - v[0][t]).square().mean(-1) / units[step]).mean().item<double>() / 2;
        }
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
    EXPECT_NEAR(objective.value().item<double>(), loss_by_hand(data, 0.8, delta), 1e-12);
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

// The same loss from predictions in physical units, one window after the other.
double loss_of_predictions(const RunPlan& plan, const Bank& bank) {
  const OperatorData& data = *plan.experiment.data;
  OperatorNetwork network(plan.experiment, plan.derivatives, Phase::evaluation,
                          at::TensorOptions(at::kDouble));
  const RollOut rollout(data);
  const auto firsts = trajectories(*plan.opened, Split::train);
  const Scaling& units = plan.experiment.normaliser.loss();
  double sum = 0, count = 0;
  const auto read = [&](std::int64_t sample) {
    return make_batch(data, plan.opened->read(Split::train, {sample}, NumberType::float64), 1,
                      at::TensorOptions(at::kDouble));
  };
  for (std::int64_t sample = 0; sample < plan.opened->size(Split::train); ++sample) {
    OperatorBatch given = read(sample), real = given;
    for (std::int64_t k = 0; k < std::min<std::int64_t>(3, rollout.windows(firsts, sample)); ++k) {
      if (k > 0) {
        real = read(sample + k * rollout.shift());
        given = rollout.after(given, network.predict(bank, data, given), real);
      }
      const Tensor off =
          rollout.comparable(network.predict(bank, data, given), given, real) - real.outputs;
      sum += (off / units.shaped(units.scale, off)).square().mean().item<double>(), count += 1;
    }
  }
  return sum / count;
}

TEST(RollOut, ComposesTheScalesOfOutputsAndInputs) {
  const Data data;
  for (const std::string scales :
       {"{ inputs = \"zscore\", outputs = \"zscore\" }",
        "{ inputs = \"minmax\", outputs = \"none\" }", "{ per = \"point\" }",
        "{ inputs = \"none\", outputs = \"rms\", per = \"point\" }"})
    for (const std::string window :
         {"n_out = 2", "n_out = 2, target = \"delta\"", "n_out = 2, time_as = \"axis\"",
          "n_out = 2, time_as = \"axis\", target = \"delta\""}) {
      SCOPED_TRACE(scales + " " + window);
      std::string text = data.toml(window, "a = 0.8", "rollout = 3\nbatch = 0");
      const std::string none = "{ inputs = \"none\", outputs = \"none\" }";
      text.replace(text.find(none), none.size(), scales);
      const RunPlan plan = plan_of(text);
      const RunState state = initial_state(plan);
      OperatorObjective objective(plan, 0, state.parameters, state.buffers);
      objective.begin_step(0, 0, 0);
      const double wanted = loss_of_predictions(plan, {state.parameters, state.buffers});
      EXPECT_NEAR(objective.value().item<double>(), wanted, 1e-11 * wanted);
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
