// SPDX-License-Identifier: Apache-2.0
// Every parameter of every catalog entry and of every configuration file, below, at and above its
// limits, and with values of every other type: the command goes on, or says file, line and key.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "core/parameters/text.hpp"
#include "core/training/guilty_key.hpp"
#include "tests/boundary/bases.hpp"

namespace banach::testing {
namespace {

struct Trial {
  Value value;
  bool allowed;  // by type and limits alone; what else a configuration needs may still refuse it
};

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Value table_of(const std::string& key, const Value& value) {
  Table out;
  out.set(key, value);
  return Value(std::move(out));
}

struct Bounds {
  explicit Bounds(const nlohmann::json& info) {
    const auto read = [&](const char* name, double& bound, bool& open, bool exclusive) {
      if (!info.contains(name) || info[name].is_null()) return;
      bound = info[name].get<double>(), open = exclusive;
    };
    read("minimum", low, above, false), read("exclusive_minimum", low, above, true);
    read("maximum", high, below, false), read("exclusive_maximum", high, below, true);
  }
  bool hold(double x) const {
    return (above ? x > low : x >= low) && (below ? x < high : x <= high);
  }
  double low = -inf, high = inf;
  bool above = false, below = false;
};

void integers(const Bounds& bounds, std::vector<Trial>& out) {
  std::vector<std::int64_t> values = {0,
                                      1,
                                      -1,
                                      2,
                                      std::int64_t{1} << 31,
                                      (std::int64_t{1} << 32) + 4,
                                      std::numeric_limits<std::int64_t>::max(),
                                      std::numeric_limits<std::int64_t>::min()};
  for (const double bound : {bounds.low, bounds.high})
    if (std::abs(bound) < 1e18)
      for (const int off : {-1, 0, 1}) values.push_back(static_cast<std::int64_t>(bound) + off);
  for (const auto value : values) out.push_back({value, bounds.hold(static_cast<double>(value))});
  out.push_back({2.0, bounds.hold(2)});
  for (const double value : {2.5, 1e300, nan, inf, -inf}) out.push_back({value, false});
}

void numbers(const Bounds& bounds, std::vector<Trial>& out) {
  std::vector<double> values = {0, 1, -1, 0.5, 1e-300, 1e300, -1e300};
  for (const double bound : {bounds.low, bounds.high})
    if (std::isfinite(bound))
      for (const double value : {bound, std::nextafter(bound, -inf), std::nextafter(bound, inf)})
        values.push_back(value);
  for (const double value : values) out.push_back({value, bounds.hold(value)});
  for (const double value : {nan, inf, -inf}) out.push_back({value, false});
  out.push_back({3, bounds.hold(3)});
}

void coefficients(std::vector<Trial>& out) {
  const Value::List range{Value(0.5), Value(1.5)}, backwards{Value(1.5), Value(0.5)};
  out.push_back({table_of("learn", 0.7), true});
  out.push_back({table_of("input", range), true});
  for (const Value& bad : {table_of("input", backwards), table_of("input", Value(1.0)),
                           table_of("input", Value::List{}), table_of("learn", nan),
                           table_of("learn", "x"), table_of("min", 0.0), table_of("lern", 1.0)})
    out.push_back({bad, false});
  Table both;
  both.set("learn", 1.0), both.set("input", range);
  out.push_back({both, false});
}

void texts(const nlohmann::json& info, std::vector<Trial>& out) {
  const auto& options = info["options"];
  for (const auto& option : options) out.push_back({option.get<std::string>(), true});
  for (const char* word : {"", "no such word"}) out.push_back({word, options.empty()});
  out.push_back({std::string(100'000, 'x'), options.empty()});
}

// Values of other types.
void strangers(const std::string& type, std::vector<Trial>& out) {
  const bool any = type == "value";
  const auto has = [&](const char* word) { return any || type.find(word) != std::string::npos; };
  const bool numeric = has("integer") || has("number") || has("coefficient");
  out.push_back({true, has("truth value") || has("true")});
  if (!numeric && !any) out.push_back({1, false}), out.push_back({1.5, false});
  if (!has("text")) out.push_back({"word", false}), out.push_back({"", false});
  if (!has("list")) out.push_back({Value::List{Value(Table())}, false});
  if (!has("table")) out.push_back({table_of("strange", 1), false});
  if (!has("list") && !has("table")) out.push_back({Value::List{}, false});
}

std::vector<Trial> of_element(const nlohmann::json& info, const std::string& type) {
  std::vector<Trial> out;
  if (type == "integer") integers(Bounds(info), out);
  if (type == "number" || type == "coefficient") numbers(Bounds(info), out);
  if (type == "coefficient") coefficients(out);
  if (type == "text") texts(info, out);
  const auto& options = info["options"];
  for (auto& one : out)
    if (type == "integer" && !options.empty())
      one.allowed = std::any_of(options.begin(), options.end(), [&](const auto& option) {
        return std::atof(option.template get<std::string>().c_str()) ==
               std::atof(to_text(one.value).c_str());
      });
  return out;
}

std::vector<Trial> trials(const nlohmann::json& info) {
  const std::string type = info["type"];
  const auto of = type.find(" of ");
  if (of == std::string::npos) {
    auto out = of_element(info, type);
    strangers(type, out);
    return out;
  }
  std::vector<Trial> out;
  for (const auto& one : of_element(info, type.substr(of + 4))) {
    const bool list = type.rfind("list", 0) == 0;
    out.push_back({list ? Value(Value::List{one.value}) : table_of("x", one.value), one.allowed});
  }
  out.push_back({Value::List{}, type.find("list of") != std::string::npos});
  out.push_back({Value(Table()), type.find("table") != std::string::npos});
  return out;
}

// "initial" of "sampling.initial", "points" of "sampling.initial.points".
std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

bool has_table(const Table& table, const std::string& path) {
  const auto dot = path.rfind('.');
  const Value* parent = dot == std::string::npos ? nullptr : value_at(table, path.substr(0, dot));
  return dot == std::string::npos || (parent && parent->get<Table>());
}

class Boundary : public ::testing::Test {
 protected:
  void judge(const Base& base, const Key& key, const Trial& trial) {
    Table table = base.table;
    set_key(table, key.path, trial.value);
    const Verdict verdict = enter(door_, scratch_, base.command, table);
    ++count_;
    const std::string what = base.name + ": " + key.path + " = " + shortened(to_text(trial.value));
    const bool refused = verdict.code == 78 || verdict.code == 65 || verdict.code == 66 ||
                         verdict.code == 76 ||  // a number so large that the first step overflows
                         (verdict.code == 73 && key.path.rfind("dataset.generate", 0) == 0);
    if (verdict.code != 0 && !refused) {
      ADD_FAILURE() << what << "\n ends with " << verdict.code << ": " << verdict.text;
      return;
    }
    if (!trial.allowed && verdict.code != 78)
      ADD_FAILURE() << what << "\n is taken: " << verdict.code << " " << verdict.text;
    if (verdict.code == 78)
      check_text(what, key, trial, has_table(base.table, key.path), verdict.text);
  }

  // A line for every error, each with its place; the key is named where it is to blame by itself.
  // `own`: in a table that the configuration has, so that nothing else is missing.
  void check_text(const std::string& what, const Key& key, const Trial& trial, bool own,
                  const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(has_place(line)) << what << "\n says no place: " << line;
    }
    if (!trial.allowed && own) {
      EXPECT_NE(text.find(last_part(key.path)), std::string::npos)
          << what << "\n does not name the key: " << text;
    }
  }

  const Scratch scratch_;
  const Door door_;
  std::int64_t count_ = 0;
};

TEST_F(Boundary, EveryValueIsTakenOrRefusedWithFileLineAndKey) {
  const char* text = std::getenv("BANACH_BOUNDARY_SHARE");  // one of so many is tried
  const std::int64_t share = text ? std::atoll(text) : 1;
  const char* only = std::getenv("BANACH_BOUNDARY_ONLY");
  std::int64_t number = 0;
  for (const auto& base : make_bases(door_, scratch_)) {
    if (only && base.name.find(only) == std::string::npos) continue;
    EXPECT_EQ(enter(door_, scratch_, base.command, base.table).text, "") << base.name;
    for (const auto& key : base.keys)
      for (const auto& trial : trials(key.info))
        if (number++ % share == 0) judge(base, key, trial);
  }
  std::printf("%lld cases\n", static_cast<long long>(count_));
  if (!only) {
    EXPECT_GE(count_, 1000);
  }
}

TEST_F(Boundary, ACrashAndAHangAreSeen) {
  EXPECT_EQ(in_child([]() -> Verdict { std::abort(); }).code, 128 + 6);
  EXPECT_EQ(in_child([] { return Verdict{78, "said"}; }).text, "said");
  const Verdict memory = in_child([]() -> Verdict {
    try {
      const std::vector<char> all(std::size_t{1} << 40);
      return {static_cast<int>(all[7]), ""};
    } catch (const std::bad_alloc&) {
      return {78, "no memory"};
    }
  });
  EXPECT_EQ(memory.code, 78);
}

}  // namespace
}  // namespace banach::testing
