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

// The trained solution of a finished run at the points x = 0.37, t, [unknowns].
at::Tensor value_at(const ToyRun& run, double t) {
  const Experiment& e = run.plan.experiment;
  Evaluator evaluator(e.network);
  evaluator.add(e.solution.trace, e.solution.root);
  std::vector<double> p(e.domain.size(), 0.37);
  p.back() = t;
  const at::Tensor point = at::tensor(p, at::kDouble).view({1, -1});
  return evaluator.evaluate(banks_of(run.trainer->capture(), at::kCPU), {{point, {}, {}}})[0];
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
    ASSERT_EQ(banks_of(run.trainer->capture(), at::kCPU).size(), 3u);
    const double length = e.domain.back().upper;
    const auto at = [&](double t) { return value_at(run, t).item<double>(); };
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

TEST(Windows, MeetAtTheGivenEdges) {
  ToyRun run(
      "dtype = \"float64\"\n[problem]\ntype = \"toy_decay\"\n[architecture]\ntype = "
      "\"toy_net\"\n[windows]\nedges = [0.25, 0.5]\n[[stage]]\nlr = 1e-2\nsteps = 9\n");
  ASSERT_TRUE(run.fresh().finished());
  ASSERT_EQ(banks_of(run.trainer->capture(), at::kCPU).size(), 3u);
  EXPECT_EQ(make_window(run.plan.experiment, 1, std::vector<double>{1}).domain[0].lower, 0.25);
  const auto slope = [&](double t) {
    return (value_at(run, t + 1e-7) - value_at(run, t)).item<double>() / 1e-7;
  };
  EXPECT_GT(std::abs(slope(0.25 + 1e-7) - slope(0.25 - 2e-7)), 1e-3);
  EXPECT_LT(std::abs(slope(0.2 + 1e-7) - slope(0.2 - 2e-7)), 1e-3);
}

TEST(Windows, SoftStartsAreTermsThatAskForTheEndOfTheOneBefore) {
  ToyRun run(windows("toy_turn", "start = \"soft\""));
  ASSERT_TRUE(run.fresh().finished());
  const Experiment& whole = run.plan.experiment;
  const auto banks = banks_of(run.trainer->capture(), at::kCPU);
  const Experiment last = make_window(whole, 2, {});
  ASSERT_EQ(last.terms.size(), 4u);
  const at::Tensor edge = at::full({1, 1}, 2.0, at::kDouble);
  Evaluator evaluator(whole.network);
  for (const auto& term : last.terms) evaluator.add(term.residual.trace, term.residual.root);
  const auto off = evaluator.evaluate({banks[2], banks[0], banks[1]},
                                      std::vector<PointSet>(4, PointSet{edge, {}, {}}));
  const at::Tensor jump = value_at(run, 2.0 + 1e-9) - value_at(run, 2.0 - 1e-9);
  EXPECT_NEAR(off[2].item<double>(), jump[0][0].item<double>(), 1e-7);
  EXPECT_NEAR(off[3].item<double>(), jump[0][1].item<double>(), 1e-7);
  EXPECT_GT(jump.abs().max().item<double>(), 1e-6);
}

TEST(Windows, WithSoftStartsResumeExactly) {
  expect_exact_resume(windows("toy_turn", "start = \"soft\""), {7, 28, 49, 84});
  expect_exact_resume(windows("toy_heat", "start = \"soft\""), {21, 42, 70});
}

TEST(Windows, OfSeveralUnknownsAreRecordedInLinearSize) {
  const auto nodes = [](int count) {
    const auto plan = ToyRun::world().plan(
        "[problem]\ntype = \"toy_turn\"\n[architecture]\ntype = \"toy_net\"\n[windows]\ncount = " +
        std::to_string(count) + "\n[[stage]]\nsteps = 2\n");
    return plan.experiment.solution.trace->nodes().size();
  };
  EXPECT_LT(nodes(40), 12 * nodes(4));
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
  expect_refused(with("toy_decay", ""), "windows: give either count or edges");
  expect_refused(with("toy_decay", "count = 2\nedges = [1.0]"),
                 "windows: give either count or edges");
  expect_refused(with("toy_decay", "edges = [1.0, 0.5]"),
                 "windows.edges: 0.5 is not between 1 and 2; they ascend, inside the axis \"t\"");
  expect_refused(with("toy_decay", "edges = [2.5]"), "windows.edges: 2.5 is not between 0 and 2");
  expect_refused(
      "[problem]\ntype = \"toy_decay\"\nhard = [\"start\"]\n[architecture]\ntype = "
      "\"toy_net\"\n[windows]\ncount = 2\nstart = \"soft\"\n[[stage]]\nsteps = 2\n",
      "windows.start = \"soft\" contradicts problem.hard: condition \"start\" is hard");
  expect_refused(with("toy_ritz", "axis = \"x\"\ncount = 2"), "is a condition on a face of \"x\"");
  expect_refused(
      "[problem]\ntype = \"toy_decay\"\nrate = { learn = 1.0 }\n[architecture]\ntype = "
      "\"toy_net\"\n"
      "[windows]\ncount = 2\n[[stage]]\nsteps = 2\n",
      "the learnable coefficient \"rate\" would be learned anew in every window");
}

}  // namespace
}  // namespace banach
