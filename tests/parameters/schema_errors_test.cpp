// SPDX-License-Identifier: Apache-2.0
// The text of every error that a parameter can give.
#include <gtest/gtest.h>

#include "banach/parameters.hpp"
#include "core/parameters/toml.hpp"

namespace banach {
namespace {

struct Layer {
  std::int64_t width = 32;
};
void describe(Schema<Layer>& s) { s.field("width", &Layer::width, "neurons").at_least(1); }

struct Empty {};
void describe(Schema<Empty>&) {}

struct Heat {
  std::string type;
  double diffusivity = 0.05, length = 1.0;
  std::int64_t depth = 3;
  bool hard = false;
  std::string activation = "tanh";
  std::vector<std::int64_t> width{32};
  std::optional<double> limit;
  std::map<std::string, double> weights;
  Layer layer;
  std::vector<Layer> layers;
  Empty empty;
};
void describe(Schema<Heat>& s) {
  s.field("type", &Heat::type, "which problem").required();
  s.field("diffusivity", &Heat::diffusivity, "a in u_t = a u_xx").positive();
  s.field("length", &Heat::length, "the rod is [0, length]").positive();
  s.field("depth", &Heat::depth, "hidden layers").at_least(1).at_most(64);
  s.field("hard", &Heat::hard, "");
  s.field("activation", &Heat::activation, "between layers").one_of({"tanh", "sin", "gelu"});
  s.field("width", &Heat::width, "neurons of each").at_least(1).where("even", [](std::int64_t n) {
    return n % 2 == 0;
  });
  s.field("limit", &Heat::limit, "").at_most(1.0);
  s.field("weights", &Heat::weights, "of terms");
  s.field("layer", &Heat::layer, "one");
  s.field("layers", &Heat::layers, "more");
  s.field("empty", &Heat::empty, "nothing");
}

struct Plan {
  std::int64_t seed = 0;
  Heat problem;
};
void describe(Schema<Plan>& s) {
  s.field("seed", &Plan::seed, "of every random number");
  s.field("problem", &Plan::problem, "what is known");
}

std::string errors(const std::string& text) {
  Diagnostics diagnostics;
  Schema<Plan>().read(parse_toml(text, "heat.toml"), diagnostics);
  return join(diagnostics.lines(), "\n");
}

/// The error of one line in [problem], which is line 3 of the file.
std::string error(const std::string& line) { return errors("[problem]\ntype = \"heat\"\n" + line); }

TEST(SchemaErrors, UnknownParameterNamesTheNearest) {
  EXPECT_EQ(
      error("difusivity = 1.0"),
      "heat.toml:3:1: problem has no parameter \"difusivity\"; did you mean \"diffusivity\"?");
  EXPECT_EQ(errors("sede = 1"),
            "heat.toml:1:1: unknown parameter \"sede\"; did you mean \"seed\"?");
}

TEST(SchemaErrors, UnknownParameterListsWhatThereIs) {
  EXPECT_EQ(error("layer.colour = 1"),
            "heat.toml:3:7: problem.layer has no parameter \"colour\"; known: width");
  EXPECT_EQ(error("empty.x = 1"),
            "heat.toml:3:7: problem.empty has no parameter \"x\"; it takes none");
  EXPECT_EQ(errors("[colour]\n"),
            "heat.toml:1:2: unknown parameter \"colour\"; known: seed, problem");
}

TEST(SchemaErrors, BrokenRuleTellsValueRuleAndDoc) {
  EXPECT_EQ(error("length = -1.0"),
            "heat.toml:3:10: problem.length = -1.0: must be > 0 (the rod is [0, length])");
  EXPECT_EQ(error("length = 0"),
            "heat.toml:3:10: problem.length = 0: must be > 0 (the rod is [0, length])");
  EXPECT_EQ(error("depth = 0"), "heat.toml:3:9: problem.depth = 0: must be >= 1 (hidden layers)");
  EXPECT_EQ(error("depth = 65"),
            "heat.toml:3:9: problem.depth = 65: must be <= 64 (hidden layers)");
  EXPECT_EQ(error("limit = 1.5"), "heat.toml:3:9: problem.limit = 1.5: must be <= 1.0");
}

TEST(SchemaErrors, BrokenChoiceNamesTheNearest) {
  EXPECT_EQ(
      error("activation = \"tahn\""),
      "heat.toml:3:14: problem.activation = \"tahn\": must be one of \"tanh\", \"sin\", \"gelu\"; "
      "did you mean \"tanh\"? (between layers)");
  EXPECT_EQ(error("activation = \"rectifier\""),
            "heat.toml:3:14: problem.activation = \"rectifier\": must be one of \"tanh\", \"sin\", "
            "\"gelu\" (between layers)");
}

TEST(SchemaErrors, BrokenRuleInAListPointsAtTheElement) {
  EXPECT_EQ(error("width = [32, 0]"),
            "heat.toml:3:14: problem.width.1 = 0: must be >= 1 (neurons of each)");
  EXPECT_EQ(error("width = 7"), "heat.toml:3:9: problem.width = 7: must be even (neurons of each)");
  EXPECT_EQ(error("layers = [{ width = 1 }, { width = 0 }]"),
            "heat.toml:3:36: problem.layers.1.width = 0: must be >= 1 (neurons)");
}

TEST(SchemaErrors, WrongTypeTellsBothTypes) {
  EXPECT_EQ(error("length = \"long\""),
            "heat.toml:3:10: problem.length: expected number, got text \"long\"");
  EXPECT_EQ(error("depth = 3.5"), "heat.toml:3:9: problem.depth: expected integer, got number 3.5");
  EXPECT_EQ(error("depth = 1e300"),
            "heat.toml:3:9: problem.depth: expected integer, got number 1e+300");
  EXPECT_EQ(error("hard = 1"), "heat.toml:3:8: problem.hard: expected truth value, got integer 1");
  EXPECT_EQ(error("activation = [\"tanh\"]"),
            "heat.toml:3:14: problem.activation: expected text, got list");
  EXPECT_EQ(error("length = { a = 1 }"),
            "heat.toml:3:10: problem.length: expected number, got table");
  EXPECT_EQ(error("layer = 3"), "heat.toml:3:9: problem.layer: expected table, got integer 3");
  EXPECT_EQ(error("layers = 3"),
            "heat.toml:3:10: problem.layers: expected list of table, got integer 3");
  EXPECT_EQ(error("weights = 3"),
            "heat.toml:3:11: problem.weights: expected table of number, got integer 3");
  EXPECT_EQ(error("limit = \"none\""),
            "heat.toml:3:9: problem.limit: expected number, got text \"none\"");
}

TEST(SchemaErrors, WrongTypeInAListOrMapPointsAtTheElement) {
  EXPECT_EQ(error("width = [32, \"x\"]"),
            "heat.toml:3:14: problem.width.1: expected integer, got text \"x\"");
  EXPECT_EQ(error("width = [[32]]"), "heat.toml:3:10: problem.width.0: expected integer, got list");
  EXPECT_EQ(error("weights = { a = 1, \"b c\" = true }"),
            "heat.toml:3:28: problem.weights.\"b c\": expected number, got truth value true");
}

TEST(SchemaErrors, IntegersWithoutABoundOfTheirOwnFitInto32Bits) {
  EXPECT_EQ(
      error("width = [4, 4294967300]"),
      "heat.toml:3:13: problem.width.1 = 4294967300: must be <= 2147483647 (neurons of each)");
  EXPECT_EQ(error("layers = [{ width = 2147483648 }]"),
            "heat.toml:3:21: problem.layers.0.width = 2147483648: must be <= 2147483647 (neurons)");
}

TEST(SchemaErrors, NumbersMustBeFinite) {
  EXPECT_EQ(error("length = nan"),
            "heat.toml:3:10: problem.length: expected a finite number, got nan");
  EXPECT_EQ(error("length = -inf"),
            "heat.toml:3:10: problem.length: expected a finite number, got -inf");
}

TEST(SchemaErrors, LongValuesAreShortened) {
  const std::string text = error("length = \"" + std::string(1000, 'x') + "\"");
  EXPECT_EQ(text, "heat.toml:3:10: problem.length: expected number, got text \"" +
                      std::string(56, 'x') + "...");
}

TEST(SchemaErrors, MissingRequiredPointsAtTheTable) {
  EXPECT_EQ(errors("seed = 1\n[problem]\nlength = 2.0"),
            "heat.toml:2:1: problem: \"type\" is required (which problem)");
}

TEST(SchemaErrors, AllAreReportedAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(errors("seed = \"x\"\n[problem]\nlength = -1.0\ndepht = 3\nwidth = [0, \"a\"]\n"),
            "heat.toml:1:8: seed: expected integer, got text \"x\"\n"
            "heat.toml:3:10: problem.length = -1.0: must be > 0 (the rod is [0, length])\n"
            "heat.toml:4:1: problem has no parameter \"depht\"; did you mean \"depth\"?\n"
            "heat.toml:5:13: problem.width.1: expected integer, got text \"a\"\n"
            "heat.toml:2:1: problem: \"type\" is required (which problem)");
}

}  // namespace
}  // namespace banach
