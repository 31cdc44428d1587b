// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <thread>

#include "banach/model.hpp"
#include "datasets/csv.hpp"
#include "datasets/hdf5_file.hpp"
#include "tests/apps/command.hpp"

namespace banach {
namespace {

using testing::banach;
using testing::build_folder;
using testing::error_of;
using testing::quoted;
using testing::Scratch;
using testing::shell;
using testing::text_of;
using testing::trained;
using Numbers = std::vector<double>;

std::string predict(const std::filesystem::path& run, const std::string& options,
                    const std::filesystem::path& out) {
  const auto output =
      banach("predict " + quoted(run.string()) + " " + options + " -o " + quoted(out.string()));
  EXPECT_EQ(output.code, 0) << output.err;
  return output.err;
}

TEST(Predict, GridFileHoldsTheModelsValues) {
  const Scratch scratch;
  const auto run = trained("heat");
  predict(run, "--grid x=5,t=3", scratch / "out.h5");
  const Hdf5Reader file(scratch / "out.h5");
  EXPECT_EQ(file.shape("u"), (Shape{5, 3}));
  const auto x = file.read("x"), t = file.read("t");
  EXPECT_EQ(x, (Numbers{0, pi / 4, pi / 2, pi * 3 / 4, pi}));
  EXPECT_EQ(t, (Numbers{0, 1.5, 3}));
  Numbers points;
  for (const double a : x)
    for (const double b : t) points.insert(points.end(), {a, b});
  const auto u = Model::load(run).predict(points);
  EXPECT_EQ(file.read("u"), u);
  const auto exact = file.read("exact/u"), error = file.read("error/u");
  for (std::size_t i = 0; i < u.size(); ++i) {
    EXPECT_DOUBLE_EQ(exact[i], std::sin(points[2 * i]) * std::exp(-points[2 * i + 1]));
    EXPECT_EQ(error[i], u[i] - exact[i]);
  }
  EXPECT_EQ(file.text("/", "problem"), "heat");
  EXPECT_EQ(file.text("/", "run"), run.filename());
  EXPECT_EQ(file.text("/", "program"), "banach 0.1.0");
  EXPECT_EQ(file.number("/", "step"), 60);
}

TEST(Predict, PointsFromAFileGiveTheSameInBothFormats) {
  const Scratch scratch;
  const auto run = trained("heat");
  std::ofstream(scratch / "at.csv") << "t,x\n0.5,1\n9,2\n";
  const std::string at = "--at " + quoted((scratch / "at.csv").string());
  EXPECT_EQ(predict(run, at, scratch / "out.csv"),
            (scratch / "at.csv").string() +
                ": 1 of 2 points lie outside the domain, where nothing was trained: point 2: t = 9 "
                "is not in the domain [0, 3] (6 beyond its upper end)");
  predict(run, at, scratch / "out.h5");
  const auto values = Model::load(run).predict({1, 0.5, 2, 9});
  const auto rows = read_text_table(scratch / "out.csv", {"x", "t", "u"}).values;
  EXPECT_EQ(rows, (Numbers{1, 0.5, values[0], 2, 9, values[1]}));
  const Hdf5Reader file(scratch / "out.h5");
  EXPECT_EQ(file.read("u"), values);
  EXPECT_EQ(file.read("x"), (Numbers{1, 2}));
  EXPECT_EQ(file.text("u", "coordinates"), "x t");
  EXPECT_EQ(read_text_table(scratch / "out.csv", {"u_exact"}).values, file.read("exact/u"));
}

TEST(Predict, WithoutExactSolutionThereIsNone) {
  const Scratch scratch;
  const auto run = trained("heat", "'problem.conductivity={learn=0.5}'");
  predict(run, "--grid 2,2", scratch / "out.csv");
  EXPECT_EQ(text_of(scratch / "out.csv").substr(0, 6), "x,t,u\n");
  const auto [code, what] = error_of([&] { Model::load(run).exact({0, 0}); });
  EXPECT_EQ(code, 78);
  EXPECT_EQ(what, "the problem of this run has no exact solution");
}

TEST(Predict, MoreRowsThanOnePieceAreAllThere) {
  const Scratch scratch;
  const auto run = trained("decay");
  predict(run, "--grid t=150001", scratch / "out.h5");
  const Hdf5Reader file(scratch / "out.h5");
  const auto y = file.read("y"), t = file.read("t");
  ASSERT_EQ(y.size(), 150001u);
  const Model model = Model::load(run);
  for (const std::size_t i : {0u, 65535u, 65536u, 131072u, 150000u})
    EXPECT_NEAR(y[i], model.predict({t[i]})[0], 1e-6) << i;
}

TEST(Predict, StockH5pyReadsValuesAndCoordinates) {
  if (shell("/usr/bin/python3 -c 'import h5py'").code != 0)
    GTEST_SKIP() << "python3-h5py is not installed";
  const Scratch scratch;
  predict(trained("heat"), "--grid x=4,t=3", scratch / "out.h5");
  const auto output = shell(
      "/usr/bin/python3 -c '"
      "import h5py, sys\n"
      "f = h5py.File(sys.argv[1], \"r\")\n"
      "u = f[\"u\"]\n"
      "print(u.shape, [d.keys()[0] for d in u.dims], u.dims[1][0][:].tolist())\n"
      "print(abs(u[:] - f[\"exact/u\"][:] - f[\"error/u\"][:]).max(), f.attrs[\"problem\"])\n"
      "' " +
      quoted((scratch / "out.h5").string()));
  EXPECT_EQ(output.out, "(4, 3) ['x', 't'] [0.0, 1.5, 3.0]\n0.0 heat\n") << output.err;
}

TEST(Predict, FullDiskIsAnErrorAndLeavesNothing) {
  const Scratch scratch;
  const auto run = quoted(trained("heat").string());
  for (const char* kind : {"h5", "csv"}) {
    const auto out = (scratch / "out.").string() + kind;
    const auto output = shell("ulimit -f 400; " + quoted((build_folder() / "bin/banach").string()) +
                              " predict " + run + " --grid 300,300 -o " + quoted(out));
    EXPECT_EQ(output.code, 74);
    EXPECT_NE(output.err.find(out), std::string::npos) << output.err;
    EXPECT_NE(output.err.find("File too large"), std::string::npos) << output.err;
    EXPECT_EQ(output.err.find('\n'), std::string::npos) << output.err;
    EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
  }
}

TEST(Predict, MistakesAreUsageOrDataErrors) {
  const Scratch scratch;
  const auto run = quoted(trained("heat").string());
  auto output = banach("predict " + run + " -o x.h5");
  EXPECT_EQ(output.code, 64);
  EXPECT_EQ(output.err,
            "banach predict: give either --grid x=40,t=40 or --at points.csv, where to predict (an "
            "operator: --data new.h5)");
  output = banach("predict " + run + " --grid 4,4 -o x.xls");
  EXPECT_EQ(output.code, 64);
  EXPECT_EQ(output.err, "x.xls: predictions are written to .h5 or .csv");
  std::ofstream(scratch / "at.csv") << "x,t\n1,2\n1,?\n";
  const auto at = (scratch / "at.csv").string();
  output = banach("predict " + run + " -o x.h5 --at " + quoted(at));
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err,
            at + ":3:3: column \"t\": \"?\" is not a finite number; leave such rows out");
  output = banach("predict " + run + " --grid 4,4 -o " + quoted((scratch / "no/x.h5").string()));
  EXPECT_EQ(output.code, 73);
}

TEST(Model, DerivativesMatchFiniteDifferences) {
  const Model model = Model::load(trained("heat", "dtype=float64"));
  const double x = 1.1, t = 0.7, h = 1e-4;
  const auto u = [&](double a, double b) { return model.predict({a, b})[0]; };
  EXPECT_NEAR(model.derivative("x", {x, t})[0], (u(x + h, t) - u(x - h, t)) / (2 * h), 1e-6);
  EXPECT_NEAR(model.derivative("xx", {x, t})[0],
              (u(x + h, t) - 2 * u(x, t) + u(x - h, t)) / (h * h), 1e-5);
  EXPECT_NEAR(model.derivative("xt", {x, t})[0],
              (u(x + h, t + h) - u(x + h, t - h) - u(x - h, t + h) + u(x - h, t - h)) / (4 * h * h),
              1e-5);
}

TEST(Model, ManyThreadsGetTheSameNumbers) {
  const Model model = Model::load(trained("heat"));
  Numbers points;
  for (int i = 0; i < 500; ++i) points.insert(points.end(), {i / 160.0, i / 170.0});
  const Numbers values = model.predict(points), slopes = model.derivative("t", points);
  std::vector<int> wrong(8, 0);
  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < wrong.size(); ++k)
    threads.emplace_back([&, k] {
      for (int i = 0; i < 20; ++i)
        wrong[k] += model.predict(points) != values || model.derivative("t", points) != slopes ||
                    model.derivative("xx", points).size() != 500;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(8, 0));
}

TEST(Model, MistakesAreExplained) {
  const Model model = Model::load(trained("heat"));
  EXPECT_EQ(error_of([&] {
              model.predict({1, 2, 3});
            }),
            std::pair(65, std::string("3 numbers are no points: every point has 2 coordinates "
                                      "(x, t)")));
  EXPECT_EQ(error_of([&] { model.derivative("y", {1, 2}); }).first, 78);
  EXPECT_EQ(error_of([&] { model.derivative("xxxxx", {1, 2}); }).first, 78);
  EXPECT_EQ(model.predict({}), Numbers());
}

TEST(Model, ExamplesInCAndCppPrintThePrediction) {
  const auto run = trained("heat");
  const Model model = Model::load(run);
  char text[128];
  std::snprintf(text, sizeof text, "u = %.17g, d/dx = %.17g\n", model.predict({pi / 2, 1.5})[0],
                model.derivative("x", {pi / 2, 1.5})[0]);
  EXPECT_EQ(shell(quoted((build_folder() / "bin/use_model").string()) + " " + quoted(run)).out,
            text);
  std::snprintf(text, sizeof text, "%.17g\n", model.predict({1.5, 0.25})[0]);
  const auto c_program = quoted((build_folder() / "bin/use_model_c").string());
  EXPECT_EQ(shell(c_program + " " + quoted(run) + " 1.5 0.25").out, text);
  const auto output = shell(c_program + " /none 1 2");
  EXPECT_EQ(output.code, 66);
  EXPECT_EQ(output.err, "/none: there is no such run folder");
}

}  // namespace
}  // namespace banach
