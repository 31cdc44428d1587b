// SPDX-License-Identifier: Apache-2.0
#include "core/training/trainer.hpp"

#include <ATen/ATen.h>
#include <signal.h>

#include "core/run/signals.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

std::string reason(const std::string& stage, const std::string& tables = "") {
  ToyRun run(
      toy("toy_decay", stage, "", tables + "[validation]\nevery = 2\n[output]\nlog_every = 2\n"));
  const Outcome outcome = run.fresh();
  EXPECT_TRUE(outcome.finished());
  return outcome.stop_reason + " @" + std::to_string(run.trainer->state().step);
}

TEST(Trainer, SaysWhyItStopped) {
  EXPECT_EQ(reason("steps = 5"), "all 5 steps done @5");
  EXPECT_EQ(reason("steps = 50\nstop = { loss = 1e9 }"), "loss below 1e+09 @2");
  EXPECT_EQ(reason("steps = 50\nstop = { error = 1e9 }"),
            "relative L2 error against the known solution below 1e+09 @2");
  EXPECT_EQ(reason("steps = 50\nstop = { seconds = 1e-9 }"), "1e-09 seconds of training @1");
  EXPECT_EQ(
      reason("steps = 500\noptimizer = \"sgd\"\nlr = 1e-12\nstop = { plateau = 10 }").substr(0, 40),
      "no better validation loss for 10 steps @");
}

TEST(Trainer, AStageThatEndsEarlyStaysEndedAfterResume) {
  const std::string text =
      toy("toy_decay", "steps = 50\nstop = { loss = 1e9 }", "",
          "[[stage]]\nsteps = 3\n[output]\nlog_every = 2\n[checkpoint]\nevery = "
          "1\nkeep = 9\n");
  expect_exact_resume(text, {1, 2, 3, 4});
}

TEST(Trainer, DivergenceNamesStepTermPointAndTheLastCheckpoint) {
  const std::string tables = "[sampling]\nmethod = \"grid\"\npoints = 5\n";
  std::string text = toy("toy_decay", "steps = 5", "", tables);
  text.insert(text.find("[architecture]"), "hurt = 0.9\n");
  ToyRun run(text);
  const auto [code, what] = testing::error_of([&] { run.fresh(); });
  EXPECT_EQ(code, 76);
  EXPECT_EQ(what,
            "training diverged at step 1: term \"ode\" is not a number at t = 0; there is no "
            "checkpoint yet");
  ToyRun wild(toy("toy_decay", "steps = 500\noptimizer = \"sgd\"\nlr = 1e30", "",
                  "[checkpoint]\nevery = 1\n"));
  const auto [again, why] = testing::error_of([&] { wild.fresh(); });
  EXPECT_EQ(again, 76);
  EXPECT_NE(why.find("training diverged at step "), std::string::npos) << why;
  EXPECT_NE(why.find("; the last good checkpoint is " + (wild.folder / "checkpoints").string()),
            std::string::npos)
      << why;
}

TEST(Trainer, SignalsSaveAndLeaveAStateThatGoesOnExactly) {
  const std::string text = toy("toy_decay", "steps = 6", "", "[output]\nlog_every = 2\n");
  ToyRun whole(text);
  whole.fresh();
  install_signal_handlers();
  for (const auto& [signal, code] : {std::pair{SIGTERM, 143}, {SIGINT, 130}, {SIGUSR1, 75}}) {
    clear_pending_signal();
    ToyRun part(text);
    ::raise(signal);
    const Outcome outcome = part.fresh();
    EXPECT_EQ(outcome.code, code);
    EXPECT_EQ(outcome.stop_reason, signal_name(signal));
    EXPECT_EQ(part.trainer->state().step, 1);
    clear_pending_signal();
    ToyRun rest(text);
    copy_logs(part, rest);
    EXPECT_TRUE(rest.go_on(Checkpoints(part.folder / "checkpoints").path_of(1)).finished());
    EXPECT_EQ(essence(rest.trainer->capture()), essence(whole.trainer->capture()));
    EXPECT_EQ(rest.logs(), whole.logs());
  }
}

TEST(Trainer, ATimeLimitSavesAndSays75) {
  TrainerOptions options;
  options.time_limit = 1e-9;
  ToyRun run(toy("toy_decay", "steps = 600"), options);
  const Outcome outcome = run.fresh();
  EXPECT_EQ(outcome.code, 75);
  EXPECT_EQ(outcome.stop_reason, "time limit of 1e-09 seconds");
  EXPECT_TRUE(fs::exists(Checkpoints(run.folder / "checkpoints").path_of(1)));
}

TEST(Trainer, TheBestIsTheSmallestValidationLoss) {
  ToyRun run(toy("toy_decay", "steps = 40\nlr = 0.3", "dtype = \"float64\"",
                 "[validation]\nevery = 1\n[output]\nlog_every = 1\n"));
  run.fresh();
  const auto best = Checkpoints(run.folder / "checkpoints").load_best();
  const RunState saved = to_state(best.container, "best");
  EXPECT_EQ(saved.step, run.trainer->state().best_step);
  Validation validation(run.plan.experiment, Derivatives::exact,
                        make_grid(run.plan.experiment.domain, {}), 256, run.plan.weights,
                        run.plan.seed, at::kDouble);
  EXPECT_EQ(validation.measure({{saved.parameters, saved.buffers}}).loss, *saved.best);
  const auto last = run.trainer->capture();
  EXPECT_GE(validation.measure({{last.parameters, last.buffers}}).loss, *saved.best);
}

TEST(Trainer, LearnableCoefficientsAreColumnsAndMove) {
  std::string text = toy("toy_decay", "steps = 30\nlr = 0.05", "", "[output]\nlog_every = 10\n");
  text.insert(text.find("[architecture]"), "rate = { learn = 0.5, min = 0.1, max = 3.0 }\n");
  ToyRun run(text);
  run.fresh();
  const std::string header = text_of(run.folder / "metrics.csv").substr(0, 200);
  EXPECT_NE(header.find("step,stage,lr,loss,loss.ode,loss.start,residual.ode,residual.start,"
                        "coefficient.rate\n"),
            std::string::npos)
      << header;
  EXPECT_NE(run.trainer->coefficients().at(0).second, 0.5);
}

TEST(Trainer, AFailedSaveStopsOrGoesOnAsAsked) {
  for (const bool stop : {true, false}) {
    ToyRun run(toy("toy_decay", "steps = 4", "",
                   std::string("[checkpoint]\nevery = 2\non_error = \"") +
                       (stop ? "stop" : "continue") + "\"\n"));
    run.trainer->start(initial_state(run.plan), false);
    fs::remove_all(run.folder / "checkpoints");
    // The last one is an error in any case: without it the run has no end.
    EXPECT_EQ(testing::error_of([&] { run.trainer->run(); }).first, 74);
    EXPECT_EQ(run.trainer->state().step, stop ? 2 : 4);
  }
}

TEST(Trainer, AFolderThatWasReplacedGoesOnBeingTheRuns) {
  ToyRun run(toy("toy_decay", "steps = 4", "", "[checkpoint]\nevery = 2\n"));
  run.trainer->start(initial_state(run.plan), false);
  const fs::path place = run.folder.path(), moved = place.string() + "-moved";
  fs::rename(place, moved);
  fs::create_directory(place);
  EXPECT_TRUE(run.trainer->run().finished());
  EXPECT_TRUE(fs::is_empty(place));
  EXPECT_EQ(Checkpoints(Folder(moved)).steps(), (std::vector<std::int64_t>{4, 2}));
  fs::remove_all(moved);
}

TEST(Validation, MeasuresTheDistanceToTheExactSolution) {
  ToyRun run(toy("toy_decay", "steps = 1", "dtype = \"float64\""));
  Validation validation(run.plan.experiment, Derivatives::exact,
                        make_grid(run.plan.experiment.domain, {{"t", 3}}), 16, run.plan.weights, 0,
                        at::kDouble);
  const RunState state = initial_state(run.plan);
  const Bank bank{state.parameters, state.buffers};
  const at::Tensor t = at::tensor({0.0, 1.0, 2.0}, at::kDouble).reshape({3, 1});
  EXPECT_TRUE(at::allclose(validation.reference(), at::exp(-t)));
  const at::Tensor off = validation.predict({bank}, t) - at::exp(-t);
  const Measurement m = validation.measure({bank});
  ASSERT_EQ(m.unknowns.size(), 1u);
  EXPECT_EQ(m.unknowns[0].name, "y");
  EXPECT_NEAR(m.unknowns[0].mae, off.abs().mean().item<double>(), 1e-14);
  EXPECT_NEAR(m.unknowns[0].max_error, off.abs().max().item<double>(), 1e-14);
  EXPECT_NEAR(m.error(), (off.norm() / at::exp(-t).norm()).item<double>(), 1e-14);
  EXPECT_EQ(m.terms.at(1).name, "start");
  EXPECT_NEAR(m.terms.at(1).rms, std::abs(off[0].item<double>()), 1e-14);
}

}  // namespace
}  // namespace banach
