// SPDX-License-Identifier: Apache-2.0
#include "banach/config.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>

#include "core/parameters/text.hpp"

namespace banach {
namespace {

TEST(Table, KeepsTheOrderOfFirstInsertion) {
  Table table;
  table.set("b", 1);
  table.set("a", 2);
  table.set("b", 3);
  ASSERT_EQ(table.entries.size(), 2u);
  EXPECT_EQ(table.entries[0].first, "b");
  EXPECT_EQ(*table.find("b")->get<std::int64_t>(), 3);
  EXPECT_TRUE(table.erase("b"));
  EXPECT_FALSE(table.erase("b"));
  EXPECT_EQ(table.find("b"), nullptr);
}

TEST(Table, TextFallsBackWhereTheKeyIsAbsentOrNoText) {
  Table table;
  table.set("type", "heat");
  table.set("seed", 1);
  EXPECT_EQ(table.text("type"), "heat");
  EXPECT_EQ(table.text("seed", "none"), "none");
  EXPECT_EQ(table.text("absent", "none"), "none");
}

TEST(Value, ConstructorsKeepTheirTypes) {
  EXPECT_STREQ(type_name(Value(true)), "truth value");
  EXPECT_STREQ(type_name(Value(1)), "integer");
  EXPECT_STREQ(type_name(Value(std::size_t{1})), "integer");
  EXPECT_STREQ(type_name(Value(1.0)), "number");
  EXPECT_STREQ(type_name(Value("x")), "text");
  EXPECT_STREQ(type_name(Value(Value::List{})), "list");
  EXPECT_STREQ(type_name(Value(Table{})), "table");
}

TEST(Value, CopiesAreDeep) {
  Table table;
  table.set("a", Value::List{1, "x"});
  const Value copy(table);
  table.set("a", 2);
  EXPECT_EQ(to_text(copy), "{ a = [1, \"x\"] }");
}

TEST(Text, ValuesAreOneLineOfToml) {
  Table inner;
  inner.set("a b", 1.0);
  Table table;
  table.set("list", Value::List{true, -3, inner});
  table.set("none", Table{});
  EXPECT_EQ(to_text(Value(table)), "{ list = [true, -3, { \"a b\" = 1.0 }], none = {} }");
  EXPECT_EQ(to_text(Value("a\"b\\c\n\t\x01\x7f\xc3\xa9")),
            "\"a\\\"b\\\\c\\n\\t\\u0001\\u007F\xc3\xa9\"");
}

TEST(Text, NumbersAreShortestAndReadBackToTheSameBits) {
  EXPECT_EQ(to_text(1.0), "1.0");
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(-0.0), "-0.0");
  EXPECT_EQ(to_text(1e-4), "1e-04");
  EXPECT_EQ(to_text(1e300), "1e+300");
  EXPECT_EQ(to_text(INFINITY), "inf");
  EXPECT_EQ(to_text(-INFINITY), "-inf");
  EXPECT_EQ(to_text(NAN), "nan");
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double number = 0, back = 0;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) continue;
    back = std::strtod(to_text(number).c_str(), nullptr);
    ASSERT_EQ(std::memcmp(&number, &back, sizeof number), 0) << to_text(number);
  }
}

TEST(Text, SourcesNameFileLineAndColumn) {
  const auto file = std::make_shared<const std::string>("heat.toml");
  EXPECT_EQ(to_text(Source{file, 3, 1}), "heat.toml:3:1");
  EXPECT_EQ(to_text(Source{file, 0, 0}), "heat.toml");
  EXPECT_EQ(to_text(Source{}), "");
}

TEST(Text, NearestForgivesSmallSlipsOnly) {
  const std::vector<std::string> names = {"diffusivity", "length", "horizon", "lr"};
  EXPECT_EQ(nearest("difusivity", names), "diffusivity");
  EXPECT_EQ(nearest("lenght", names), "length");
  EXPECT_EQ(nearest("Horizon", names), "horizon");
  EXPECT_EQ(nearest("rl", names), "lr");
  EXPECT_EQ(nearest("width", names), "");
  EXPECT_EQ(nearest("x", names), "");
  EXPECT_EQ(nearest(std::string(100000, 'l'), names), "");
}

TEST(Text, ShortenedKeepsCharactersWhole) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abc...");
  EXPECT_EQ(shortened("ab\xc3\xa9"
                      "defg",
                      6),
            "ab...");
}

TEST(Diagnostics, ThrowsEveryLineAtOnce) {
  Diagnostics diagnostics;
  EXPECT_NO_THROW(diagnostics.throw_if_any());
  diagnostics.error({std::make_shared<const std::string>("a.toml"), 1, 2}, "first");
  diagnostics.error({}, "second");
  try {
    diagnostics.throw_if_any();
    FAIL() << "nothing thrown";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "a.toml:1:2: first\nsecond");
    EXPECT_EQ(error.code(), Exit::config);
  }
}

}  // namespace
}  // namespace banach
