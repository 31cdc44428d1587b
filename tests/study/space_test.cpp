// SPDX-License-Identifier: Apache-2.0
#include "core/study/space.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/parameters/toml.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;

Space space_of(const std::string& lines) {
  const Table table = parse_toml(lines, "space.toml");
  Diagnostics diagnostics;
  Space space = read_space(table, table.source, diagnostics);
  diagnostics.throw_if_any();
  return space;
}

std::string complaint(const std::string& lines) {
  return error_of([&] { space_of(lines); }).second;
}

// Every distinct value on a fine grid of the unit interval, with its share.
std::map<double, double> shares(const Dimension& d) {
  constexpr int n = 100000;
  std::map<double, double> out;
  for (int i = 0; i < n; ++i) out[d.from_unit((i + 0.5) / n)] += 1.0 / n;
  return out;
}

TEST(Space, RandintExcludesItsUpperEndAndSharesEvenly) {
  const auto space = space_of("batch = { randint = [1, 5] }");
  ASSERT_EQ(space.size(), 1u);
  EXPECT_EQ(space[0].key, "batch");
  const auto found = shares(space[0]);
  ASSERT_EQ(found.size(), 4u);
  for (int value = 1; value < 5; ++value) EXPECT_NEAR(found.at(value), 0.25, 1e-4);
}

TEST(Space, StepQuantises) {
  const auto space =
      space_of("a = { uniform = [0, 1], step = 0.3 }\nb = { randint = [2, 9], step = 3 }");
  EXPECT_EQ(shares(space[0]).size(), 4u);  // 0, 0.3, 0.6, 0.9
  EXPECT_NEAR(space[0].high, 0.9, 1e-12);
  EXPECT_EQ(space[1].extremes(), (std::vector<double>{2, 8}));
  EXPECT_EQ(to_text(space[1].written(5)), "5");
}

TEST(Space, LoguniformIsUniformInTheLogarithm) {
  const auto space = space_of("lr = { key = \"stage.0.lr\", loguniform = [1e-4, 1e-2] }");
  EXPECT_NEAR(space[0].from_unit(0.5), 1e-3, 1e-15);
  EXPECT_NEAR(space[0].from_unit(0), 1e-4, 1e-18);
  const auto overrides = overrides_at(space, {0.001});
  EXPECT_EQ(overrides.at(0).word(), "stage.0.lr=0.001");
}

TEST(Space, LograndintCoversEveryInteger) {
  const auto space = space_of("n = { lograndint = [1, 9] }");
  const auto found = shares(space[0]);
  ASSERT_EQ(found.size(), 8u);
  EXPECT_NEAR(found.at(1), std::log(3.0) / std::log(17.0), 1e-4);
}

TEST(Space, ChoicesAreWrittenAsTheyStand) {
  const auto space = space_of("a = { choice = [\"tanh\", 3, { type = \"cosine\" }, [8, 8]] }");
  EXPECT_EQ(to_text(space[0].written(0)), "\"tanh\"");
  EXPECT_EQ(to_text(space[0].written(1)), "3");
  EXPECT_EQ(overrides_at(space, {2}).at(0).word(), "a={ type = \"cosine\" }");
  EXPECT_EQ(overrides_at(space, {3}).at(0).word(), "a=[8, 8]");
  EXPECT_EQ(space[0].extremes().size(), 4u);
}

TEST(Space, ErrorsNameThePlaceAndTheReason) {
  EXPECT_EQ(complaint(""),
            "space.toml:1:1: tune.space: is empty; name at least one hyperparameter");
  EXPECT_EQ(complaint("lr = 3"), "space.toml:1:6: tune.space.lr: expected table, got integer 3");
  EXPECT_EQ(complaint("lr = {}"),
            "space.toml:1:1: tune.space.lr: says not what it may be; give one of uniform, "
            "loguniform, randint, lograndint, choice");
  EXPECT_EQ(complaint("lr = { uniform = [0, 1], choice = [1] }"),
            "space.toml:1:1: tune.space.lr: says several things; give one of uniform, "
            "loguniform, randint, lograndint, choice");
  EXPECT_EQ(complaint("lr = { unifrom = [0, 1] }"),
            "space.toml:1:8: lr has no parameter \"unifrom\"; did you mean \"uniform\"?");
  EXPECT_EQ(complaint("lr = { uniform = [1, 0] }"),
            "space.toml:1:18: tune.space.lr.uniform: lower must be below upper, got [1.0, 0.0]");
  EXPECT_EQ(complaint("lr = { uniform = [1] }"),
            "space.toml:1:18: tune.space.lr.uniform: expected [lower, upper], got a list of 1");
  EXPECT_EQ(complaint("lr = { loguniform = [0, 1] }"),
            "space.toml:1:21: tune.space.lr.loguniform: lower must be > 0, got 0.0");
  EXPECT_EQ(complaint("n = { randint = [4, 4] }"),
            "space.toml:1:17: tune.space.n.randint: lower must be below upper, got [4, 4]");
  EXPECT_EQ(complaint("n = { randint = [0.5, 4] }"),
            "space.toml:1:18: n.randint.0: expected integer, got number 0.5");
  EXPECT_EQ(complaint("n = { lograndint = [0, 4] }"),
            "space.toml:1:20: tune.space.n.lograndint: lower must be >= 1, got 0");
  EXPECT_EQ(complaint("n = { randint = [0, 9223372036854775807] }"),
            "space.toml:1:21: n.randint.1 = 9223372036854775807: must be <= 9007199254740992 "
            "([lower, upper), integers)");
  EXPECT_EQ(complaint("a = { choice = [] }"),
            "space.toml:1:16: tune.space.a.choice: is empty; give at least one value");
  EXPECT_EQ(complaint("a = { choice = [1, 2, 1] }"),
            "space.toml:1:16: tune.space.a.choice: 1 stands there twice");
  EXPECT_EQ(complaint("lr = { loguniform = [1, 2], step = 0.1 }"),
            "space.toml:1:36: tune.space.lr.step: goes with uniform and randint alone");
  EXPECT_EQ(complaint("n = { randint = [1, 9], step = 0.5 }"),
            "space.toml:1:32: tune.space.n.step: must be an integer with randint, got 0.5");
  EXPECT_EQ(complaint("n = { uniform = [0, 1], step = 3 }"),
            "space.toml:1:32: tune.space.n.step: must be at most upper - lower, got 3.0");
  EXPECT_EQ(
      complaint("n = { uniform = [0, 1], step = -1 }"),
      "space.toml:1:32: n.step = -1: must be > 0 (of uniform and randint: only lower, lower + "
      "step, ...)");
  EXPECT_EQ(
      complaint("a = { key = \"x\", uniform = [0, 1] }\nb = { key = \"x\", uniform = [0, 1] }"),
      "space.toml:2:1: tune.space.b: sets x, as tune.space.a does already");
}

}  // namespace
}  // namespace banach
