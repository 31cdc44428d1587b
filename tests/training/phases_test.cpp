// SPDX-License-Identifier: Apache-2.0
// Runs with dropout and batch normalisation: resumed to the bit, and evaluated without either.
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

std::string stack(const std::string& problem, const std::string& lines, const std::string& stage,
                  const std::string& top = "") {
  std::string out = toy(problem, stage, top,
                        "[sampling]\npoints = 6\n[output]\nlog_every = 2\n[validation]\nevery = "
                        "3\npoints = 8\n[checkpoint]\nevery = 1\nkeep = 99\n");
  const std::string from = "type = \"toy_net\"\n";
  return out.replace(out.find(from), from.size(), "type = \"toy_stack\"\n" + lines);
}

TEST(TrainingPhases, ResumeIsBitExactWithDropoutAndNormalisation) {
  for (const char* lines : {"width = 6\ndropout = 0.3\n", "width = 6\nnormalisation = \"before\"\n",
                            "width = 6\ndropout = 0.2\nnormalisation = \"after\"\n"})
    for (const char* top : {"dtype = \"float32\"", "dtype = \"float64\""})
      expect_exact_resume(
          stack("toy_heat", lines, "steps = 7\nlr = 0.01\noptimizer = \"adam\"", top), {1, 4, 6});
}

TEST(TrainingPhases, MasksChangeWithTheSeedAndTheStep) {
  const auto loss = [](const std::string& lines, std::int64_t step) {
    ToyRun run(stack("toy_heat", lines, "steps = 1"));
    const RunState state = initial_state(run.plan);
    ResidualObjective objective(run.plan.experiment, run.plan.weights, run.plan.derivatives,
                                state.parameters, state.buffers);
    Collocation collocation(run.plan.experiment, run.plan.stages[0].sampling, 1,
                            state.parameters.options());
    objective.set_points(collocation.at_step(0));
    objective.begin_step(1, step);
    return objective.value().item<double>();
  };
  EXPECT_EQ(loss("dropout = 0.5\n", 3), loss("dropout = 0.5\n", 3));
  EXPECT_NE(loss("dropout = 0.5\n", 3), loss("dropout = 0.5\n", 4));
  EXPECT_EQ(loss("", 3), loss("", 4));
}

TEST(TrainingPhases, RunningStatisticsMoveOncePerStepAndAreSaved) {
  ToyRun run(stack("toy_heat", "width = 4\ndepth = 1\nnormalisation = \"before\"\n", "steps = 5"));
  const at::Tensor first = initial_state(run.plan).buffers.clone();
  ASSERT_TRUE(run.fresh().finished());
  ASSERT_EQ(first.numel(), 8);
  const auto saved = [&](std::int64_t step) {
    const auto path = Checkpoints(run.folder / "checkpoints").path_of(step);
    return to_state(Checkpoints::load(path).container, "checkpoint").buffers;
  };
  EXPECT_FALSE(at::equal(saved(1), first));
  EXPECT_FALSE(at::equal(saved(1), saved(2)));
  EXPECT_TRUE(at::equal(saved(5), run.trainer->capture().buffers));
  EXPECT_GT(saved(5).narrow(0, 4, 4).min().item<double>(), 0);
}

TEST(TrainingPhases, DerivativesBesideBatchStatisticsAreWarnedOf) {
  const auto output = [](const std::string& text) {
    ToyRun run(text);
    ::testing::internal::CaptureStderr();
    run.fresh();
    return ::testing::internal::GetCapturedStderr();
  };
  const std::string warning = "batch statistics beside derivatives";
  EXPECT_NE(output(stack("toy_heat", "normalisation = \"after\"\n", "steps = 1")).find(warning),
            std::string::npos);
  EXPECT_EQ(output(stack("toy_heat", "", "steps = 1")).find(warning), std::string::npos);
}

}  // namespace
}  // namespace banach
