// SPDX-License-Identifier: Apache-2.0
#include "core/study/study_file.hpp"

#include <gtest/gtest.h>

#include "core/parameters/toml.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;

SweepFile sweep_of(const std::string& lines) {
  return read_sweep(parse_toml("[sweep]\n" + lines, "study.toml"));
}

std::string sweep_complaint(const std::string& lines) {
  return error_of([&] { sweep_of(lines); }).second;
}

std::string tune_complaint(const std::string& lines) {
  return error_of([&] { read_tune(parse_toml("[tune]\n" + lines, "study.toml")); }).second;
}

std::vector<std::string> labels(const SweepFile& file) {
  std::vector<std::string> out;
  for (const auto& point : file.points) out.push_back(point.label);
  return out;
}

TEST(SweepFile, GridIsEveryCombination) {
  const auto file = sweep_of(
      "base = \"b.toml\"\ngrid.\"stage.0.lr\" = [1e-3, 0.1]\ngrid.architecture.width = [8, [8, "
      "4]]");
  EXPECT_EQ(file.name, "study");
  EXPECT_EQ(labels(file), (std::vector<std::string>{"stage.0.lr=0.001, architecture.width=8",
                                                    "stage.0.lr=0.001, architecture.width=[8, 4]",
                                                    "stage.0.lr=0.1, architecture.width=8",
                                                    "stage.0.lr=0.1, architecture.width=[8, 4]"}));
}

TEST(SweepFile, GridMayReplaceWholeTables) {
  const auto file =
      sweep_of("base = \"b.toml\"\ngrid.architecture = [{ type = \"mlp\" }, { type = \"dgm\" }]");
  EXPECT_EQ(labels(file), (std::vector<std::string>{"architecture={ type = \"mlp\" }",
                                                    "architecture={ type = \"dgm\" }"}));
}

TEST(SweepFile, ListIsCrossedWithTheGrid) {
  const auto file = sweep_of(
      "base = \"b.toml\"\ngrid.derivatives = [\"exact\", \"nested\"]\n"
      "[[sweep.list]]\nname = \"small\"\narchitecture.width = 8\narchitecture.depth = 2\n"
      "[[sweep.list]]\n\"stage.0.lr\" = 0.1");
  EXPECT_EQ(labels(file), (std::vector<std::string>{"small, derivatives=\"exact\"",
                                                    "small, derivatives=\"nested\"",
                                                    "stage.0.lr=0.1, derivatives=\"exact\"",
                                                    "stage.0.lr=0.1, derivatives=\"nested\""}));
  ASSERT_EQ(file.points[0].overrides.size(), 3u);
  EXPECT_EQ(file.points[0].overrides[0].key.substr(0, 13), "architecture.");
}

TEST(SweepFile, PathsCountFromTheFile) {
  const auto file =
      read_sweep(parse_toml("output.dir = \"out\"\n[sweep]\nbase = \"../b.toml\"\ngrid.seeds = [1]",
                            "/some/where/study.toml"));
  EXPECT_EQ(file.study.base, "/some/b.toml");
  EXPECT_EQ(file.path(), "/some/where/out/study");
}

TEST(SweepFile, ErrorsNameThePlaceAndTheReason) {
  const std::string base = "base = \"b.toml\"\n";
  EXPECT_EQ(error_of([] { read_sweep(parse_toml("", "study.toml")); }).second,
            "study.toml:1:1: \"sweep\" is required (what is varied)");
  EXPECT_EQ(error_of([] { read_sweep(parse_toml("[tune]\n", "study.toml")); }).second,
            "study.toml:1:2: this is a file for banach tune: it has [tune] and no [sweep]");
  EXPECT_EQ(sweep_complaint("grid.a = [1]"),
            "study.toml:1:1: sweep: \"base\" is required (the configuration that every trial "
            "changes)");
  EXPECT_EQ(sweep_complaint(base),
            "study.toml:1:1: sweep: nothing varies; give grid.\"stage.0.lr\" = [1e-3, 1e-4] or a "
            "list");
  EXPECT_EQ(sweep_complaint(base + "grid.a = []"),
            "study.toml:3:6: sweep.grid: a: the list is empty");
  EXPECT_EQ(sweep_complaint(base + "grid.a.b = 1"),
            "study.toml:3:12: sweep.grid: a.b: expected a list of values, got integer; what does "
            "not vary belongs into fixed");
  EXPECT_EQ(sweep_complaint(base + "gird.a = [1]"),
            "study.toml:3:1: sweep has no parameter \"gird\"; did you mean \"grid\"?");
  EXPECT_EQ(sweep_complaint(base + "grid.a = [1]\njobs = -1"),
            "study.toml:4:8: sweep.jobs = -1: must be >= 0 (trials at a time; 0: as many as there "
            "are cores)");
  EXPECT_EQ(
      sweep_complaint(base + "grid.a = [1]\nrepeats = 0"),
      "study.toml:4:11: sweep.repeats = 0: must be >= 1 (trainings of every point, with seeds "
      "one apart)");
  EXPECT_EQ(
      sweep_complaint(base + "grid.a = [1]\ntimeout = 0"),
      "study.toml:4:11: sweep.timeout = 0: must be > 0 (seconds after which a trial counts as "
      "failed)");
  EXPECT_EQ(sweep_complaint(base + "grid.seed = [1, 2]"),
            "study.toml:3:14: sweep: seeds come from seed and repeats of the study");
  EXPECT_EQ(sweep_complaint(base + "grid.a = [1]\nfixed.name = \"x\""),
            "study.toml:4:7: sweep.fixed: the study names the folders of its trials itself");
  EXPECT_EQ(sweep_complaint(base + "grid.\"a.b\" = [1]\nfixed.a.b = 2"),
            "study.toml:3:15: sweep: a.b is set twice, here and at study.toml:4:9");
  EXPECT_EQ(sweep_complaint(base + "list = [{ name = 3, a = 1 }]"),
            "study.toml:3:18: sweep.list.0.name: expected text, got integer 3");
  EXPECT_EQ(sweep_complaint(base + "list = [{ name = \"x\", a = 1 }, { name = \"x\", a = 2 }]"),
            "study.toml:3:32: sweep.list.1: the name \"x\" stands there twice");
  EXPECT_EQ(sweep_complaint("base = 3\ngrid.a = [1]"),
            "study.toml:2:8: sweep.base: expected text, got integer 3");
}

TEST(SweepFile, TooManyPointsAreRefused) {
  std::string lines = "base = \"b.toml\"\n";
  for (const char* key : {"a", "b", "c", "d", "e", "f"})
    lines += std::string("grid.") + key + " = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
  EXPECT_EQ(sweep_complaint(lines), "study.toml:8:6: sweep.grid: more than 100000 points");
}

TEST(TuneFile, ErrorsNameThePlaceAndTheReason) {
  const std::string start = "base = \"b.toml\"\nspace.x = { uniform = [0, 1] }\n";
  EXPECT_EQ(tune_complaint("base = \"b.toml\""),
            "study.toml:1:1: tune: \"space\" is required (hyperparameters by name: what each may "
            "be)");
  EXPECT_EQ(tune_complaint("base = \"b.toml\"\n[tune.space]"),
            "study.toml:3:7: tune.space: is empty; name at least one hyperparameter");
  EXPECT_EQ(
      tune_complaint(start + "sampler = \"tpa\""),
      "study.toml:4:11: tune.sampler = \"tpa\": must be one of \"tpe\", \"random\", \"sobol\"; "
      "did you mean \"tpe\"? (how points are chosen)");
  EXPECT_EQ(
      tune_complaint(start + "pruner = { type = \"hyperband\" }"),
      "study.toml:4:19: tune.pruner.type = \"hyperband\": must be one of \"none\", \"median\", "
      "\"asha\" (which trials end early)");
  EXPECT_EQ(
      tune_complaint(start + "pruner = { type = \"asha\", reduction = 1 }"),
      "study.toml:4:39: tune.pruner.reduction = 1: must be >= 2 (asha: one of so many goes on "
      "from each rung)");
  EXPECT_EQ(tune_complaint(start + "trials = 0"),
            "study.toml:4:10: tune.trials = 0: must be >= 1 (how many)");
  EXPECT_EQ(tune_complaint(start + "fixed.x = 2"),
            "study.toml:4:7: tune.fixed: x is searched as tune.space.x already");
  EXPECT_EQ(tune_complaint(start + "space.s = { key = \"seed\", randint = [0, 9] }"),
            "study.toml:4:7: tune.space.s: seeds come from seed and repeats of the study");
}

TEST(Configured, ErrorsOfOverridesAreBlamedOnTheStudy) {
  const testing::Scratch scratch;
  const std::string base = (scratch / "base.toml").string();
  write_atomically(base, std::string_view("a = 1\n"));
  const auto file = sweep_of("base = \"" + base + "\"\nlist = [{ \"a.b\" = 2 }]");
  EXPECT_EQ(error_of([&] { configured(base, file.points[0].overrides); }).second,
            "study.toml:3:11: a.b=2: a is the integer 1, no table that could hold \"b\"");
  EXPECT_EQ(error_of([&] { configured("/none.toml", {}, file.base_source); }).second,
            "study.toml:2:1: base: /none.toml: cannot be read (No such file or directory)");
}

}  // namespace
}  // namespace banach
