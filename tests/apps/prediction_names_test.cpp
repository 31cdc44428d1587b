// SPDX-License-Identifier: Apache-2.0
// Unknowns whose names are those of axes, groups and columns of the same file.
#include "datasets/csv.hpp"
#include "datasets/hdf5_file.hpp"
#include "tests/apps/command.hpp"

namespace banach::testing {
namespace {

class PredictionNames : public ::testing::Test {
 protected:
  static std::string predict(const std::string& options, const std::string& out) {
    static const std::filesystem::path run = trained_run();
    const auto output = banach("predict " + quoted(run.string()) + " " + options + " -o " +
                               quoted((scratch() / out).string()));
    EXPECT_EQ(output.code, 0) << output.err;
    return (scratch() / out).string();
  }
  static const Scratch& scratch() {
    static const Scratch folder;
    return folder;
  }

 private:
  static std::filesystem::path trained_run() {
    std::ofstream(scratch() / "names.toml")
        << "threads = 1\n[problem]\ntype = \"regression\"\ninputs = { x = [0.0, 1.0] }\noutputs = "
           "[\"x\", \"exact\", \"y\", \"y_exact\", \"point\"]\ntarget = "
           "\"sine\"\n[architecture]\ntype = \"mlp\"\nwidth = 4\ndepth = "
           "1\n[observations.o]\nsynthetic = { points = { x = 4 } }\n[[stage]]\nsteps = 2\n";
    const auto run = scratch() / "run";
    const auto output = banach("train " + quoted((scratch() / "names.toml").string()) +
                               " --quiet --out " + quoted(run.string()));
    EXPECT_EQ(output.code, 0) << output.err;
    return run;
  }
};

TEST_F(PredictionNames, UnknownsKeepTheirsOnAGrid) {
  const Hdf5Reader file(predict("--grid 3", "grid.h5"));
  EXPECT_EQ(file.read("x_axis"), (std::vector<double>{0, 0.5, 1}));
  for (const char* name : {"x", "exact", "y", "y_exact", "point", "exact_/exact", "exact_/y"})
    EXPECT_EQ(file.shape(name), Shape{3}) << name;
  EXPECT_EQ(file.read("error/y").size(), 3u);
}

TEST_F(PredictionNames, UnknownsKeepTheirsAtPoints) {
  std::ofstream(scratch() / "at.csv") << "x\n0.25\n0.75\n";
  const std::string at = "--at " + quoted((scratch() / "at.csv").string());
  const Hdf5Reader file(predict(at, "at.h5"));
  EXPECT_EQ(file.read("x_axis"), (std::vector<double>{0.25, 0.75}));
  EXPECT_EQ(file.text("y", "coordinates"), "x_axis");
  const auto csv = predict(at, "out.csv");
  EXPECT_EQ(text_of(csv).substr(0, text_of(csv).find('\n')),
            "x_axis,x,exact,y,y_exact,point,x_exact,exact_exact,y_exact_solution,y_exact_exact,"
            "point_exact");
  EXPECT_EQ(read_text_table(csv, {"x_axis"}, false).values, (std::vector<double>{0.25, 0.75}));
  EXPECT_EQ(read_text_table(csv, {"y"}, false).values, file.read("y"));
}

}  // namespace
}  // namespace banach::testing
