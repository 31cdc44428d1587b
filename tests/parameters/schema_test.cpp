// SPDX-License-Identifier: Apache-2.0
#include "banach/parameters.hpp"

#include <gtest/gtest.h>

#include "core/parameters/toml.hpp"

namespace banach {

/// A type with a Convert of its own: a number, or { from, to }.
struct Range {
  double from = 0, to = 0;
};
template <>
struct Convert<Range> {
  static std::string type() { return "number or { from, to }"; }
  static std::vector<ParameterInfo> children() { return {}; }
  static bool read(const Value& value, const std::string& path, Diagnostics& diagnostics,
                   Range& out) {
    if (!value.get<Table>()) {
      if (!Convert<double>::read(value, path, diagnostics, out.from)) return false;
      out.to = out.from;
      return true;
    }
    std::map<std::string, double> ends;
    if (!Convert<std::map<std::string, double>>::read(value, path, diagnostics, ends)) return false;
    out = {ends["from"], ends["to"]};
    return true;
  }
  static Value write(const Range& range) {
    Table table;
    table.set("from", range.from);
    table.set("to", range.to);
    return table;
  }
};

namespace {

struct Inner {
  double a = 1.5;
  std::optional<std::string> note;
};
void describe(Schema<Inner>& s) {
  s.field("a", &Inner::a, "a number").positive();
  s.field("note", &Inner::note, "a remark");
}

struct Base {
  bool fast = true;
};
struct All : Base {
  std::int64_t count = 3;
  double rate = 0.5;
  std::string name = "x";
  std::vector<std::int64_t> width{32};
  std::vector<double> numbers;
  std::vector<std::string> words{"a"};
  std::optional<double> limit;
  std::optional<std::vector<std::int64_t>> steps;
  std::map<std::string, double> weights;
  Inner inner;
  std::vector<Inner> list;
  std::map<std::string, Inner> by_name;
  Table free;
  Range range;
};
void describe(Schema<All>& s) {
  s.field("fast", &All::fast, "inherited");
  s.field("count", &All::count, "how many").at_least(1).at_most(10);
  s.field("rate", &All::rate, "how fast").positive();
  s.field("name", &All::name, "the name");
  s.field("width", &All::width, "of each layer").at_least(1);
  s.field("numbers", &All::numbers, "any");
  s.field("words", &All::words, "any").one_of({"a", "b"});
  s.field("limit", &All::limit, "upper end").positive();
  s.field("steps", &All::steps, "where");
  s.field("weights", &All::weights, "of terms");
  s.field("inner", &All::inner, "a table");
  s.field("list", &All::list, "tables");
  s.field("by_name", &All::by_name, "tables by name");
  s.field("free", &All::free, "anything");
  s.field("range", &All::range, "ends").where("rising", [](const Range& r) {
    return r.from <= r.to;
  });
}

All read(const std::string& text) {
  Diagnostics diagnostics;
  const All out = Schema<All>().read(parse_toml(text, "t"), diagnostics);
  diagnostics.throw_if_any();
  return out;
}

TEST(Schema, EmptyTableGivesTheDefaults) {
  const All all = read("");
  EXPECT_TRUE(all.fast);
  EXPECT_EQ(all.count, 3);
  EXPECT_EQ(all.width, std::vector<std::int64_t>{32});
  EXPECT_FALSE(all.limit);
  EXPECT_EQ(all.inner.a, 1.5);
}

TEST(Schema, ReadsEveryType) {
  const All all = read(R"(
fast = false
count = 10
rate = 2
name = ""
width = [64, 32]
numbers = [1, 2.5]
words = "b"
limit = 1e-3
steps = 7
weights = { initial = 10, "my term" = 0.5 }
inner = { a = 2.0, note = "n" }
list = [{ a = 3.0 }, {}]
by_name.first.a = 4
free = { x = [1] }
range = { from = 1, to = 2.0 }
)");
  EXPECT_FALSE(all.fast);
  EXPECT_EQ(all.count, 10);
  EXPECT_EQ(all.rate, 2.0);
  EXPECT_EQ(all.name, "");
  EXPECT_EQ(all.width, (std::vector<std::int64_t>{64, 32}));
  EXPECT_EQ(all.numbers, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(all.words, std::vector<std::string>{"b"});
  EXPECT_EQ(all.limit, 1e-3);
  EXPECT_EQ(all.steps, std::vector<std::int64_t>{7});
  EXPECT_EQ(all.weights, (std::map<std::string, double>{{"initial", 10}, {"my term", 0.5}}));
  EXPECT_EQ(all.inner.a, 2.0);
  EXPECT_EQ(all.inner.note, "n");
  ASSERT_EQ(all.list.size(), 2u);
  EXPECT_EQ(all.list[0].a, 3.0);
  EXPECT_EQ(all.list[1].a, 1.5);
  EXPECT_EQ(all.by_name.at("first").a, 4.0);
  EXPECT_EQ(to_text(Value(all.free)), "{ x = [1] }");
  EXPECT_EQ(all.free.path, "free");
  EXPECT_EQ(all.range.to, 2.0);
}

TEST(Schema, AListTakesASingleValueOrTable) {
  EXPECT_EQ(read("width = 7").width, std::vector<std::int64_t>{7});
  EXPECT_EQ(read("[list]\na = 9").list.at(0).a, 9.0);
  EXPECT_TRUE(read("width = []").width.empty());
}

TEST(Schema, WritesEverythingButEmptyOptionals) {
  All all;
  all.list.resize(1);
  const Table table = Schema<All>().write(all);
  EXPECT_EQ(table.find("limit"), nullptr);
  EXPECT_EQ(to_text(*table.find("list")), "[{ a = 1.5 }]");
  EXPECT_EQ(to_text(*table.find("range")), "{ from = 0.0, to = 0.0 }");
  EXPECT_EQ(table.entries.front().first, "fast");
  EXPECT_EQ(table.entries.size(), 13u);
  all.inner.note = "";  // present and empty, which is not absent
  EXPECT_EQ(to_text(*Schema<All>().write(all).find("inner")), "{ a = 1.5, note = \"\" }");
}

TEST(Schema, WhatItWritesReadsBackToTheSame) {
  const All all = read("rate = 0.1\nsteps = [1, 2]\nlimit = 3\nlist = [{ note = \"q\" }]\n");
  const Table once = Schema<All>().write(all);
  Diagnostics diagnostics;
  const All back = Schema<All>().read(once, diagnostics);
  diagnostics.throw_if_any();
  EXPECT_EQ(to_text(Value(Schema<All>().write(back))), to_text(Value(once)));
}

TEST(Schema, InfoTellsTypesDefaultsRulesAndChildren) {
  const auto info = Schema<All>().info();
  ASSERT_EQ(info.size(), 15u);
  EXPECT_EQ(info[1].name, "count");
  EXPECT_EQ(info[1].type, "integer");
  EXPECT_EQ(info[1].fallback, "3");
  EXPECT_EQ(info[1].rule, ">= 1, <= 10");
  EXPECT_EQ(info[1].doc, "how many");
  EXPECT_EQ(info[4].type, "list of integer");
  EXPECT_EQ(info[4].fallback, "[32]");
  EXPECT_EQ(info[6].rule, "one of \"a\", \"b\"");
  EXPECT_EQ(info[7].type, "number");
  EXPECT_EQ(info[7].fallback, "");
  EXPECT_FALSE(info[7].required);
  EXPECT_EQ(info[9].type, "table of number");
  EXPECT_EQ(info[10].children.size(), 2u);
  EXPECT_EQ(info[11].type, "list of table");
  EXPECT_EQ(info[11].children[0].name, "a");
  EXPECT_EQ(info[14].type, "number or { from, to }");
}

struct Weights {
  double fallback = 1;
  std::map<std::string, double> by_term;
};
void describe(Schema<Weights>& s) {
  s.field("fallback", &Weights::fallback, "of the others");
  s.named(&Weights::by_term, "of one term");
}

struct Sampling {
  std::int64_t points = 64;
  std::map<std::string, Inner> by_term;
  Table rest;
};
void describe(Schema<Sampling>& s) {
  s.field("points", &Sampling::points, "of every term");
  s.named(&Sampling::by_term, "of one term");
  s.rest(&Sampling::rest);
}

TEST(Schema, NamedTakesKeysThatNoFieldHas) {
  Diagnostics diagnostics;
  const Schema<Weights> schema;
  const Weights weights =
      schema.read(parse_toml("initial = 10\nfallback = 2\npde = 0.5", "t"), diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(weights.by_term, (std::map<std::string, double>{{"initial", 10}, {"pde", 0.5}}));
  EXPECT_EQ(to_text(Value(schema.write(weights))), "{ fallback = 2.0, initial = 10.0, pde = 0.5 }");
  EXPECT_EQ(schema.info().back().name, "<name>");
}

TEST(Schema, NamedTablesAndTheRestShareUnknownKeys) {
  Diagnostics diagnostics;
  const Schema<Sampling> schema;
  const Sampling sampling =
      schema.read(parse_toml("method = \"sobol\"\n[initial]\na = 2.0", "t"), diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(sampling.by_term.at("initial").a, 2.0);
  EXPECT_EQ(sampling.rest.text("method"), "sobol");
  EXPECT_EQ(to_text(Value(schema.write(sampling))),
            "{ points = 64, initial = { a = 2.0 }, method = \"sobol\" }");
  EXPECT_EQ(schema.info().back().children.size(), 2u);
}

}  // namespace
}  // namespace banach
