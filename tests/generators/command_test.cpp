// SPDX-License-Identifier: Apache-2.0
// banach generate, as a user meets it.
#include "tests/apps/command.hpp"
#include "datasets/hdf5_file.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using testing::banach;
using testing::quoted;
using testing::Scratch;
using testing::text_of;

fs::path configured(const Scratch& scratch, const std::string& lines) {
  std::ofstream(scratch / "g.toml") << "[generator]\ntype = \"burgers\"\npoints = 32\n" << lines;
  return scratch / "g.toml";
}

TEST(Generate, WritesTheFileBesideItsConfiguration) {
  const Scratch scratch;
  const auto file = configured(scratch, "samples = 9\nfile = \"b.h5\"\n");
  const auto output = banach("generate " + quoted(file) + " generator.seed=4 --quiet");
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.out, (scratch / "b.h5").string() + ": 9 samples of burgers, seed 4\n");
  EXPECT_EQ(Hdf5Reader(scratch / "b.h5").shape("u"), (Shape{9, 32}));
}

TEST(Generate, GoesOnAfterAKillWithTheSameNumbers) {
  const Scratch scratch;
  const auto file = configured(scratch, "samples = 3000\nmodes = 64\nsteps = 100\n");
  const auto words = "generate " + quoted(file) + " --quiet --threads 2 --out ";
  const auto program = quoted((testing::build_folder() / "bin/banach").string());
  const auto whole = (scratch / "whole.h5").string();
  EXPECT_EQ(banach(words + quoted(whole)).code, 0);
  for (const std::string signal : {"KILL", "TERM"}) {
    const auto path = (scratch / signal).string();
    const auto killed =
        testing::shell("{ " + program + " " + words + quoted(path) + " & p=$!; while [ ! -s " +
                       quoted(path + ".partial") + " ]; do sleep 0.02; done; sleep 0.1; kill -" +
                       signal + " $p; wait $p; echo $?; }");
    EXPECT_EQ(killed.out, signal == "KILL" ? "137\n" : "143\n") << killed.err;
    EXPECT_TRUE(fs::exists(path + ".partial"));
    EXPECT_FALSE(fs::exists(path));
    const auto end = " of 3000 samples are in " + path + ".partial; the same command goes on";
    EXPECT_EQ(killed.err.find(end) != std::string::npos, signal == "TERM") << killed.err;
    EXPECT_EQ(banach(words + quoted(path)).code, 0);
    EXPECT_EQ(text_of(path), text_of(whole));
  }
}

TEST(Generate, SaysWhatIsWrong) {
  const Scratch scratch;
  const auto file = configured(scratch, "samples = 2\n");
  const auto out = (scratch / "b.h5").string();
  const auto words = "generate " + quoted(file) + " --quiet --out " + quoted(out);
  EXPECT_EQ(banach(words + " generator.samples=0").err,
            "command line: generator.samples=0: generator.samples = 0: must be >= 1 (how many)");
  const auto unknown = banach(words + " generator.type=burger");
  EXPECT_EQ(unknown.code, 78);
  EXPECT_EQ(unknown.err.substr(0, unknown.err.find("; known")),
            "command line: generator.type=burger: unknown generator \"burger\"; did you mean "
            "\"burgers\"?");
  EXPECT_EQ(banach(words).code, 0);
  EXPECT_EQ(banach(words).code, 0);
  const auto other = banach(words + " generator.seed=1");
  EXPECT_EQ(other.code, 73);
  EXPECT_EQ(other.err, out +
                           ": another file is there: seed: 0 there, 1 wanted; remove it (banach "
                           "generate: --force), or choose another name");
  EXPECT_EQ(banach(words + " generator.seed=1 --force").code, 0);
  EXPECT_EQ(Hdf5Reader(out).number("/", "seed"), 1);
}

TEST(Generate, IsLeftToTheTrainingByWhatOnlyShowsIt) {
  const Scratch scratch;
  std::ofstream(scratch / "fno.toml") << R"(
[dataset]
files = "b.h5"
generate = { type = "burgers", samples = 60, points = 32 }
inputs.a = { path = "u0", axes = "sample x" }
outputs.u = { path = "u", axes = "sample x" }
coords.x = "x"
split = { train = "0:40", validation = "40:50", test = "50:60" }
[architecture]
type = "fno"
width = 4
modes = [4]
depth = 1
[[stage]]
optimizer = "adam"
lr = 1e-3
epochs = 3
batch = 8
)";
  const auto train = "train " + quoted(scratch / "fno.toml") + " threads=1 ";
  const auto shown = banach(train + "--print-config");
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("steps = 15"), std::string::npos) << shown.out;
  const auto dry = banach(train + "--dry-run");
  EXPECT_EQ(dry.code, 0) << dry.err;
  const auto end =
      "15 steps, on cpu\n" + (scratch / "b.h5").string() +
      " does not exist yet: training generates 60 samples of burgers; no step was taken, "
      "nothing was written\n";
  EXPECT_NE(dry.out.find(end), std::string::npos) << dry.out;
  for (const auto& entry : fs::directory_iterator(scratch.path()))
    EXPECT_EQ(entry.path().filename(), "fno.toml");
  EXPECT_EQ(banach(train + "--quiet --out " + quoted(scratch / "run")).code, 0);
  EXPECT_NE(banach(train + "--dry-run").out.find("loss "), std::string::npos);  // now it is there
}

}  // namespace
}  // namespace banach
