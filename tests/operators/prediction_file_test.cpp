// SPDX-License-Identifier: Apache-2.0
// What is written back of files: their points in their order. The network is a function of each
// point's input alone, so that every number says where it belongs.
#include "core/operators/prediction_file.hpp"

#include "core/operators/operator_prediction.hpp"
#include "tests/operators/operator_world.hpp"

namespace banach::testing {
namespace {

using Numbers = std::vector<double>;

class PredictionFiles : public ::testing::Test {
 protected:
  // Plans on train.h5, whose [dataset] ends with `mapping`; toy_grid gives 0.5 a + 0.1.
  RunPlan plan(const std::string& mapping, const std::string& architecture = "toy_grid") {
    return world_.plan("dtype = \"float64\"\n[dataset]\nfiles = \"" + path("train.h5") + "\"\n" +
                       mapping +
                       "normalisation = { inputs = \"none\", outputs = \"none\" }\nsplit = { train "
                       "= 1.0, validation = 0, test = 0 }\n[architecture]\ntype = \"" +
                       architecture + "\"\n[[stage]]\nsteps = 1\n");
  }
  OperatorPredictionReport predict(const RunPlan& plan, const std::string& file) {
    const RunState state = initial_state(plan);
    return predict_operator(plan, {{state.parameters, state.buffers}}, {path(file)}, "run",
                            folder_ / "out.h5");
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static Numbers mapped(Numbers values) {
    for (double& v : values) v = 0.5 * v + 0.1;
    return values;
  }
  void expect(const std::string& dataset, const Shape& shape, const Numbers& values) const {
    const Hdf5Reader out(folder_ / "out.h5");
    EXPECT_EQ(out.shape(dataset), shape);
    const auto found = out.read(dataset);
    ASSERT_EQ(found.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(found[i], values[i], 1e-6) << i;
  }
  OperatorWorld world_;
  Scratch folder_;
};

Numbers counted(std::int64_t count) {
  Numbers out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back(0.01 * static_cast<double>(i * i % 97));
  return out;
}

TEST_F(PredictionFiles, SeveralAxesInAnyOrderComeBackAsTheyWere) {
  const auto write = [&](const std::string& name, const Numbers& x, const Numbers& y) {
    Hdf5Writer file(folder_ / name);
    const auto m = static_cast<std::int64_t>(x.size()), n = static_cast<std::int64_t>(y.size());
    file.add<double>("a", {2, n, m}, counted(2 * m * n));
    file.add<double>("u", {2, m, n}, counted(2 * m * n));
    file.add<double>("x", {m}, x);
    file.add<double>("y", {n}, y);
    file.commit();
  };
  write("train.h5", {0, 1, 2}, {0, 0.5, 1, 1.5, 2});
  write("new.h5", {2, 0, 1}, {2, 1.5, 1, 0.5, 0});
  const RunPlan run = plan(
      "inputs.a = { path = \"a\", axes = \"sample y x\" }\noutputs.u = { path = \"u\", axes = "
      "\"sample x y\" }\ncoords.x = \"x\"\ncoords.y = \"y\"\n");
  predict(run, "new.h5");
  expect("x", {3}, {2, 0, 1});
  expect("y", {5}, {2, 1.5, 1, 0.5, 0});
  expect("u/target", {2, 3, 5}, counted(30));
  const auto a = counted(30);
  Numbers right;  // inputs [sample, y, x], outputs [sample, x, y]
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 5; ++j) right.push_back(a[15 * s + 3 * j + i]);
  expect("u/prediction", {2, 3, 5}, mapped(right));
}

TEST_F(PredictionFiles, AnotherResolutionWithoutOutputsHasTheShapeOfItsInputs) {
  const auto write = [&](const std::string& name, std::int64_t m, std::int64_t n, bool outputs) {
    Hdf5Writer file(folder_ / name);
    file.add<double>("a", {2, n, m}, counted(2 * m * n));
    if (outputs) file.add<double>("u", {2, m, n}, counted(2 * m * n));
    Numbers x, y;
    for (std::int64_t i = 0; i < m; ++i) x.push_back(static_cast<double>(i) / double(m - 1));
    for (std::int64_t j = 0; j < n; ++j) y.push_back(2 * static_cast<double>(j) / double(n - 1));
    file.add<double>("x", {m}, x);
    file.add<double>("y", {n}, y);
    file.commit();
  };
  write("train.h5", 6, 5, true);
  write("new.h5", 12, 10, false);
  const RunPlan run = plan(
      "inputs.a = { path = \"a\", axes = \"sample y x\" }\noutputs.u = { path = \"u\", axes = "
      "\"sample x y\" }\ncoords.x = \"x\"\ncoords.y = \"y\"\n");
  const auto report = predict(run, "new.h5");
  EXPECT_FALSE(report.targets);
  const Hdf5Reader out(folder_ / "out.h5");
  EXPECT_EQ(out.shape("u/prediction"), (Shape{2, 12, 10}));
  EXPECT_EQ(out.read("y").back(), 2);
  EXPECT_NE(
      text_of(report.xdmf).find("<Topology TopologyType=\"2DRectMesh\" Dimensions=\"12 10\"/>"),
      std::string::npos);
}

TEST_F(PredictionFiles, PointsThatFormAGridComeBackAsTheListOfTheFile) {
  const auto write = [&](const std::string& name, const Numbers& points) {
    Hdf5Writer file(folder_ / name);
    file.add<double>("p", {6, 2}, points);
    file.add<double>("a", {2, 6}, counted(12));
    file.add<double>("u", {2, 6}, counted(12));
    file.commit();
  };
  write("train.h5", {0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1});
  write("new.h5", {1, 1, 2, 0, 0, 0, 2, 1, 0, 1, 1, 0});
  const RunPlan run = plan(
      "inputs.a = { path = \"a\", axes = \"sample point\" }\noutputs.u = { path = \"u\", axes = "
      "\"sample point\" }\ncoords.points = \"p\"\n");
  const auto report = predict(run, "new.h5");
  expect("coords/x", {6}, {1, 2, 0, 2, 0, 1});
  expect("coords/y", {6}, {1, 0, 0, 1, 1, 0});
  expect("u/target", {2, 6}, counted(12));
  expect("u/prediction", {2, 6}, mapped(counted(12)));
  EXPECT_NE(text_of(report.xdmf).find("Polyvertex"), std::string::npos);
}

TEST_F(PredictionFiles, TimesOfTheFileAreThoseThatArePredicted) {
  const auto write = [&](const std::string& name, const Numbers& t, bool outputs) {
    Hdf5Writer file(folder_ / name);
    const auto n = static_cast<std::int64_t>(t.size());
    file.add<double>("a", {2, 4}, counted(8));
    if (outputs) file.add<double>("u", {2, 4, n}, counted(8 * n));
    file.add<double>("x", {4}, {0, 1, 2, 3});
    file.add<double>("t", {n}, t);
    file.commit();
  };
  write("train.h5", {0, 0.5, 1, 1.5, 2}, true);
  write("three.h5", {2, 1, 0}, false);
  write("late.h5", {1, 2, 3}, false);
  const RunPlan run = plan(
      "inputs.a = { path = \"a\", axes = \"sample x\" }\noutputs.u = { path = \"u\", axes = "
      "\"sample "
      "x t\" }\ncoords.x = \"x\"\ncoords.t = \"t\"\n",
      "toy_operator");
  predict(run, "train.h5");
  const auto five = Hdf5Reader(folder_ / "out.h5").read("u/prediction");
  predict(run, "three.h5");
  expect("t", {3}, {2, 1, 0});
  Numbers right;
  for (std::size_t i = 0; i < 8; ++i)
    for (const std::size_t k : {4u, 2u, 0u}) right.push_back(five[5 * i + k]);
  expect("u/prediction", {2, 4, 3}, right);
  std::filesystem::remove(folder_ / "out.h5");
  const auto [code, what] = error_of([&] { predict(run, "late.h5"); });
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what, path("late.h5") +
                      ": \"t\" runs from 1 to 3, in the training data from 0 to 2: nothing was "
                      "learnt outside");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.h5"));
}

TEST_F(PredictionFiles, NoNamesMeetInsideTheFile) {
  OperatorData where;
  where.grid = true;
  where.axes = {"x", "sample", "prediction"};
  for (const auto& name : where.axes) where.info.axes.push_back({name, 2, {0, 1}, false});
  const auto layout = prediction_layout(where, {"x", "sample", "coords"}, {"prediction"});
  EXPECT_EQ(layout.sample, "sample_axis");
  EXPECT_EQ(layout.axes[0].path, "x_axis");
  EXPECT_EQ(layout.axes[1].path, "sample_axis_axis");
  EXPECT_EQ(layout.axes[2].path, "prediction");
  EXPECT_EQ(layout.fields[0].path, "x/prediction");
  EXPECT_FALSE(layout.order.defined());
}

}  // namespace
}  // namespace banach::testing
