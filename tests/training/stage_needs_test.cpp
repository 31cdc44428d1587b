// SPDX-License-Identifier: Apache-2.0
#include "core/training/stage_needs.hpp"

#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

std::string refusal(const std::string& text) {
  return thrown<ConfigError>([&] { ToyRun::world().plan(text); });
}

const std::string two_stages = "steps = 2\n[[stage]]\nsteps = 4\noptimizer = \"ssbroyden\"\n";

TEST(StageNeeds, PointsThatMoveAreRefusedWithTheRemedy) {
  EXPECT_EQ(
      refusal(toy("toy_decay", two_stages)),
      "case.toml:10:13: stage.1.optimizer: ssbroyden compares the losses of successive steps "
      "and needs the same points at each, term \"ode\" draws others: set sampling.refresh = 0 "
      "(or sampling = { refresh = 0 } in the stage)");
  EXPECT_EQ(refusal(toy("toy_decay", two_stages, "", "[sampling]\nrefresh = 0")), "");
  EXPECT_EQ(refusal(toy("toy_decay", two_stages + "sampling = { refresh = 0 }")), "");
  EXPECT_EQ(refusal(toy("toy_decay", two_stages, "", "[sampling]\nmethod = \"grid\"")), "");
  EXPECT_NE(
      refusal(toy("toy_heat", two_stages + "sampling = { refresh = 0, left = { refresh = 2 } }"))
          .find("term \"left\" draws others"),
      std::string::npos);
  EXPECT_EQ(refusal(toy("toy_decay", "steps = 4\noptimizer = \"natural_gradient\"")), "");
}

TEST(StageNeeds, BatchesDropoutAndClippingAreRefused) {
  const std::string fixed = "[sampling]\nrefresh = 0\n",
                    line = "steps = 4\noptimizer = \"lbfgs\"\n";
  const std::string seen =
      "[observations.seen]\nbatch = 3\nsynthetic = { points = { t = 9 }, method = \"grid\" }\n";
  EXPECT_NE(refusal(toy("toy_decay", line, "", fixed + seen))
                .find("needs the same points at each: set observations.seen.batch = 0"),
            std::string::npos);
  std::string dropping = toy("toy_decay", line, "", fixed);
  dropping.replace(dropping.find("toy_net\""), 8, "toy_stack\"\ndropout = 0.1");
  EXPECT_NE(refusal(dropping).find("needs the same neurons at each: set architecture.dropout = 0"),
            std::string::npos);
  EXPECT_NE(
      refusal(toy("toy_decay", line + "clip = { norm = 1.0 }", "", fixed))
          .find("lbfgs finds the length of its steps itself, a clipped gradient would mislead "
                "it: remove clip"),
      std::string::npos);
}

TEST(StageNeeds, LossesWithoutResidualsAreRefused) {
  const std::string lm = "steps = 4\noptimizer = \"levenberg_marquardt\"";
  const std::string fixed = "[sampling]\nrefresh = 0\n";
  EXPECT_NE(
      refusal(toy("toy_ritz", lm, "", fixed))
          .find("stage.0.optimizer: levenberg_marquardt needs a loss that is a sum of squares, "
                "and term \"ritz\" is the mean of an energy density: use one that needs "
                "gradients only, such as lbfgs"),
      std::string::npos);
  EXPECT_NE(refusal(toy("toy_decay", lm, "", fixed + "[regularisation]\nl1 = 0.1"))
                .find("and regularisation.l1 is none: use l2 instead"),
            std::string::npos);
  EXPECT_EQ(refusal(toy("toy_decay", lm, "", fixed + "[regularisation]\nl2 = 0.1")), "");
}

TEST(StageNeeds, MatricesThatWouldNotFitAreRefused) {
  const std::string bfgs = "steps = 4\noptimizer = \"bfgs\"\nsampling = { refresh = 0 }";
  std::string wide = toy("toy_decay", bfgs);
  wide.replace(wide.find("toy_net\""), 8, "toy_net\"\nwidth = 20000");
  EXPECT_NE(
      refusal(wide).find("bfgs keeps a dense matrix, 14.4 GB for 60001 parameters: use lbfgs"),
      std::string::npos);
}

TEST(StageNeeds, TheRateIsThatOfTheOptimizerUnlessGiven) {
  const RunPlan plan = ToyRun::world().plan(
      toy("toy_decay",
          "steps = 1\n[[stage]]\nsteps = 1\noptimizer = \"ssbroyden\"\nsampling = { "
          "refresh = 0 }\n[[stage]]\nsteps = 1\noptimizer = \"soap\"\n[[stage]]\nsteps "
          "= 1\nlr = 0.5\n"));
  EXPECT_EQ(plan.stages[0].parameters.lr, 1e-3);
  EXPECT_EQ(plan.stages[1].parameters.lr, 1.0);
  EXPECT_EQ(plan.stages[2].parameters.lr, 3e-3);
  EXPECT_EQ(plan.stages[3].parameters.lr, 0.5);
  EXPECT_NE(resolved_text(plan).find("lr = 0.003"), std::string::npos);
}

TEST(StageNeeds, Float32IsWarnedAbout) {
  const std::string text = toy("toy_decay", two_stages, "", "[sampling]\nrefresh = 0");
  EXPECT_EQ(stage_warnings(ToyRun::world().plan(text)),
            (std::vector<std::string>{"stage.1: ssbroyden comes to a halt early in float32: set "
                                      "dtype = \"float64\" for the stage or the run"}));
  EXPECT_TRUE(stage_warnings(ToyRun::world().plan("dtype = \"float64\"\n" + text)).empty());
}

TEST(StageNeeds, AnOptimizerEndsItsStageAndSaysWhy) {
  ToyRun run(toy("toy_decay",
                 "steps = 3\n[[stage]]\nsteps = 500\noptimizer = \"bfgs\"\ngradient_tolerance = "
                 "1e-3\n[[stage]]\nsteps = 4000\noptimizer = \"levenberg_marquardt\"",
                 "dtype = \"float64\"", "[sampling]\nmethod = \"grid\"\npoints = 7\n"));
  const Outcome outcome = run.fresh();
  EXPECT_TRUE(outcome.finished());
  EXPECT_EQ(outcome.stop_reason.substr(0, 48), "levenberg_marquardt: no damping gives a decrease")
      << outcome.stop_reason;
  EXPECT_EQ(run.trainer->state().stage, 2);
  EXPECT_LT(run.trainer->state().step, 3000);
}

TEST(StageNeeds, ResumeIsBitExactForEveryMethodAndAcrossHandOverAndType) {
  const char* methods[] = {"lbfgs",
                           "bfgs",
                           "ssbfgs",
                           "ssbroyden",
                           "levenberg_marquardt",
                           "gauss_newton",
                           "natural_gradient",
                           "soap"};
  for (const std::string method : methods)
    expect_exact_resume(
        toy("toy_heat",
            "steps = 2\nlr = 0.02\n[[stage]]\nsteps = 6\noptimizer = \"" + method +
                "\"\ndtype = \"float64\"\nsampling = { refresh = 0 }",
            "",
            "[sampling]\npoints = 6\n[output]\nlog_every = 3\n[validation]\nevery = 4\npoints = "
            "8\n[checkpoint]\nevery = 1\nkeep = 99\n"),
        method == "gauss_newton" || method == "natural_gradient"
            ? std::vector<std::int64_t>{1, 2, 3}
            : std::vector<std::int64_t>{1, 2, 3, 5, 7});
}

TEST(StageNeeds, ResumeIsBitExactWithVariableProjection) {
  for (const std::string method : {"ssbroyden", "levenberg_marquardt"})
    expect_exact_resume(
        toy("toy_heat",
            "steps = 2\nlr = 0.02\n[[stage]]\nsteps = 6\noptimizer = \"" + method +
                "\"\nvariable_projection = true\ndtype = \"float64\"\nsampling = { refresh = 0 }",
            "",
            "[sampling]\npoints = 12\n[output]\nlog_every = 3\n[validation]\nevery = 4\npoints = "
            "8\n[checkpoint]\nevery = 1\nkeep = 99\n"),
        {1, 2, 3, 5, 7});
}

TEST(StageNeeds, VariableProjectionIsRefusedWhereThereIsNoLinearProblem) {
  const std::string lm =
      "steps = 4\noptimizer = \"levenberg_marquardt\"\nvariable_projection = true";
  const std::string fixed = "[sampling]\nrefresh = 0\n";
  EXPECT_EQ(refusal(toy("toy_decay", lm, "", fixed)), "");
  EXPECT_NE(refusal(toy("toy_logistic", lm, "", fixed))
                .find("stage.0.variable_projection: term \"ode\" is not linear in the solution, so "
                      "the last layer is no linear least-squares problem: leave it out"),
            std::string::npos);
  EXPECT_NE(refusal(toy("toy_decay", "steps = 4\nvariable_projection = true", "", fixed))
                .find("stage.0.variable_projection: needs an optimizer that works on the same "
                      "points at every step, such as ssbroyden or levenberg_marquardt"),
            std::string::npos);
  std::string product = toy("toy_decay", lm, "", fixed);
  product.replace(product.find("toy_net\""), 8, "toy_product\"");
  EXPECT_NE(refusal(product).find("architecture \"toy_product\" does not end with a linear layer"),
            std::string::npos);
}

TEST(StageNeeds, AStageThatItsOptimizerEndedStaysEndedAfterResume) {
  const std::string text = toy(
      "toy_decay",
      "steps = 400\noptimizer = \"ssbroyden\"\ngradient_tolerance = 0.3\n[[stage]]\nsteps = 3",
      "dtype = \"float64\"",
      "[sampling]\nmethod = \"grid\"\npoints = 7\n[output]\nlog_every = 100\n[checkpoint]\nevery "
      "= 1\nkeep = 99\n");
  ToyRun run(text);
  run.fresh();
  const std::int64_t end = run.trainer->state().step;
  ASSERT_LT(end, 100);
  expect_exact_resume(text, {1, end - 4, end - 3, end - 2});
}

TEST(StageNeeds, TheHandOverKeepsTheParameters) {
  const std::string stages =
      "steps = 3\n[[stage]]\nsteps = 1\noptimizer = \"ssbroyden\"\ndtype = "
      "\"float64\"\ngradient_tolerance = 1e9";
  ToyRun both(toy("toy_decay", stages, "", "[sampling]\nrefresh = 0"));
  ToyRun adam(toy("toy_decay", "steps = 3", "", "[sampling]\nrefresh = 0"));
  both.fresh(), adam.fresh();
  const at::Tensor a = adam.trainer->capture().parameters, b = both.trainer->capture().parameters;
  EXPECT_EQ(b.scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(a.to(at::kDouble), b));
}

}  // namespace
}  // namespace banach
