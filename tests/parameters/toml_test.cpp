// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/toml.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace banach {
namespace {

const char* const example = R"(# heat
name = "heat"
zeta = 1

[problem]
type = "heat"
conductivity = { learn = 0.3, min = 0.01 }

[sampling.initial]
points = 32

[[stage]]
lr = 1e-3
clip.norm = 1.0

[[stage]]
steps = 3
[stage.schedule]
type = "cosine"
)";

TEST(Toml, KeepsTheOrderOfTheFile) {
  const Table table = parse_toml(example, "heat.toml");
  std::vector<std::string> keys;
  for (const auto& entry : table.entries) keys.push_back(entry.first);
  EXPECT_EQ(join(keys), "name, zeta, problem, sampling, stage");
}

TEST(Toml, RemembersWhereKeysAndValuesStand) {
  const Table table = parse_toml(example, "heat.toml");
  EXPECT_EQ(to_text(table.source), "heat.toml:1:1");
  EXPECT_EQ(to_text(table.find("name")->key), "heat.toml:2:1");
  EXPECT_EQ(to_text(table.find("name")->source), "heat.toml:2:8");
  const Table& problem = *table.find("problem")->get<Table>();
  EXPECT_EQ(to_text(problem.source), "heat.toml:5:1");
  EXPECT_EQ(to_text(problem.find("conductivity")->get<Table>()->find("min")->key),
            "heat.toml:7:31");
  const auto& stages = *table.find("stage")->get<Value::List>();
  EXPECT_EQ(to_text(stages[1].get<Table>()->source), "heat.toml:16:1");
  EXPECT_EQ(to_text(stages[1].get<Table>()->find("schedule")->source), "heat.toml:18:1");
}

TEST(Toml, TablesKnowTheirPath) {
  const Table table = parse_toml(example, "heat.toml");
  const auto& stages = *table.find("stage")->get<Value::List>();
  EXPECT_EQ(table.path, "");
  EXPECT_EQ(table.find("sampling")->get<Table>()->find("initial")->get<Table>()->path,
            "sampling.initial");
  EXPECT_EQ(stages[0].get<Table>()->find("clip")->get<Table>()->path, "stage.0.clip");
}

TEST(Toml, ReadsEveryKindOfValue) {
  const Table table = parse_toml(
      "\xef\xbb\xbf"
      "a = true\nb = 0xff\nc = 1_000\nd = 1e-3\ne = -inf\nf = \"\\u00e9\\t\"\ng = 'C:\\x'\n"
      "h = \"\"\"\nx\\\n   y\"\"\"\ni = [1, 2.0, \"x\",\n # comment\n [{}],\n]\n\"j k\" = nan\r\n",
      "t");
  EXPECT_EQ(to_text(Value(table)),
            "{ a = true, b = 255, c = 1000, d = 0.001, e = -inf, f = \"\xc3\xa9\\t\", "
            "g = \"C:\\\\x\", h = \"xy\", i = [1, 2.0, \"x\", [{}]], \"j k\" = nan }");
  EXPECT_TRUE(parse_toml("", "t").entries.empty());
}

TEST(Toml, StringsMayHoldWhatTheGuardLooksFor) {
  const Table table = parse_toml(
      "a = \"[[ \\\" # {\"\nb = '] \\'\nc = \"\"\"\n[x\n\"quoted\" \\\"\"\"\\\"\n\"\"\"\"\n"
      "d = '''\n[[\n''''\n\"[\" = 1 # [[[\n[\"a ] b\".'c']\n",
      "t");
  EXPECT_EQ(table.text("a"), "[[ \" # {");
  EXPECT_EQ(table.text("b"), "] \\");
  EXPECT_EQ(table.text("c"), "[x\n\"quoted\" \"\"\"\"\n\"");
  EXPECT_EQ(table.text("d"), "[[\n'");
  EXPECT_NE(table.find("["), nullptr);
  EXPECT_NE(table.find("a ] b")->get<Table>()->find("c"), nullptr);
}

TEST(Toml, LettersOfAnyLanguageStayInStrings) {
  // toml++ asks of each whether it is a space, with undefined behaviour for most of them
  const std::string letters = "\xc3\xa9\xd0\xb6\xce\xb1\xe4\xb8\xad\xef\xbc\xa1\xf0\x9f\x98\x80";
  const Table table =
      parse_toml("a = \"\"\"" + letters + " \\\n  " + letters + "\"\"\"\nb = '''\n" + letters +
                     "'''\nc = \"" + letters + "\" # " + letters + "\n",
                 "t");
  EXPECT_EQ(table.text("a"), letters + " " + letters);
  EXPECT_EQ(table.text("b"), letters);
  EXPECT_EQ(table.text("c"), letters);
}

TEST(Toml, NumbersKeepEveryBit) {
  const Table table = parse_toml(
      "a = 9223372036854775807\nb = -9223372036854775808\nc = 0.1\nd = 5e-324\ne = -0.0\n", "t");
  EXPECT_EQ(*table.find("a")->get<std::int64_t>(), INT64_MAX);
  EXPECT_EQ(*table.find("b")->get<std::int64_t>(), INT64_MIN);
  EXPECT_EQ(*table.find("c")->get<double>(), 0.1);
  EXPECT_EQ(*table.find("d")->get<double>(), 5e-324);
  EXPECT_TRUE(std::signbit(*table.find("e")->get<double>()));
}

}  // namespace
}  // namespace banach
