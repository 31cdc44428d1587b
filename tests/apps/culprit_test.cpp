// SPDX-License-Identifier: Apache-2.0
// Errors name what is to blame: the key, the file that was meant for another command, the plugin.
#include "tests/apps/command.hpp"

namespace banach::testing {
namespace {

namespace fs = std::filesystem;

const char* const heat = R"([problem]
type = "heat"
[architecture]
type = "mlp"
width = 4
depth = 1
[sampling]
points = 8
[[stage]]
steps = 1
)";

class Culprit : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name) << text;
    return (scratch_ / name).string();
  }
  Output dry(const std::string& text, const std::string& words = "") const {
    return banach("train " + quoted(write("case.toml", text)) + " --dry-run " + words);
  }
  void expect_refusal(const std::string& text, const std::string& line) const {
    const Output output = dry(text);
    EXPECT_EQ(output.code, 78) << output.err;
    EXPECT_EQ(output.err, (scratch_ / "case.toml").string() + line);
  }
  const Scratch scratch_;
};

TEST_F(Culprit, AFileForAnotherCommandIsCalledSo) {
  const std::string sweep = write("s.toml", "[sweep]\nbase = \"heat.toml\"\n"),
                    tune = write("t.toml", "[tune]\nbase = \"heat.toml\"\nspace.a.choice = [1]\n"),
                    generator = write("g.toml", "[generator]\ntype = \"antiderivative\"\n"),
                    train = write("heat.toml", heat);
  const auto refused = [](const std::string& command, const std::string& file,
                          const std::string& end) {
    const Output output = banach(command + " " + quoted(file));
    EXPECT_EQ(output.code, 78);
    EXPECT_EQ(output.err, file + end);
  };
  refused("train", sweep,
          ":1:2: this is a file for banach sweep: it has [sweep] and no [architecture]");
  refused("train", tune,
          ":1:2: this is a file for banach tune: it has [tune] and no [architecture]");
  refused("train", generator,
          ":1:2: this is a file for banach generate: it has [generator] and no [architecture]");
  refused("sweep", train,
          ":3:2: this is a file for banach train: it has [architecture] and no [sweep]");
  refused("tune", train,
          ":3:2: this is a file for banach train: it has [architecture] and no [tune]");
  refused("generate", train,
          ":3:2: this is a file for banach train: it has [architecture] and no [generator]");
  refused("generate", sweep,
          ":1:2: this is a file for banach sweep: it has [sweep] and no [generator]");
}

TEST_F(Culprit, AKeyThatNothingReadsIsRefused) {
  const std::string text = heat;
  expect_refusal(text + "batch = 16\n",
                 ":11:9: stage.0.batch: there is no [dataset]: points per step are "
                 "sampling.points, observations per step observations.NAME.batch");
  expect_refusal(text + "[loss]\ntype = \"h1\"\n",
                 ":12:8: loss.type: there is no [dataset]: terms are mean squares, weigh them with "
                 "[weights]");
  expect_refusal("difference_step = 0.1\n" + text,
                 ":1:19: difference_step: derivatives are not finite differences here: add "
                 "derivatives = \"finite_difference\", or leave it out");
}

TEST_F(Culprit, AResolvedConfigurationIsNoMistake) {
  const Output resolved = banach("train " + quoted(write("case.toml", heat)) + " --print-config");
  EXPECT_EQ(resolved.code, 0);
  EXPECT_EQ(dry(resolved.out).code, 0);
}

TEST_F(Culprit, ARuleOfObservationsBlamesItsKeyAlone) {
  expect_refusal(std::string(heat) +
                     "[observations.u]\nheld_out = 1.5\nsynthetic.points = { x = 3, "
                     "t = 3 }\n",
                 ":12:12: observations.u.held_out = 1.5: must be <= 0.9 (fraction that is not "
                 "trained on, only measured)");
}

TEST_F(Culprit, WhatDoesNotFitIntoMemorySaysHowMuchItNeeds) {
  const auto needs = [&](const std::string& words, const std::string& part,
                         const std::string& remedy) {
    const Output output = dry(heat, words);
    EXPECT_EQ(output.code, 78) << output.err;
    EXPECT_NE(output.err.find(part), std::string::npos) << output.err;
    EXPECT_NE(output.err.find(remedy), std::string::npos) << output.err;
    EXPECT_EQ(output.err.find('\n'), std::string::npos) << output.err;
  };
  needs("evaluate.grid='{x=1000000,t=100000}'",
        "evaluate.grid: a grid of 1000000 x 100000 points needs 6.4 TB of memory, ",
        " are free: lower evaluate.grid");
  needs("architecture.width=2000000000", "a network of ", "lower its width, depth");
  needs("sampling.points=2000000000 architecture.depth=1 dtype=float64",
        "one step on the points of all terms needs ", "lower sampling.points");
}

TEST_F(Culprit, ALibraryThatIsNoPluginIsNamedWithItsReason) {
  const fs::path library = scratch_ / "problem.bare.so";
  fs::copy_file(build_folder() / "tests/plugins/problem.no_symbol.so", library);
  fs::copy_file(build_folder() / "tests/plugins/problem.good.so", scratch_ / "libcold.so");
  std::string text = heat;
  const Output output = dry(text.replace(text.find("heat"), 4, "cold"),
                            "--plugin-dir " + quoted(scratch_.path().string()));
  EXPECT_EQ(output.code, 78) << output.err;
  EXPECT_NE(output.err.find("unknown problem \"cold\""), std::string::npos) << output.err;
  EXPECT_NE(output.err.find("; refused: " + library.string() + ": "), std::string::npos)
      << output.err;
  EXPECT_NE(output.err.find("; not looked at: " + (scratch_ / "libcold.so").string() +
                            ", whose name is not problem.cold.so"),
            std::string::npos)
      << output.err;
}

TEST_F(Culprit, APluginThatHidesAnotherIsMentioned) {
  const fs::path own = build_folder() / "lib/banach/plugins/problem.heat.so";
  const fs::path first = scratch_ / "problem.heat.so";
  fs::copy_file(own, first);
  const Output output = dry(heat, "--plugin-dir " + quoted(scratch_.path().string()));
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(output.err, "problem \"heat\" comes from " + first.string() + "; " +
                            fs::canonical(own).string() + " is left out");
}

TEST_F(Culprit, DescribeSaysWhereItLooked) {
  const Output output = banach("describe nowhere --plugin-dir " + quoted(scratch_.path().string()));
  EXPECT_EQ(output.code, 78);
  EXPECT_NE(output.err.find("; plugins searched in: " + scratch_.path().string()),
            std::string::npos)
      << output.err;
}

TEST_F(Culprit, DescribePrintsTablesAndKeysOfConfigurations) {
  EXPECT_NE(banach("describe stage.stop").out.find("plateau : integer"), std::string::npos);
  EXPECT_NE(banach("describe stage.0.lr").out.find("lr : number"), std::string::npos);
  EXPECT_NE(banach("describe dataset.window").out.find("n_in : integer = 1"), std::string::npos);
  EXPECT_NE(banach("describe observations.probe.unknowns").out.find("list of text"),
            std::string::npos);
  EXPECT_NE(banach("describe tune.space.rate").out.find("loguniform"), std::string::npos);
  EXPECT_NE(banach("describe configuration --markdown").out.find("### `[stage.stop]`"),
            std::string::npos);
}

}  // namespace
}  // namespace banach::testing
