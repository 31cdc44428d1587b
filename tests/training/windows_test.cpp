// SPDX-License-Identifier: Apache-2.0
// Sequential windows: one solution, exact resume, refusals.
#include <ATen/ATen.h>

#include "core/training/hard_terms.hpp"
#include "core/training/known_solution.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

std::string refusal(const std::string& text) {
  try {
    ToyRun::world().plan(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}
void expect_refused(const std::string& text, const std::string& words) {
  EXPECT_NE(refusal(text).find(words), std::string::npos) << refusal(text) << "\n" << text;
}

std::string windows(const std::string& problem, const std::string& more) {
  return "dtype = \"float64\"\n[problem]\ntype = \"" + problem +
         "\"\n[architecture]\ntype = \"toy_net\"\n[sampling]\npoints = 16\n[checkpoint]\nevery = "
         "7\n"
         "keep = 100\n[validation]\nevery = 10\n[output]\nlog_every = 5\n[windows]\ncount = 3\n" +
         more + "\n[[stage]]\nlr = 1e-2\nsteps = 20\n[[stage]]\nlr = 1e-3\nsteps = 10\n";
}

TEST(Windows, BeginWhereTheOneBeforeEnds) {
  for (const char* problem : {"toy_decay", "toy_heat"}) {
    ToyRun run(windows(problem, ""));
    ASSERT_TRUE(run.fresh().finished());
    const Experiment& e = run.plan.experiment;
    const auto banks = banks_of(run.trainer->capture(), at::kCPU);
    ASSERT_EQ(banks.size(), 3u);
    Evaluator evaluator(e.network);
    evaluator.add(e.solution.trace, e.solution.root);
    const double length = e.domain.back().upper;
    const auto at = [&](double t) {
      std::vector<double> p(e.domain.size(), 0.37);
      p.back() = t;
      const at::Tensor point = at::tensor(p, at::kDouble).view({1, -1});
      return evaluator.evaluate(banks, {{point, {}, {}}})[0].item<double>();
    };
    EXPECT_NEAR(at(0), e.domain.size() == 1 ? 1.0 : std::sin(pi * 0.37), 1e-12);
    for (const double edge : {length / 3, 2 * length / 3})
      EXPECT_NEAR(at(edge - 1e-12), at(edge + 1e-12), 1e-9) << problem;
    EXPECT_NE(at(length / 6), at(length / 2));
  }
}

TEST(Windows, ResumeExactlyFromEveryCheckpoint) {
  expect_exact_resume(windows("toy_decay", ""), {7, 28, 35, 49, 63, 84});
  expect_exact_resume(windows("toy_heat", ""), {21, 42, 70});
}

TEST(Windows, SolveTheProblem) {
  ToyRun run(
      "dtype = \"float64\"\n[problem]\ntype = \"toy_decay\"\n[architecture]\ntype = \"toy_net\"\n"
      "[windows]\ncount = 2\n[[stage]]\nlr = 1e-2\nsteps = 900\n");
  ASSERT_TRUE(run.fresh().finished());
  EXPECT_LT(run.trainer->final_measurement().error(), 4e-3);
}

TEST(Windows, AreRefusedWhereTheyMakeNoSense) {
  const auto with = [](const std::string& problem, const std::string& windows) {
    return "[problem]\ntype = \"" + problem +
           "\"\n[architecture]\ntype = \"toy_net\"\n[windows]\n" + windows +
           "\n[[stage]]\nsteps = 2\n";
  };
  expect_refused(with("toy_decay", "axis = \"x\"\ncount = 2"),
                 "windows.axis: there is no axis \"x\"; the axes are t");
  expect_refused(with("toy_heat", "axis = \"x\"\ncount = 2"), "is a condition on a face of \"x\"");
  expect_refused(with("toy_decay", "count = 0"), "windows.count");
  expect_refused(with("toy_ritz", "axis = \"x\"\ncount = 2"), "is a condition on a face of \"x\"");
  expect_refused(
      "[problem]\ntype = \"toy_decay\"\nrate = { learn = 1.0 }\n[architecture]\ntype = "
      "\"toy_net\"\n"
      "[windows]\ncount = 2\n[[stage]]\nsteps = 2\n",
      "the learnable coefficient \"rate\" would be learned anew in every window");
}

}  // namespace
}  // namespace banach
