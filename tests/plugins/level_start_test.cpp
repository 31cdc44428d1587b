// SPDX-License-Identifier: Apache-2.0
// How a level of a sum of networks begins, what it is worth, and what is refused.
#include "tests/plugins/multi_stage.hpp"

namespace banach::testing {
namespace {

// Data that the first level cannot tell from a straight line are left to the second.
TEST(MultiStage, ALevelBeginsWithTheFrequencyOfWhatIsLeft) {
  for (const double waves : {2.0, 24.0}) {
    const RunPlan plan = engine().plan(samples + levels(2, "width = 12\ndepth = 1") + both);
    const Experiment& e = plan.experiment;
    RunState state = initial_state(plan);
    state.parameters.zero_();  // the first level is zero
    const RunState fresh = initial_state(plan);
    for (const auto& [offset, size] : level_parameters(*e.network, 2))
      state.parameters.narrow(0, offset, size).copy_(fresh.parameters.narrow(0, offset, size));
    PointSet set;
    set.points = at::linspace(-1, 1, 201, at::kDouble).unsqueeze(1);
    for (const auto& column : e.terms[0].data)
      set.data[column.first] = 1e-6 * at::sin(waves * set.points);
    const StartedLevel found = start_level({e,
                                            2,
                                            plan.weights,
                                            Derivatives::exact,
                                            {},
                                            {set},
                                            state.parameters,
                                            state.buffers,
                                            Stream(0, "level"),
                                            true});
    const Bank bank{found.parameters, found.buffers};
    const double frequency = slot_of(plan, bank, "level.2.frequency").item<double>();
    const double amplitude = slot_of(plan, bank, "level.2.amplitude").item<double>();
    EXPECT_LE(frequency, 2 * waves) << found.report;
    EXPECT_GE(frequency, waves / 8) << found.report;
    EXPECT_GT(amplitude, 1e-7) << found.report;
    EXPECT_LT(amplitude, 1) << found.report;
    ResidualObjective objective(e, plan.weights, Derivatives::exact, state.parameters,
                                state.buffers);
    objective.set_points({set});
    const double before = objective.value().item<double>();
    ResidualObjective after(e, plan.weights, Derivatives::exact, bank.parameters, bank.buffers);
    after.set_points({set});
    EXPECT_LT(after.value().item<double>(), (waves < 10 ? 1e-2 : 1) * before) << found.report;
    EXPECT_TRUE(found.report.find("level 2 begins with amplitude ") == 0) << found.report;
  }
}

TEST(MultiStage, ALevelWithNothingLeftStaysZero) {
  const RunPlan plan = engine().plan(samples + levels(2) + both);
  const RunState state = initial_state(plan);
  at::Tensor parameters = state.parameters.clone();
  for (const auto& [offset, size] : level_parameters(*plan.experiment.network, 1))
    parameters.narrow(0, offset, size).zero_();
  PointSet set;
  set.points = at::linspace(-1, 1, 31, at::kDouble).unsqueeze(1);
  for (const auto& column : plan.experiment.terms[0].data)
    set.data[column.first] = at::zeros({31, 1}, at::kDouble);
  const StartedLevel found = start_level({plan.experiment,
                                          2,
                                          plan.weights,
                                          Derivatives::exact,
                                          {},
                                          {set},
                                          parameters,
                                          state.buffers,
                                          Stream(0, "level"),
                                          true});
  EXPECT_TRUE(at::isfinite(found.parameters).all().item<bool>());
  EXPECT_EQ(slot_of(plan, {found.parameters, found.buffers}, "level.2.amplitude").item<double>(),
            0);
  EXPECT_NE(found.report.find("; none is lower, the level begins at zero"), std::string::npos);
}

TEST(MultiStage, EveryWindowBeginsItsLevelsAnew) {
  const std::string text = heat + "[windows]\ncount = 2\n" + levels(2) + stage(1, 3) + stage(2, 3);
  LevelRun whole(text);
  whole.fresh();
  const auto amplitude = [&](const RunState& s) {
    return slot_of(whole.plan, {s.parameters, s.buffers}, "level.2.amplitude").item<double>();
  };
  EXPECT_GT(amplitude(whole.saved(6)), 0);
  EXPECT_EQ(amplitude(whole.saved(8)), 0);
  EXPECT_GT(amplitude(whole.saved(11)), 0);
  EXPECT_NE(amplitude(whole.saved(11)), amplitude(whole.saved(6)));
  LevelRun rest(text);
  for (const char* name : {"metrics.csv", "metrics.jsonl", "timing.csv"})
    fs::copy_file(whole.folder / name, rest.folder / name);
  rest.trainer.start(whole.saved(11), true);
  ASSERT_TRUE(rest.trainer.run().finished());
  EXPECT_EQ(essence(rest.trainer.capture()), essence(whole.trainer.capture()));
}

std::string refusal(const std::string& text) {
  return thrown<ConfigError>([&] { engine().plan(text); });
}
bool ends(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

TEST(MultiStage, RefusesLevelsThatAreNotThereOrNeverBegin) {
  const std::string mlp = "[architecture]\ntype = \"mlp\"\n";
  EXPECT_TRUE(ends(refusal(heat + mlp + stage(1, 2)),
                   "stage.0.level: architecture \"mlp\" has no levels: leave level out"));
  EXPECT_TRUE(ends(refusal(heat + levels(2) + stage(1, 2) + stage(2, 2) + stage(3, 2)),
                   "stage.2.level: architecture \"multi_stage\" has levels 1 to 2: there is no "
                   "level 3"));
  EXPECT_NE(refusal(heat + levels(2) + stage(0, 2) + stage(2, 2)).find("stage.0.level"),
            std::string::npos);
  EXPECT_TRUE(ends(refusal(heat + levels(3) + stage(1, 2) + stage(3, 2)),
                   "stage: none has level = 2, so that level 2 of architecture \"multi_stage\" "
                   "would stay zero: add one, or take fewer levels"));
  EXPECT_NE(refusal(heat + "[architecture]\ntype = \"multi_stage\"\n" + both)
                .find("needs a sub-architecture [architecture.network] with a type"),
            std::string::npos);
}

TEST(MultiStage, RefusesLossesWithoutResidualsAndNetworksWithoutALastLayer) {
  const std::string ritz = "dtype = \"float64\"\n[problem]\ntype = \"poisson\"\nform = \"ritz\"\n";
  EXPECT_TRUE(ends(refusal(ritz + levels(2) + stage(1, 2, "adam") + stage(2, 2, "adam")),
                   "stage.1.level: level 2 begins with what is left of a sum of squares, and term "
                   "\"energy\" is the mean of an energy density: train a single network instead"));
  const std::string product =
      "[architecture]\ntype = \"multi_stage\"\n[architecture.network]\ntype = \"toy_product\"\n";
  EXPECT_TRUE(ends(refusal(heat + product + both),
                   "stage.1.level: level 2 of architecture \"multi_stage\" does not end with a "
                   "linear layer, from which its amplitude is found"));
}

TEST(MultiStage, VariableProjectionOfALevelIsThatOfItsOwnLastLayer) {
  EXPECT_EQ(refusal(heat + levels(2) + stage(1, 2) + "variable_projection = true\n" + stage(2, 2) +
                    "variable_projection = true\n"),
            "");
  const RunPlan plan = engine().plan(heat + levels(2) + both);
  const Network& network = *plan.experiment.network;
  const auto offset_of = [&](const std::string& name) {
    return network.layout.slots()[static_cast<std::size_t>(network.layout.find(name))].offset;
  };
  const Ranges second = last_layer(network, level_parameters(network, 2));
  EXPECT_EQ(second, (Ranges{{offset_of("level.2.output.weight"), 6},
                            {offset_of("level.2.output.bias"), 1}}));
  EXPECT_EQ(last_layer(network).size(), 4u);
}

TEST(MultiStage, ASecondLevelLowersTheErrorByFar) {
  const std::string plan =
      samples + levels(2, "width = 10\ndepth = 1\nactivation = \"sin\"") + stage(1, 300);
  LevelRun run(plan + stage(2, 300));
  run.fresh();
  const RunState first = run.saved(300);
  const auto error = [&](const RunState& s) {
    Validation validation(run.plan.experiment, Derivatives::exact,
                          make_grid(run.plan.experiment.domain, {}), 16, run.plan.weights, 0,
                          at::kDouble);
    return validation.measure({{s.parameters, s.buffers}}).error();
  };
  EXPECT_LT(error(run.trainer.capture()), error(first) / 30);
}

}  // namespace
}  // namespace banach::testing
