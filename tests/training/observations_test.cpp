// SPDX-License-Identifier: Apache-2.0
// Measured values as terms: files, synthetic data, held-out parts, batches, and what is refused.
#include <ATen/ATen.h>

#include <set>

#include "datasets/hdf5_file.hpp"
#include "tests/training/observed.hpp"

namespace banach {
namespace {

TEST(Observations, ComeFromColumnsOfACsvFile) {
  const Files files;
  const auto path = files.csv("place,time,value\n0.5,0.25,3\n0.75,1,4.5\n");
  const RunPlan plan = ToyRun::world().plan(
      observed("toy_heat", file(path, "columns = { x = \"place\", t = \"time\", u = \"value\" }")));
  const auto& term = sensors(plan);
  EXPECT_EQ(term.term.name, "sensors");
  EXPECT_EQ(term.term.region.points, (std::vector<std::vector<double>>{{0.5, 0.25}, {0.75, 1}}));
  EXPECT_EQ(term.data.at("observed.u"), (std::vector<double>{3, 4.5}));
}

TEST(Observations, ComeFromScatteredAndGriddedHdf5) {
  const Files files;
  const auto path = (files.folder / "data.h5").string();
  Hdf5Writer writer(path);
  writer.add<double>("x", {2}, {0, 1});
  writer.add<double>("t", {3}, {0, 0.5, 1});
  writer.add<double>("run/u", {2, 3}, {1, 2, 3, 4, 5, 6});
  writer.add<double>("sx", {2}, {0.25, 0.5});
  writer.add<double>("st", {2}, {0.125, 0.75});
  writer.add<double>("su", {2}, {-1, -2});
  writer.commit();
  const RunPlan grid =
      ToyRun::world().plan(observed("toy_heat", file(path, "columns = { u = \"run/u\" }")));
  ASSERT_EQ(sensors(grid).term.region.points.size(), 6u);
  EXPECT_EQ(sensors(grid).term.region.points[4], (std::vector<double>{1, 0.5}));
  EXPECT_EQ(sensors(grid).data.at("observed.u")[4], 5);
  const RunPlan scattered = ToyRun::world().plan(
      observed("toy_heat", file(path, "columns = { x = \"sx\", t = \"st\", u = \"su\" }")));
  EXPECT_EQ(sensors(scattered).term.region.points[1], (std::vector<double>{0.5, 0.75}));
  EXPECT_EQ(sensors(scattered).data.at("observed.u")[1], -2);
}

TEST(Observations, AreAResidualOfTheirOwn) {
  const Files files;
  const RunPlan plan =
      ToyRun::world().plan(observed("toy_decay", file(files.csv("t,y\n0.5,3\n1,4\n"))));
  const Experiment& e = plan.experiment;
  Collocation points(e, plan.stages[0].sampling, 0, at::kDouble);
  const Bank bank{at::randn({e.network->layout.parameters()}, at::kDouble),
                  at::zeros({0}, at::kDouble)};
  Evaluator terms(e.network), solution(e.network);
  terms.add(sensors(plan).residual.trace, sensors(plan).residual.root);
  solution.add(e.solution.trace, e.solution.root);
  const PointSet& set = points.at_step(0).back();
  const at::Tensor off = terms.evaluate({bank}, {set})[0];
  const at::Tensor y = solution.evaluate({bank}, {set})[0];
  EXPECT_TRUE(at::allclose(off, y - at::tensor({3.0, 4.0}, at::kDouble).view({2, 1})));
}

TEST(Observations, SyntheticOnesFollowTheTruthOfLearnableCoefficients) {
  const RunPlan plan = ToyRun::world().plan(
      observed("toy_decay", "synthetic = { points = { t = 4000 }, noise = 0.1 }",
               "rate = { learn = 0.2, truth = 2.0 }\n"));
  const auto& points = sensors(plan).term.region.points;
  const auto& values = sensors(plan).data.at("observed.y");
  ASSERT_EQ(points.size(), 4000u);
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double noise = values[i] - std::exp(-2.0 * points[i][0]);
    mean += noise / 4000, square += noise * noise / 4000;
  }
  EXPECT_NEAR(mean, 0, 0.01);
  EXPECT_NEAR(std::sqrt(square), 0.1, 0.005);
}

TEST(Observations, ReportErrorsOfLearnableCoefficientsAgainstTheirTruth) {
  EXPECT_TRUE(ToyRun::world()
                  .plan(observed("toy_decay", "synthetic = { points = { t = 4 } }",
                                 "rate = { learn = 0.2, truth = 2.0 }\n"))
                  .experiment.known());
  const Files files;
  EXPECT_FALSE(
      ToyRun::world()
          .plan(observed("toy_decay", file(files.csv("t,y\n0.5,3\n")), "rate = { learn = 0.2 }\n"))
          .experiment.known());
}

TEST(Observations, ThatAreHeldOutAreMeasuredAndNotTrainedOn) {
  const RunPlan plan = ToyRun::world().plan(
      observed("toy_decay", "synthetic = { points = { t = 10 } }\nheld_out = 0.3"));
  EXPECT_EQ(sensors(plan).term.region.points.size(), 7u);
  ASSERT_EQ(plan.experiment.held_out.size(), 1u);
  EXPECT_EQ(plan.experiment.held_out[0].term.region.points.size(), 3u);
  std::set<double> all;
  for (const auto& p : sensors(plan).term.region.points) all.insert(p[0]);
  for (const auto& p : plan.experiment.held_out[0].term.region.points) all.insert(p[0]);
  EXPECT_EQ(all.size(), 10u);
}

TEST(Observations, ComeInBatchesThatMakeUpEpochs) {
  const RunPlan plan =
      ToyRun::world().plan(observed("toy_decay", "synthetic = { points = { t = 10 } }\nbatch = 5"));
  Collocation points(plan.experiment, plan.stages[0].sampling, 0, at::kDouble);
  std::set<double> epoch;
  at::Tensor first;
  for (int step = 0; step < 2; ++step) {
    const PointSet& set = points.at_step(step).back();
    ASSERT_EQ(set.points.size(0), 5);
    if (step == 0) first = set.points.clone();
    for (int i = 0; i < 5; ++i) {
      const double t = set.points[i][0].item<double>();
      epoch.insert(t);
      EXPECT_NEAR(set.data.at("observed.y")[i].item<double>(), std::exp(-t), 1e-12);
    }
  }
  EXPECT_EQ(epoch.size(), 10u);
  EXPECT_FALSE(at::equal(first, points.at_step(2).back().points));
  EXPECT_TRUE(at::equal(first, points.at_step(0).back().points));
}

TEST(Observations, ResumeExactlyInTheMiddleOfAnEpoch) {
  expect_exact_resume(
      "dtype = \"float64\"\n[problem]\ntype = \"toy_decay\"\nrate = { learn = 0.5, truth = 1.0 }\n"
      "[architecture]\ntype = \"toy_net\"\n[observations.sensors]\nbatch = 3\nheld_out = 0.2\n"
      "synthetic = { points = { t = 20 }, noise = 0.05 }\n[regularisation]\nl1 = 1e-4\nl2 = 1e-4\n"
      "[checkpoint]\nevery = 5\nkeep = 100\n[validation]\nevery = 10\n[[stage]]\nsteps = 40\n",
      {5, 20, 35});
}

TEST(Observations, ThatCannotBeUsedAreRefused) {
  const Files files;
  const auto csv = [&](const std::string& text, const std::string& more = "") {
    return observed("toy_decay", file(files.csv(text), more));
  };
  expect_refused<Error>(
      csv("t,y\n0.5,nan\n"),
      "sensors.csv:2:5: column \"y\": \"nan\" is not a finite number; leave such rows out");
  expect_refused<Error>(csv("t,y\n0.5,1\n3,1\n"),
                        "sensors.csv:3: observation 2: t = 3 is not in the domain [0, 2] (1 beyond "
                        "its upper end)");
  expect_refused<Error>(csv("t,y\n"), "sensors.csv:1:1: there is only a header, no row of numbers");
  expect_refused<Error>(csv("t,z\n0.5,1\n"), "y");
  expect_refused<Error>(csv("t,y\n0.5,one\n"), "sensors.csv:2");
  expect_refused<Error>(csv("t,y\n0.5,1\n", "unknowns = [\"z\"]"),
                        "observations.sensors.unknowns: there is no unknown \"z\"; known: y");
  expect_refused<Error>(observed("toy_decay", "file = \"/nowhere/at/all.csv\""), "/nowhere/at/all");
  expect_refused<Error>(observed("toy_decay", file(files.csv("MATLAB 5.0 MAT-file"))),
                        "sensors.csv: this is a MATLAB 5 file; in MATLAB: save(..., '-v7.3')");
  expect_refused<Error>(observed("toy_decay", ""), "give either a file or synthetic, one of both");
  expect_refused<Error>(csv("t,y\n0.5,1\n", "synthetic = { points = { t = 3 } }"),
                        "give either a file or synthetic");
  expect_refused<Error>(observed("toy_heat", "synthetic = { points = { x = 3, t = 3 } }"),
                        "neither an exact solution nor a reference to draw from");
  expect_refused<Error>(observed("toy_decay", "synthetic = { points = { x = 3 } }"),
                        "how many along \"t\"?");
  expect_refused<Error>(observed("toy_decay", "synthetic = { points = { t = 3, x = 3 } }"),
                        "there is no axis \"x\"; the axes are t");
  expect_refused<Error>(observed("toy_decay", "synthetic = { points = { t = 0 } }"),
                        "at least 1 on every axis");
  expect_refused<Error>(observed("toy_decay", "synthetic = { points = { t = 3 }, noise = -1 }"),
                        "noise");
  expect_refused<Error>(csv("t,y\n0.5,1\n", "held_out = 1.5"), "held_out");
  expect_refused<Error>(csv("t,y\n0.5,1\n", "batch = -1"), "batch");
  expect_refused<Error>(csv("t,y\n0.5,1\n", "fil = 1"), "did you mean \"file\"?");
}

}  // namespace
}  // namespace banach
