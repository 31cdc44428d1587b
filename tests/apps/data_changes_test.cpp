// SPDX-License-Identifier: Apache-2.0
// Data that change between the training of a run and what is done with it later.
#include "datasets/hdf5_file.hpp"
#include "tests/apps/command.hpp"

namespace banach::testing {
namespace {

namespace fs = std::filesystem;

class DataChanges : public ::testing::Test {
 protected:
  void SetUp() override {
    write(1);
    std::ofstream(scratch_ / "c.toml")
        << "threads = 1\n[dataset]\nfiles = \"c.h5\"\ninputs.a = { path = \"a\", axes = \"sample "
           "x\" "
           "}\noutputs.u = { path = \"u\", axes = \"sample x\" }\ncoords.x = \"x\"\nsplit = { "
           "train = "
           "\":8\", validation = \"8:10\", test = \"10:\" }\n[architecture]\ntype = \"fno\"\nwidth "
           "= "
           "4\nmodes = [2]\ndepth = 1\n[[stage]]\nsteps = 4\n[checkpoint]\nevery = 2\n";
    ASSERT_EQ(banach("train " + quoted(path("c.toml")) + " --quiet --out " + run()).code, 0);
  }
  void write(double factor, const std::string& name = "c.h5") const {
    std::vector<double> a, u, x;
    for (int i = 0; i < 96; ++i) a.push_back(i % 7 - 0.3 * (i % 5)), u.push_back(factor * a.back());
    for (int j = 0; j < 8; ++j) x.push_back(j / 8.0);
    Hdf5Writer file(scratch_ / name);
    file.add<double>("a", {12, 8}, a);
    file.add<double>("u", {12, 8}, u);
    file.add<double>("x", {8}, x);
    file.commit();
  }
  std::string path(const std::string& name) const { return (scratch_ / name).string(); }
  std::string run() const { return quoted(path("run")); }
  Output resume(const std::string& more = "") const {
    return banach("train --quiet --resume " + run() + " stage.0.steps=6 " + more);
  }
  Scratch scratch_;
};

TEST_F(DataChanges, ARunIsNotResumedWithOtherData) {
  write(-3);
  const auto output = resume();
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err, path("c.h5") +
                            " changed since the run read it: put the old data back, start a new "
                            "run, or continue with the new data: banach train --resume " +
                            path("run") + " --force");
  const auto forced = resume("--force");
  EXPECT_EQ(forced.code, 0) << forced.err;
  EXPECT_NE(
      forced.err.find(path("c.h5") +
                      " changed since the run read it: the run continues with the present data"),
      std::string::npos)
      << forced.err;
  EXPECT_EQ(banach("train --quiet --resume " + run() + " stage.0.steps=8").code, 0);
}

TEST_F(DataChanges, TouchedAndMovedFilesAreTheSameData) {
  fs::last_write_time(scratch_ / "c.h5", fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(resume().err, "");
  fs::rename(scratch_ / "c.h5", scratch_ / "moved.h5");
  EXPECT_EQ(resume().code, 66);
  const auto output = banach("train --quiet --resume " + run() +
                             " stage.0.steps=8 dataset.files=" + quoted(path("moved.h5")));
  EXPECT_EQ(output.code, 0) << output.err;
  write(-3, "other.h5");
  const auto other = banach("train --quiet --resume " + run() +
                            " stage.0.steps=9 dataset.files=" + quoted(path("other.h5")));
  EXPECT_EQ(other.code, 65);
  EXPECT_NE(
      other.err.find("the run has learnt from 1 data files, and those of now are not the same (" +
                     path("other.h5") + " is none of them)"),
      std::string::npos)
      << other.err;
}

TEST_F(DataChanges, EvaluationAndPredictionSayIt) {
  EXPECT_EQ(banach("evaluate " + run()).err, "");
  write(-3);
  const std::string notice =
      path("c.h5") + " changed since the run learnt from it: errors are those of other data";
  EXPECT_EQ(banach("evaluate " + run()).err, notice);
  EXPECT_EQ(
      banach("predict " + run() + " --data " + quoted(path("c.h5")) + " -o " + quoted(path("p.h5")))
          .err,
      notice);
}

TEST_F(DataChanges, TheResultOfOtherDataIsNotShownAgain) {
  const std::string again = "train " + quoted(path("c.toml")) + " --quiet --out " + run();
  EXPECT_EQ(banach(again).code, 0);
  write(-3);
  const auto output = banach(again);
  EXPECT_EQ(output.code, 73);
  EXPECT_EQ(output.err,
            path("run") + ": the run there has learnt from " + path("c.h5") +
                ", which changed since: replace the run with --force, or choose another "
                "folder with --out");
}

TEST_F(DataChanges, FilesOfAnotherShapeAreNotReadAsTheOld) {
  Hdf5Writer file(scratch_ / "c.h5");
  const std::vector<double> numbers(12 * 6, 1.0);
  file.add<double>("a", {12, 6}, numbers);
  file.add<double>("u", {12, 6}, numbers);
  file.add<double>("x", {6}, {0, 1, 2, 3, 4, 5});
  file.commit();
  const auto output = banach("evaluate " + run());
  EXPECT_EQ(output.code, 65);
  EXPECT_NE(output.err.find("dataset: the files changed since the run learnt from them: axis \"x\" "
                            "has 6 entries, but 8 in the training data"),
            std::string::npos)
      << output.err;
}

TEST_F(DataChanges, ObservationsAreRememberedToo) {
  const auto observe = [&](double u) {
    std::ofstream file(scratch_ / "o.csv");
    file << "x,t,u\n";
    for (int i = 1; i < 9; ++i) file << 0.3 * i << "," << 0.2 * i << "," << u * i << "\n";
  };
  observe(0.1);
  const auto heat = build_folder() / "share/banach/examples/heat.toml";
  const std::string inverse = quoted(path("inverse"));
  const auto trained =
      banach("train " + quoted(heat.string()) +
             " stage.0.steps=4 architecture.width=8 checkpoint.every=2 --quiet --threads 1 "
             "'observations.o.file=" +
             path("o.csv") + "' --out " + inverse);
  ASSERT_EQ(trained.code, 0) << trained.err;
  observe(0.2);
  const auto output = banach("train --quiet --resume " + inverse + " stage.0.steps=6");
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err.find(path("o.csv") + " changed since the run read it"), 0u) << output.err;
}

}  // namespace
}  // namespace banach::testing
