// SPDX-License-Identifier: Apache-2.0
// A sum of networks that are trained one by one: its formula, what a stage of one level leaves
// alone, and resuming.
#include "tests/plugins/multi_stage.hpp"

namespace banach::testing {
namespace {

// A state in which every level counts.
Bank busy(const RunPlan& plan) {
  const Layout& layout = plan.experiment.network->layout;
  at::manual_seed(3);
  Bank out{at::randn({layout.parameters()}, at::kDouble),
           at::ones({layout.buffers()}, at::kDouble)};
  slot_of(plan, out, "level.2.amplitude").fill_(0.3);
  slot_of(plan, out, "level.2.frequency").mul_(at::tensor({4.0, 2.0}, at::kDouble));
  slot_of(plan, out, "level.3.amplitude").fill_(-0.01);
  slot_of(plan, out, "level.3.frequency").fill_(7);
  return out;
}

const std::string three = heat + levels(3, "width = 3\ndepth = 1\nactivation = \"sin\"") +
                          stage(1, 1) + stage(2, 1) + stage(3, 1);

TEST(MultiStage, IsTheSumOfItsNetworksOfStretchedPoints) {
  const RunPlan plan = engine().plan(three);
  const Bank bank = busy(plan);
  at::Tensor x = at::rand({9, 2}, at::kDouble);
  x = x * at::tensor({pi, 3.0}, at::kDouble);
  at::Tensor expected = at::zeros({9, 1}, at::kDouble);
  for (int k = 1; k <= 3; ++k) {
    const std::string name = "level." + std::to_string(k) + ".";
    const at::Tensor unit = 2 * x / at::tensor({pi, 3.0}, at::kDouble) - 1;
    const at::Tensor z = k == 1 ? unit : unit * slot_of(plan, bank, name + "frequency");
    const at::Tensor h = at::sin(at::mm(z, slot_of(plan, bank, name + "hidden.0.weight")) +
                                 slot_of(plan, bank, name + "hidden.0.bias"));
    const at::Tensor y = at::mm(h, slot_of(plan, bank, name + "output.weight")) +
                         slot_of(plan, bank, name + "output.bias");
    expected = expected + (k == 1 ? y : y * slot_of(plan, bank, name + "amplitude"));
  }
  Evaluator evaluator(plan.experiment.network);
  const Recorded& solution = plan.experiment.solution;
  evaluator.add(solution.trace, solution.root);
  const at::Tensor found = evaluator.evaluate({bank}, {{x, {}, {}}})[0];
  EXPECT_LT(distance(found, expected), 1e-14);
}

TEST(MultiStage, IsTheSameOnBothExecutors) {
  const RunPlan plan = engine().plan(three);
  const Bank bank = busy(plan);
  std::vector<SamplingChoice> choices;
  for (const auto& term : plan.experiment.terms)
    choices.push_back(plan.choice(plan.stages[0], term.term.name));
  Collocation points(plan.experiment, choices, 0, at::kDouble);
  const auto objective = [&](bool fused) {
    auto out = std::make_unique<ResidualObjective>(
        plan.experiment, plan.weights, Derivatives::exact, bank.parameters, bank.buffers, fused);
    out->set_points(points.at_step(0));
    return out;
  };
  const auto one = objective(true), other = objective(false);
  ASSERT_TRUE(one->fused()) << one->not_fused_because();
  EXPECT_LT(distance(one->residuals(), other->residuals()), 1e-13);
  EXPECT_LT(distance(one->gradient().gradient, other->gradient().gradient), 1e-12);
  EXPECT_LT(distance(one->jacobian(), other->jacobian()), 1e-12);
}

TEST(MultiStage, OneLevelIsItsNetwork) {
  LevelRun plain(heat +
                 "[architecture]\ntype = \"mlp\"\nwidth = 6\ndepth = 2\n[[stage]]\noptimizer = "
                 "\"ssbroyden\"\nsteps = 3\n");
  LevelRun one(heat + levels(1) + stage(1, 3));
  one.fresh();
  RunState start = initial_state(plain.plan);
  start.parameters = initial_state(one.plan).parameters;
  plain.trainer.start(start, false);
  ASSERT_TRUE(plain.trainer.run().finished());
  EXPECT_TRUE(one.trainer.capture().parameters.equal(plain.trainer.capture().parameters));
}

TEST(MultiStage, AStageOfOneLevelLeavesTheOthersBitForBit) {
  for (const char* optimizer : {"adam", "ssbroyden", "levenberg_marquardt"}) {
    LevelRun run(heat + levels(3) + stage(1, 4) + stage(2, 4, optimizer) + stage(3, 4, optimizer) +
                 stage(1, 2, optimizer));
    run.fresh();
    const RunState states[] = {initial_state(run.plan), run.saved(4), run.saved(8), run.saved(12),
                               run.trainer.capture()};
    const std::int64_t trained[] = {1, 2, 3, 1};
    for (int i = 0; i < 4; ++i)
      for (std::int64_t level = 1; level <= 3; ++level)
        for (const auto& [offset, size] : level_parameters(*run.plan.experiment.network, level))
          EXPECT_NE(states[i]
                        .parameters.narrow(0, offset, size)
                        .equal(states[i + 1].parameters.narrow(0, offset, size)),
                    level == trained[i])
              << optimizer << ", stage " << i << ", level " << level;
    const auto amplitude = [&](const RunState& s, const char* name) {
      return slot_of(run.plan, {s.parameters, s.buffers}, name).item<double>();
    };
    EXPECT_EQ(amplitude(states[1], "level.2.amplitude"), 0);
    EXPECT_GT(amplitude(states[2], "level.2.amplitude"), 0);
    EXPECT_EQ(amplitude(states[2], "level.3.amplitude"), 0);
    EXPECT_EQ(amplitude(states[4], "level.2.amplitude"), amplitude(states[2], "level.2.amplitude"));
  }
}

TEST(MultiStage, ResumesExactlyInTheMiddleOfEveryLevel) {
  for (const std::string& second :
       {stage(2, 6), stage(2, 6, "adam"), stage(2, 6) + "variable_projection = true\n",
        stage(2, 3) + stage(2, 3, "levenberg_marquardt")}) {
    const std::string text = heat + levels(2) + stage(1, 6) + second;
    LevelRun whole(text);
    whole.fresh();
    const auto expected = essence(whole.trainer.capture());
    EXPECT_GT(whole.trainer.state().loss_factor, 1) << second;
    for (const std::int64_t step : {3, 6, 7, 9, 11}) {
      LevelRun rest(text);
      for (const char* name : {"metrics.csv", "metrics.jsonl", "timing.csv"})
        fs::copy_file(whole.folder / name, rest.folder / name);
      rest.trainer.start(whole.saved(step), true);
      ASSERT_TRUE(rest.trainer.run().finished());
      EXPECT_EQ(essence(rest.trainer.capture()), expected) << second << step;
      EXPECT_EQ(text_of(rest.folder / "metrics.csv"), text_of(whole.folder / "metrics.csv"));
    }
  }
}

}  // namespace
}  // namespace banach::testing
