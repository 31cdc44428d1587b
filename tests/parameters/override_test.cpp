// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/parameters/toml.hpp"

namespace banach {
namespace {

const char* const start =
    "seed = 0\nname = \"heat\"\nwidth = [32, 64]\nempty = []\n"
    "[problem]\nlength = 1.0\n[[stage]]\nlr = 0.1\n[[stage]]\nlr = 0.2\n";

std::string after(const std::string& assignment, const std::string& key) {
  Table table = parse_toml(start, "t");
  apply_override(table, assignment);
  const Value* value = table.find(key);
  return value ? to_text(*value) : "absent";
}

std::string error(const std::string& assignment) {
  Table table = parse_toml(start, "t");
  const std::string before = to_text(Value(table)), prefix = "command line: " + assignment + ": ";
  try {
    apply_override(table, assignment);
  } catch (const ConfigError& error) {
    const std::string what = error.what();
    EXPECT_EQ(what.substr(0, prefix.size()), prefix);
    return what.substr(prefix.size());
  }
  return "accepted";
}

TEST(Override, ValuesAreTomlWhereTheyCan) {
  EXPECT_EQ(after("seed=7", "seed"), "7");
  EXPECT_EQ(after("seed = 1e-3 ", "seed"), "0.001");
  EXPECT_EQ(after("name=\"a b\"", "name"), "\"a b\"");
  EXPECT_EQ(after("width=[1, 2]", "width"), "[1, 2]");
  EXPECT_EQ(after("new=true", "new"), "true");
  EXPECT_EQ(after("problem.k={ learn = 0.3 }", "problem"), "{ length = 1.0, k = { learn = 0.3 } }");
}

TEST(Override, OtherValuesArePlainText) {
  EXPECT_EQ(after("name=heat", "name"), "\"heat\"");
  EXPECT_EQ(after("name=a b = c", "name"), "\"a b = c\"");
  EXPECT_EQ(after("name=", "name"), "\"\"");
  EXPECT_EQ(after("name=2024-01-01", "name"), "\"2024-01-01\"");
  EXPECT_EQ(after("name=../runs/x.h5", "name"), "\"../runs/x.h5\"");
  EXPECT_EQ(after("name=1\nseed = 2", "name"), "\"1\\nseed = 2\"");
  EXPECT_EQ(after("name=\xc3\xa9", "name"), "\"\xc3\xa9\"");
}

TEST(Override, ReachesIntoTablesAndLists) {
  EXPECT_EQ(after("stage.0.steps=400", "stage"), "[{ lr = 0.1, steps = 400 }, { lr = 0.2 }]");
  EXPECT_EQ(after("stage.1.schedule.type=cosine", "stage"),
            "[{ lr = 0.1 }, { lr = 0.2, schedule = { type = \"cosine\" } }]");
  EXPECT_EQ(after("width.1=8", "width"), "[32, 8]");
  EXPECT_EQ(after("a.\"b.c\".d=1", "a"), "{ \"b.c\" = { d = 1 } }");
}

TEST(Override, ValuesRememberTheCommandLine) {
  Table table = parse_toml(start, "t");
  apply_override(table, "problem.k={ x = [1] }");
  const Value& k = *table.find("problem")->get<Table>()->find("k");
  EXPECT_EQ(to_text(k.source), "command line: problem.k={ x = [1] }");
  EXPECT_EQ(to_text(k.key), to_text(k.source));
  EXPECT_EQ(to_text(k.get<Table>()->find("x")->source), to_text(k.source));
  EXPECT_EQ(k.get<Table>()->path, "problem.k");
  apply_override(table, "output.dir=runs");
  EXPECT_EQ(table.find("output")->get<Table>()->path, "output");
}

TEST(Override, RefusesWhatIsNoAssignment) {
  EXPECT_EQ(error("seed"), "write key=value, as in stage.0.steps=400");
  EXPECT_EQ(error("=1"), "\"\" is no key; write key=value, as in stage.0.steps=400");
  EXPECT_EQ(error("a b=1"), "\"a b\" is no key; write key=value, as in stage.0.steps=400");
  EXPECT_EQ(error("a..b=1"), "\"a..b\" is no key; write key=value, as in stage.0.steps=400");
  EXPECT_EQ(error("[a]\nb=1"), "\"[a]\\nb\" is no key; write key=value, as in stage.0.steps=400");
  EXPECT_EQ(error("\"a=1"), "write key=value, as in stage.0.steps=400");
  EXPECT_EQ(error("a=\xff"), "the text is not UTF-8: it holds the byte \\xff");
  EXPECT_EQ(error("a=\x1b"), "the text holds the control character \\x1b");
}

TEST(Override, RefusesBrokenToml) {
  EXPECT_EQ(error("width=[1, 2"), "not a TOML value: '[' is never closed");
  EXPECT_EQ(error("name=\"x"), "not a TOML value: the string is never closed");
  EXPECT_EQ(error("a={ b = }"), "not a TOML value: in key-value pair: expected value, saw '}'");
}

TEST(Override, RefusesWaysThroughWhatIsNoTable) {
  EXPECT_EQ(error("seed.x=3"), "seed is the integer 0, no table that could hold \"x\"");
  EXPECT_EQ(error("problem.length.x=3"),
            "problem.length is the number 1.0, no table that could hold \"x\"");
  EXPECT_EQ(error("stage.2.lr=1"), "stage has no entry 2; it has 0 to 1");
  EXPECT_EQ(error("stage.-1.lr=1"), "stage has no entry -1; it has 0 to 1");
  EXPECT_EQ(error("stage.lr=1"), "stage has no entry lr; it has 0 to 1");
  EXPECT_EQ(error("stage.99999999999999999999.lr=1"),
            "stage has no entry 99999999999999999999; it has 0 to 1");
  EXPECT_EQ(error("empty.0=1"), "empty is an empty list");
  EXPECT_EQ(error("stages.0.lr=1"), "there is no stages to take entry 0 of");
}

}  // namespace
}  // namespace banach
