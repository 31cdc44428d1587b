// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/limits.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/parameters/describe.hpp"
#include "core/parameters/toml.hpp"

namespace banach {
namespace {

struct Net {
  std::int64_t width = 4, seed = 0;
  double rate = 0.5, gain = 1, shift = 0;
  std::string activation = "tanh";
  std::optional<std::int64_t> level;
};
void describe(Schema<Net>& s) {
  s.field("width", &Net::width, "").at_least(1);
  s.field("seed", &Net::seed, "").at_most(std::int64_t{1} << 60);
  s.field("rate", &Net::rate, "").where("in [0, 1)", [](double r) { return r >= 0 && r < 1; });
  s.field("gain", &Net::gain, "").positive().at_most(1e3);
  s.field("shift", &Net::shift, "");
  s.field("activation", &Net::activation, "").one_of({"tanh", "sin"});
  s.field("level", &Net::level, "").at_least(1);
}

TEST(Limits, JsonHasTheBoundsOfEveryRule) {
  const auto json = nlohmann::json::parse(describe_json(Schema<Net>().info()));
  EXPECT_EQ(json[0]["minimum"], 1);
  EXPECT_EQ(json[0]["maximum"], 2147483647);
  EXPECT_EQ(json[1]["minimum"], -2147483648);
  EXPECT_EQ(json[1]["maximum"], std::int64_t{1} << 60);
  EXPECT_EQ(json[2]["minimum"], 0.0);
  EXPECT_EQ(json[2]["exclusive_maximum"], 1.0);
  EXPECT_EQ(json[3]["exclusive_minimum"], 0.0);
  EXPECT_EQ(json[3]["maximum"], 1000.0);
  EXPECT_TRUE(json[4]["minimum"].is_null() && json[4]["maximum"].is_null());
  EXPECT_EQ(json[5]["options"], (std::vector<std::string>{"tanh", "sin"}));
}

Net read(const std::string& text, std::string& errors) {
  Diagnostics diagnostics;
  const Net net = Schema<Net>().read(parse_toml(text, "net.toml"), diagnostics);
  errors = join(diagnostics.lines(), "\n");
  return net;
}

TEST(Limits, WholeNumbersAreIntegersHoweverTheyAreWritten) {
  std::string errors;
  EXPECT_EQ(read("width = 2e2", errors).width, 200);
  EXPECT_EQ(errors, "");
  read("width = 4e9", errors);
  EXPECT_EQ(errors, "net.toml:1:9: width = 4e+09: must be <= 2147483647");
}

TEST(Limits, WhatIsRefusedNeverLeavesTheReader) {
  std::string errors;
  const Net net =
      read("width = 4294967300\nrate = 1.5\nactivation = 3\nlevel = 0\ngain = \"x\"", errors);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 4) << errors;
  EXPECT_EQ(net.width, 4);
  EXPECT_EQ(net.rate, 0.5);
  EXPECT_EQ(net.activation, "tanh");
  EXPECT_EQ(net.gain, 1);
  EXPECT_EQ(net.level, 1);
}

}  // namespace
}  // namespace banach
