// SPDX-License-Identifier: Apache-2.0
#include "banach/coefficient.hpp"

#include <gtest/gtest.h>

#include "core/parameters/toml.hpp"

namespace banach {
namespace {

struct Problem {
  Coefficient rate = 1.0;
};
void describe(Schema<Problem>& s) { s.field("rate", &Problem::rate, "r").positive(); }

std::string complaint(const std::string& value) {
  Diagnostics diagnostics;
  Schema<Problem>().read(parse_toml("rate = " + value, "p.toml"), diagnostics);
  return join(diagnostics.lines(), "\n");
}

TEST(CoefficientTable, LearnAndInputExcludeEachOther) {
  EXPECT_EQ(complaint("{ learn = 0.3, input = [0.1, 2.0] }"),
            "p.toml:1:8: rate: learn and input exclude each other: learn finds the value, input "
            "makes it an axis of the solution");
}

TEST(CoefficientTable, BoundsGoWithLearnAlone) {
  EXPECT_EQ(complaint("{ input = [0.1, 2.0], min = 0.1 }"),
            "p.toml:1:36: rate.min: goes with learn, not with input; the range of an input is "
            "input = [lower, upper]");
}

TEST(CoefficientTable, NeitherSaysWhatMayStandThere) {
  EXPECT_EQ(complaint("{ min = 0.1 }"),
            "p.toml:1:8: rate: expected a number, { learn = START, min = ..., max = ... } or "
            "{ input = [lower, upper] }");
}

TEST(CoefficientTable, RangesAscendAndAreFinite) {
  const std::string text = ": must be a range [lower, upper] with lower < upper";
  EXPECT_EQ(complaint("{ input = [2.0, 1.0] }"), "p.toml:1:18: rate.input" + text);
  EXPECT_EQ(complaint("{ input = [-1.5e308, 1.5e308] }"), "p.toml:1:18: rate.input" + text);
  EXPECT_EQ(complaint("{ input = [nan, 1.0] }"),
            "p.toml:1:19: rate.input.0: expected a finite number, got nan");
  EXPECT_EQ(complaint("{ learn = 3.0, max = 2.0 }"),
            "p.toml:1:18: rate.learn = 3.0: must lie between min and max");
}

}  // namespace
}  // namespace banach
