// SPDX-License-Identifier: Apache-2.0
// What commands write where a user says so: nobody's file is lost.
#include <nlohmann/json.hpp>

#include "datasets/hdf5_file.hpp"
#include "tests/apps/operator_run.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using testing::banach;
using testing::build_folder;
using testing::copy_of;
using testing::Output;
using testing::quoted;
using testing::Scratch;
using testing::shell;
using testing::text_of;
using testing::trained;
using testing::trained_operator;

class Outputs : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (scratch_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name) << text;
    return path(name);
  }
  /// Exit 73 with this one line, and the file as it was.
  static void expect_kept(const std::string& words, const std::string& file,
                          const std::string& said) {
    const auto before = text_of(file);
    const Output output = banach(words);
    EXPECT_EQ(output.code, 73) << words << "\n" << output.err;
    EXPECT_EQ(output.err, said) << words;
    EXPECT_EQ(text_of(file), before) << words;
  }
  static std::string exists(const std::string& file) {
    return file + ": the file exists; replace it with --force, or choose another name";
  }
  static std::string also_input(const std::string& out, const std::string& in) {
    return out + ": this is also an input (" + in + "); choose another name for the output";
  }
  Scratch scratch_;
};

TEST_F(Outputs, PredictionsReplaceAFileOnlyWhenAsked) {
  const auto run = quoted(trained("heat"));
  for (const char* name : {"out.csv", "out.h5"}) {
    const auto out = write(name, "mine");
    const auto words = "predict " + run + " --grid 3,3 -o " + quoted(out);
    expect_kept(words, out, exists(out));
    EXPECT_EQ(banach(words + " --force").code, 0);
    EXPECT_NE(text_of(out), "mine");
  }
  fs::create_symlink("nowhere.csv", path("link.csv"));
  EXPECT_EQ(banach("predict " + run + " --grid 3,3 -o " + quoted(path("link.csv"))).code, 73);
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_.path()), {}), 3);
}

TEST_F(Outputs, DirectoriesPipesAndMissingFoldersAreRefusedEvenWithForce) {
  const auto words = "predict " + quoted(trained("heat")) + " --grid 3,3 --force -o ";
  fs::create_directory(path("folder.csv"));
  EXPECT_EQ(banach(words + quoted(path("folder.csv"))).err,
            path("folder.csv") + ": this is a directory, not a file to write");
  ASSERT_EQ(shell("mkfifo " + quoted(path("pipe.csv"))).code, 0);
  EXPECT_EQ(banach(words + quoted(path("pipe.csv"))).err,
            path("pipe.csv") + ": this is a device or pipe, not a file to write");
  EXPECT_TRUE(fs::is_fifo(path("pipe.csv")));
  const auto output = banach(words + quoted(path("no/x.csv")));
  EXPECT_EQ(output.code, 73);
  EXPECT_EQ(output.err, "cannot create " + path("no/x.csv") + ": directory " + path("no") +
                            " does not exist; create it first");
}

TEST_F(Outputs, APredictionIsNeverOneOfItsInputs) {
  const auto run = copy_of(trained("heat"), scratch_);
  const auto at = write("at.csv", "x,t\n1,2\n");
  const auto words = "predict " + quoted(run) + " --at " + quoted(at) + " --force -o ";
  expect_kept(words + quoted(at), at, also_input(at, at));
  fs::create_symlink(at, path("soft.csv"));
  fs::create_hard_link(at, path("hard.csv"));
  for (const auto& other : {path("soft.csv"), path("hard.csv"), path("copy/../at.csv")})
    expect_kept(words + quoted(other), at, also_input(other, at));
  const auto metrics = (run / "metrics.csv").string();
  expect_kept(words + quoted(metrics), metrics, also_input(metrics, metrics));
  const auto checkpoint = (run / "checkpoints/best.ck").string();
  fs::create_hard_link(checkpoint, path("best.h5"));
  expect_kept(words + quoted(path("best.h5")), checkpoint, also_input(path("best.h5"), checkpoint));
}

TEST_F(Outputs, ObservationsOfARunAreItsInputs) {
  const auto seen = write("seen.csv", "t,y\n0,1\n1,0.4\n");
  const auto run = path("run");
  const auto file = build_folder() / "share/banach/examples/decay.toml";
  const auto output = banach("train " + quoted(file) +
                             " stage.0.steps=2 architecture.width=4 --quiet --threads 1 --out " +
                             quoted(run) + " " + quoted("observations.seen.file=" + seen));
  ASSERT_EQ(output.code, 0) << output.err;
  expect_kept("predict " + quoted(run) + " --grid 3 --force -o " + quoted(seen), seen,
              also_input(seen, seen));
}

TEST_F(Outputs, PredictionsWithoutANameGoIntoTheRunAndMayBeRepeated) {
  const auto run = copy_of(trained("heat"), scratch_);
  for (const char* grid : {"3,3", "4,2"}) {
    const auto output = banach("predict " + quoted(run) + " --grid " + grid);
    EXPECT_EQ(output.code, 0) << output.err;
    EXPECT_EQ(output.out.rfind((run / "predictions.h5").string() + ": u at ", 0), 0u);
  }
  EXPECT_EQ(Hdf5Reader(run / "predictions.h5").shape("u"), (Shape{4, 2}));
}

TEST_F(Outputs, RunsThatAreNotThereAreMissingInput) {
  for (const char* words : {"predict none --grid 3", "plot none"}) {
    const auto output = banach(words);
    EXPECT_EQ(output.code, 66);
    EXPECT_EQ(output.err, "none: there is no such run folder");
  }
}

TEST_F(Outputs, OperatorsKeepInputsAndTheFileForViewers) {
  const auto run = trained_operator(scratch_);
  const auto data = path("integral.h5"), out = path("out.h5"), xdmf = path("out.xdmf");
  const auto words = "predict " + quoted(run) + " --data " + quoted(data) + " -o ";
  expect_kept(words + quoted(data) + " --force", data, also_input(data, data));
  fs::copy_file(data, path("other.h5"));
  expect_kept("predict " + quoted(run) + " --data " + quoted(path("other.h5")) + " -o " +
                  quoted(data) + " --force",
              data, also_input(data, data));
  expect_kept("predict " + quoted(run) + " --data " + quoted(data) + " --data " +
                  quoted(path("other.h5")) + " --force -o " + quoted(path("other.h5")),
              path("other.h5"), also_input(path("other.h5"), path("other.h5")));
  write("out.xdmf", "mine");
  expect_kept(words + quoted(out), xdmf, exists(xdmf));
  EXPECT_FALSE(fs::exists(out));
  EXPECT_EQ(banach(words + quoted(out) + " --force").code, 0);
  EXPECT_NE(text_of(xdmf), "mine");
  expect_kept(words + quoted(out), out, exists(out));
}

TEST_F(Outputs, PicturesReplaceAFileOnlyWhenAsked) {
  const auto out = write("x.png", "mine");
  expect_kept("plot " + quoted(trained("heat")) + " -o " + quoted(out), out, exists(out));
}

TEST_F(Outputs, GeneratedDataSetsNeverReplaceTheirConfiguration) {
  const auto file = write("g.toml", "[generator]\ntype = \"antiderivative\"\nsamples = 2\n");
  expect_kept("generate " + quoted(file) + " --force -o " + quoted(file), file,
              also_input(file, file));
  const auto mine = write("mine.h5", "mine");
  expect_kept("generate " + quoted(file) + " -o " + quoted(mine), mine,
              mine +
                  ": another file is there: not a file of a generator; remove it (banach "
                  "generate: --force), or choose another name");
}

TEST_F(Outputs, NewConfigurationsReplaceAFileOnlyWhenAsked) {
  const auto out = write("decay.toml", "mine");
  const auto words = "new config decay --dir " + quoted(scratch_.path());
  expect_kept(words, out, exists(out));
  EXPECT_EQ(banach(words + " --force").code, 0);
  EXPECT_NE(text_of(out), "mine");
}

class ResultFiles : public Outputs {
 protected:
  std::string words(const std::string& result) const {
    return "train " + quoted(file_) + " --quiet --threads 1 --out " + quoted(path("run")) +
           " --result-json " + quoted(result);
  }
  void SetUp() override {
    fs::copy_file(build_folder() / "share/banach/examples/decay.toml", file_);
    std::ofstream(file_, std::ios::app) << "\n[output]\nlog_every = 1\n";
  }
  std::string file_ = path("decay.toml");
};

TEST_F(ResultFiles, OfTheSameRunMayBeWrittenAgain) {
  const auto out = path("result.json");
  const auto all = words(out) + " stage.0.steps=2 architecture.width=4";
  for (int i = 0; i < 2; ++i) {
    const auto output = banach(all);
    EXPECT_EQ(output.code, 0) << output.err;
  }
  EXPECT_EQ(banach("train --resume " + quoted(path("run")) + " --result-json " + quoted(out)).code,
            0);
  const auto mine = write("mine.json", "{\"mine\": 1}");
  expect_kept(words(mine) + " stage.0.steps=2 architecture.width=4", mine, exists(mine));
  expect_kept("train --resume " + quoted(path("run")) + " --result-json " + quoted(mine), mine,
              exists(mine));
  EXPECT_EQ(
      banach("train --resume " + quoted(path("run")) + " --force --result-json " + quoted(mine))
          .code,
      0);
}

TEST_F(ResultFiles, NeverReplaceTheConfigurationAndAreRefusedBeforeTraining) {
  expect_kept(words(file_) + " --force", file_, also_input(file_, file_));
  const auto output = banach(words(path("no/result.json")));
  EXPECT_EQ(output.code, 73);
  EXPECT_FALSE(fs::exists(path("run")));
}

TEST_F(ResultFiles, MayBeThatOfTheRunButNoOtherFileOfIt) {
  const auto few = " stage.0.steps=2 architecture.width=4";
  EXPECT_EQ(banach(words(path("run/result.json")) + few).code, 0);
  for (const char* name : {"run/checkpoints/best.ck", "run/mine.json"}) {
    const auto output = banach(words(path(name)) + few + " --force");
    EXPECT_EQ(output.code, 73);
    EXPECT_EQ(output.err, path(name) + ": this is a place of the run itself; choose another one");
    EXPECT_FALSE(fs::exists(path("run/mine.json")));
  }
}

TEST_F(ResultFiles, InputsInsideOfARunAreNotRemovedWithIt) {
  const auto few = " stage.0.steps=2 architecture.width=4";
  ASSERT_EQ(banach(words("-") + few).code, 0);
  const auto config = path("run/config.toml");
  const auto said = ": --force would remove this input with everything in " + path("run") +
                    "; move it elsewhere first";
  expect_kept("train " + quoted(config) + " --quiet --force --out " + quoted(path("run")), config,
              config + said);
  const auto seen = write("run/seen.csv", "t,y\n0,1\n1,0.4\n");
  expect_kept(words("-") + few + " --force " + quoted("observations.seen.file=" + seen), seen,
              seen + said);
}

}  // namespace
}  // namespace banach
