// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/describe.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace banach {
namespace {

struct Point {
  double x = 0.5;
};
void describe(Schema<Point>& s) { s.field("x", &Point::x, "where"); }

struct Heat {
  std::string name;
  double length = 1.0;
  std::optional<double> limit;
  std::vector<Point> points;
  std::map<std::string, double> weights;
};
void describe(Schema<Heat>& s) {
  s.field("name", &Heat::name, "of the run").required();
  s.field("length", &Heat::length, "the rod is [0, length]").positive();
  s.field("limit", &Heat::limit, "");
  s.field("points", &Heat::points, "sensors");
  s.named(&Heat::weights, "of one term");
}

EntryInfo entry() {
  return {"problem",
          "heat",
          "1-D heat equation",
          {"heat", "1.0.0", "/lib/problem.heat.so"},
          Schema<Heat>().info()};
}

TEST(Describe, TextIsOneLineForEachParameter) {
  EXPECT_EQ(describe_text(std::vector<EntryInfo>{entry()}),
            R"(problem heat - 1-D heat equation  [heat 1.0.0]
  name : text, required      of the run
  length : number = 1.0      the rod is [0, length] (> 0)
  limit : number, optional
  points : list of table     sensors
    x : number = 0.5         where
  <name> : number            of one term
)");
}

TEST(Describe, EntriesOfTheEngineItselfNameNoPlugin) {
  const EntryInfo adam{"optimizer", "adam", "Adam", {}, {}};
  EXPECT_EQ(describe_text(std::vector<EntryInfo>{adam, adam}),
            "optimizer adam - Adam\n\noptimizer adam - Adam\n");
}

TEST(Describe, JsonHoldsEverythingThatTheTextTells) {
  const auto json = nlohmann::json::parse(describe_json(std::vector<EntryInfo>{entry()}));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["kind"], "problem");
  EXPECT_EQ(json[0]["name"], "heat");
  EXPECT_EQ(json[0]["plugin"], "heat");
  EXPECT_EQ(json[0]["version"], "1.0.0");
  EXPECT_EQ(json[0]["path"], "/lib/problem.heat.so");
  const auto& parameters = json[0]["parameters"];
  ASSERT_EQ(parameters.size(), 5u);
  EXPECT_EQ(parameters[0]["required"], true);
  EXPECT_TRUE(parameters[0]["default"].is_null());
  EXPECT_EQ(parameters[1]["default"], "1.0");
  EXPECT_EQ(parameters[1]["type"], "number");
  EXPECT_EQ(parameters[1]["rule"], "> 0");
  EXPECT_EQ(parameters[1]["doc"], "the rod is [0, length]");
  EXPECT_TRUE(parameters[2]["default"].is_null());
  EXPECT_EQ(parameters[3]["children"][0]["name"], "x");
}

TEST(Describe, MarkdownIsOneRowForEachParameter) {
  EXPECT_EQ(describe_markdown(std::vector<EntryInfo>{entry()}),
            R"(## problem `heat`
1-D heat equation

| parameter | type | default | meaning |
|---|---|---|---|
| `name` | text | required | of the run |
| `length` | number | `1.0` | the rod is [0, length] (> 0) |
| `limit` | number |  |  |
| `points` | list of table | `[]` | sensors |
| `points.x` | number | `0.5` | where |
| `<name>` | number |  | of one term |
)");
}

TEST(Describe, MarkdownSectionsWithoutParametersHaveNoTable) {
  const EntryInfo adam{"optimizer", "adam", "Adam", {}, {}};
  EXPECT_EQ(describe_markdown(std::vector<EntryInfo>{adam, adam}),
            "## optimizer `adam`\nAdam\n\n## optimizer `adam`\nAdam\n");
}

TEST(Describe, MarkdownEscapesWhatWouldEndACellOrVanish) {
  ParameterInfo info;
  info.name = "a|b";
  info.type = "text";
  info.fallback = "\"x|y\"";
  info.doc = "|u| < *v*\nand <w>";
  info.rule = "1|2";
  const std::string table = describe_markdown(std::vector<ParameterInfo>{info});
  EXPECT_EQ(table.substr(table.find("| `")),
            R"(| `a\|b` | text | `"x\|y"` | \|u\| \< \*v\* and \<w> (1\|2) |
)");
}

TEST(Describe, ForeignBytesStillMakeJson) {
  ParameterInfo info;
  info.name = "x";
  info.doc = "caf\xe9";
  const auto json = nlohmann::json::parse(describe_json(std::vector<ParameterInfo>{info}));
  EXPECT_EQ(json[0]["doc"], "caf\xef\xbf\xbd");
}

}  // namespace
}  // namespace banach
