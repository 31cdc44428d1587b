// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/write_toml.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "core/parameters/toml.hpp"

namespace banach {
namespace {

struct Clip {
  double norm = 1.0;
};
void describe(Schema<Clip>& s) { s.field("norm", &Clip::norm, "largest gradient").positive(); }

struct Stage {
  std::string optimizer = "adam";
  Clip clip;
  std::int64_t steps = 1000;
};
void describe(Schema<Stage>& s) {
  s.field("optimizer", &Stage::optimizer, "by name").one_of({"adam", "sgd"});
  s.field("clip", &Stage::clip, "bounds");
  s.field("steps", &Stage::steps, "updates").at_least(1);
}

struct Plan {
  std::string name = "run";
  std::optional<double> limit;
  std::vector<Stage> stages;
  Table grid;
  std::map<std::string, Clip> terms;
};
void describe(Schema<Plan>& s) {
  s.field("name", &Plan::name,
          "of the run directory\nand of much more that does not fit on one line");
  s.field("limit", &Plan::limit, "of something");
  s.field("stage", &Plan::stages, "in order");
  s.field("grid", &Plan::grid, "points of each axis");
  s.named(&Plan::terms, "of one term");
}

TEST(WriteToml, FollowsTheSchemaAndCommentsEveryParameter) {
  Diagnostics diagnostics;
  const Schema<Plan> schema;
  const Plan plan = schema.read(
      parse_toml("[initial]\n[grid]\nx = 40\n[[stage]]\nsteps = 5\n[[stage]]\n", "t"), diagnostics);
  diagnostics.throw_if_any();
  EXPECT_EQ(write_toml(schema.write(plan), schema.info()),
            R"(# of the run directory and of much more that does not fit on one line
name = "run"

[[stage]]                                 # in order
optimizer = "adam"                        # by name (one of "adam", "sgd")
steps = 5                                 # updates (>= 1)

[stage.clip]                              # bounds
norm = 1.0                                # largest gradient (> 0)

[[stage]]                                 # in order
optimizer = "adam"                        # by name (one of "adam", "sgd")
steps = 1000                              # updates (>= 1)

[stage.clip]                              # bounds
norm = 1.0                                # largest gradient (> 0)

[grid]                                    # points of each axis
x = 40

[initial]                                 # of one term
norm = 1.0                                # largest gradient (> 0)
)");
}

TEST(WriteToml, ResolvingTwiceGivesTheSameFile) {
  const Schema<Plan> schema;
  Plan plan;
  plan.limit = 0.1;
  plan.stages.resize(2);
  plan.terms["my term"].norm = 1e-300;
  const std::string once = write_toml(schema.write(plan), schema.info());
  Diagnostics diagnostics;
  const Plan back = schema.read(parse_toml(once, "resolved.toml"), diagnostics);
  diagnostics.throw_if_any();
  EXPECT_EQ(write_toml(schema.write(back), schema.info()), once);
  EXPECT_EQ(back.limit, 0.1);
}

TEST(WriteToml, ShortTablesStayOnTheirLineBelowTheTop) {
  const std::string text =
      "[problem]\nk = { learn = 0.3, max = 1.0 }\n\n[problem.long]\n"
      "a = \"0123456789012345678901234567890123456789012345678901234567890\"\n";
  EXPECT_EQ(write_toml(parse_toml(text, "t")), text);
}

TEST(WriteToml, EmptyTablesAndListsStay) {
  Table table;
  table.set("list", Value::List{});
  table.set("none", Table{});
  table.set("empty", Value::List{Table{}, Table{}});
  EXPECT_EQ(write_toml(table), "list = []\n\n[none]\n\n[[empty]]\n\n[[empty]]\n");
}

/// Random tables with all that a key, text or number may be.
class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}

  Table table(int depth) {
    Table out;
    for (std::size_t i = below(6); i > 0; --i) out.set(name(), value(depth));
    return out;
  }

 private:
  std::size_t below(std::size_t count) { return random_() % count; }

  std::string text() {
    static const char* const pieces[] = {"a",   "lr",       "Z9",
                                         "-",   "_",        "\"",
                                         "'",   "\\",       "\n",
                                         "\r",  "\t",       "~",
                                         "$",   " ",        ".",
                                         "#",   "[",        "]]",
                                         "=",   "\xc3\xa9", "\xf0\x9f\x98\x80",
                                         "'''", "\"\"\"",   "{",
                                         "}",   ",",        "\xe2\x80\xa6",
                                         "0"};
    std::string out;
    for (std::size_t i = below(5); i > 0; --i) out += pieces[below(std::size(pieces))];
    return out;
  }

  /// Names have no line ends and tabs.
  std::string name() {
    std::string out = text();
    for (char& c : out)
      if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    return out;
  }

  double number() {
    const std::uint64_t bits = random_();
    double out = 0;
    std::memcpy(&out, &bits, sizeof out);
    return below(2) ? out : static_cast<double>(static_cast<std::int64_t>(bits) >> below(63));
  }

  Value value(int depth) {
    switch (below(depth > 0 ? 8 : 4)) {
      case 0:
        return below(2) == 0;
      case 1:
        return static_cast<std::int64_t>(random_()) >> below(63);
      case 2:
        return number();
      case 3:
        return text();
      case 4:
      case 5: {
        Value::List list;
        for (std::size_t i = below(4); i > 0; --i) list.push_back(value(depth - 1));
        return list;
      }
      case 6: {
        Value::List list;
        for (std::size_t i = below(4); i > 0; --i) list.push_back(table(depth - 1));
        return list;
      }
      default:
        return table(depth - 1);
    }
  }

  std::mt19937_64 random_;
};

/// The text of a table whatever the order of its keys.
std::string sorted(const Value& value) {
  if (const auto* list = value.get<Value::List>()) {
    std::string out = "[";
    for (const auto& item : *list) out += sorted(item) + ",";
    return out + "]";
  }
  const auto* table = value.get<Table>();
  if (!table) return to_text(value);
  std::vector<std::string> lines;
  for (const auto& [key, item] : table->entries)
    lines.push_back(to_text(Value(key)) + "=" + sorted(item));
  std::sort(lines.begin(), lines.end());
  return "{" + join(lines) + "}";
}

TEST(WriteToml, EveryTableReadsBackToTheSameTable) {
  std::size_t bytes = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const Table table = Random(seed).table(5);
    const std::string text = write_toml(table);
    bytes += text.size();
    ASSERT_EQ(sorted(parse_toml(text, "t")), sorted(table)) << "seed " << seed << "\n" << text;
  }
  EXPECT_GT(bytes, 300000u);  // the tables are not all empty
}

TEST(WriteToml, DeepTablesReadBackToo) {
  Table table;
  table.set("leaf", 1);
  for (int i = 0; i < 60; ++i) {
    Table outer;
    outer.set("level", i % 3 == 0 ? Value(Value::List{table}) : Value(table));
    table = outer;
    if (i % 3 == 0) ++i;  // a list counts as a level of its own
  }
  EXPECT_EQ(sorted(parse_toml(write_toml(table), "t")), sorted(table));
}

}  // namespace
}  // namespace banach
