// SPDX-License-Identifier: Apache-2.0
#include "banach/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/sampling/enroll.hpp"

namespace banach {
namespace {

using Entries = std::vector<std::pair<std::string, Value>>;

std::shared_ptr<Schedule> make(const std::string& name, const Entries& entries = {}) {
  Registry registry;
  enroll_schedules(registry);
  Table table;
  for (const auto& [key, value] : entries) table.set(key, value);
  Diagnostics diagnostics;
  const auto* item = registry.schedules.find(name);
  EXPECT_NE(item, nullptr) << name;
  auto schedule = item->create(table, diagnostics);
  diagnostics.throw_if_any();
  return schedule;
}

Value number(double x) { return Value(x); }
Value integer(std::int64_t x) { return Value(x); }

TEST(Schedules, AllSevenAreEnrolled) {
  Registry registry;
  enroll_schedules(registry);
  EXPECT_EQ(registry.schedules.names(),
            (std::vector<std::string>{"constant", "cosine", "exponential", "multi_step",
                                      "one_cycle", "plateau", "step"}));
}

TEST(Schedules, ConstantRisesDuringWarmUpOnly) {
  const auto plain = make("constant");
  for (const int step : {0, 1, 999}) EXPECT_EQ(plain->factor(step, 1000), 1);
  const auto warm = make("constant", {{"warmup", integer(4)}});
  const double expected[] = {0.25, 0.5, 0.75, 1, 1, 1};
  for (int step = 0; step < 6; ++step) EXPECT_EQ(warm->factor(step, 100), expected[step]);
}

TEST(Schedules, StepDecaysEverySoManySteps) {
  const auto s =
      make("step", {{"every", integer(10)}, {"gamma", number(0.5)}, {"warmup", integer(2)}});
  EXPECT_EQ(s->factor(0, 100), 0.5);
  EXPECT_EQ(s->factor(9, 100), 1);
  EXPECT_EQ(s->factor(10, 100), 0.5);
  EXPECT_EQ(s->factor(19, 100), 0.5);
  EXPECT_EQ(s->factor(35, 100), 0.125);
}

TEST(Schedules, MultiStepDecaysAtTheGivenSteps) {
  const Value at(Value::List{integer(30), integer(5), integer(10)});
  const auto s = make("multi_step", {{"at", at}, {"gamma", number(0.5)}});
  EXPECT_EQ(s->factor(4, 100), 1);
  EXPECT_EQ(s->factor(5, 100), 0.5);
  EXPECT_EQ(s->factor(29, 100), 0.25);
  EXPECT_EQ(s->factor(30, 100), 0.125);
}

TEST(Schedules, ExponentialReachesFinalOrFollowsGamma) {
  const auto end = make("exponential", {{"final", number(0.01)}});
  EXPECT_EQ(end->factor(0, 101), 1);
  EXPECT_NEAR(end->factor(50, 101), 0.1, 1e-15);
  EXPECT_NEAR(end->factor(100, 101), 0.01, 1e-16);
  EXPECT_EQ(end->factor(0, 1), 1);
  const auto each = make("exponential", {{"gamma", number(0.5)}});
  EXPECT_EQ(each->factor(3, 101), 0.125);
}

TEST(Schedules, CosineFallsFromTheWarmUpToFinal) {
  const auto s = make("cosine", {{"warmup", integer(10)}, {"final", number(0.1)}});
  EXPECT_EQ(s->factor(0, 110), 0.1);
  EXPECT_EQ(s->factor(9, 110), 1);
  EXPECT_EQ(s->factor(10, 110), 1);
  EXPECT_NEAR(s->factor(35, 110), 0.1 + 0.45 * (1 + std::sqrt(0.5)), 1e-15);
  EXPECT_NEAR(s->factor(60, 110), 0.55, 1e-15);
  EXPECT_NEAR(s->factor(110, 110), 0.1, 1e-15);
  EXPECT_EQ(make("cosine", {{"warmup", integer(100)}})->factor(9, 20), 0.1);
}

// torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=100), PyTorch's defaults.
TEST(Schedules, OneCycleIsPyTorchs) {
  const auto s = make("one_cycle");
  EXPECT_NEAR(s->factor(0, 100), 0.04, 1e-15);
  EXPECT_NEAR(s->factor(29, 100), 1, 1e-15);
  const double pi = std::acos(-1.0);
  EXPECT_NEAR(s->factor(10, 100), 1 + (0.04 - 1) / 2 * (1 + std::cos(pi * 10 / 29)), 1e-15);
  EXPECT_NEAR(s->factor(64, 100), 4e-6 + (1 - 4e-6) / 2, 1e-12);
  EXPECT_NEAR(s->factor(99, 100), 4e-6, 1e-15);
  EXPECT_NEAR(make("one_cycle", {{"rise", number(0)}})->factor(0, 100), 1, 1e-15);
}

TEST(Schedules, PlateauDecaysAfterPatienceStepsWithoutImprovement) {
  const auto s = make("plateau", {{"patience", integer(20)},
                                  {"factor", number(0.5)},
                                  {"min", number(0.2)},
                                  {"threshold", number(0.01)}});
  s->observe(0, 1.0);
  s->observe(10, 0.5);
  s->observe(20, 0.496);  // better, but by less than the threshold
  EXPECT_EQ(s->factor(21, 1000), 1);
  s->observe(30, std::nan(""));
  EXPECT_EQ(s->factor(31, 1000), 0.5);
  s->observe(40, 0.4);
  s->observe(59, 0.4);
  EXPECT_EQ(s->factor(60, 1000), 0.5);
  s->observe(60, 0.4);
  EXPECT_EQ(s->factor(61, 1000), 0.25);
  s->observe(80, 0.4);
  s->observe(100, 0.4);
  EXPECT_EQ(s->factor(101, 1000), 0.2);
}

TEST(Schedules, PlateauUnderstandsNegativeMetrics) {
  const auto s = make("plateau", {{"patience", integer(5)}, {"threshold", number(0.1)}});
  s->observe(0, -1.0);
  s->observe(4, -1.2);
  s->observe(8, -1.2);
  EXPECT_EQ(s->factor(8, 100), 1);
  s->observe(9, -1.25);
  EXPECT_EQ(s->factor(9, 100), 0.5);
}

TEST(Schedules, PlateauGoesOnExactlyFromItsState) {
  const auto metric = [](int step) { return 1.0 / (1 + std::min(step, 40)); };
  for (int k = 0; k < 100; k += 7) {
    const auto whole = make("plateau", {{"patience", integer(10)}}),
               first = make("plateau", {{"patience", integer(10)}}),
               second = make("plateau", {{"patience", integer(10)}});
    for (int step = 0; step < 100; ++step) {
      whole->observe(step, metric(step));
      if (step == k) second->restore(first->state());
      (step < k ? first : second)->observe(step, metric(step));
    }
    EXPECT_EQ(whole->state(), second->state()) << k;
    EXPECT_LT(whole->factor(99, 100), 0.1);
  }
}

TEST(Schedules, AStateOfAnotherScheduleIsRefused) {
  const auto text = [](Schedule& s, const std::vector<double>& state) -> std::string {
    try {
      s.restore(state);
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(text(*make("constant"), {}), "");
  EXPECT_EQ(text(*make("constant"), make("plateau")->state()),
            "the saved schedule has 3 numbers, this one keeps none: resume with the schedule of "
            "the run");
  EXPECT_EQ(
      text(*make("plateau"), {}),
      "the saved schedule has 0 numbers, plateau keeps 3: resume with the schedule of the run");
}

TEST(Schedules, BrokenParametersAreReported) {
  const auto text = [](const std::string& name, const Entries& entries) -> std::string {
    try {
      make(name, entries);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_NE(text("step", {}).find("every"), std::string::npos);
  EXPECT_NE(text("step", {{"every", integer(0)}}).find("every = 0: must be >= 1"),
            std::string::npos);
  EXPECT_NE(text("cosine", {{"warmup", integer(-1)}}).find("warmup = -1: must be >= 0"),
            std::string::npos);
  EXPECT_NE(text("one_cycle", {{"rise", number(1.5)}}).find("rise = 1.5: must be <= 1"),
            std::string::npos);
}

}  // namespace
}  // namespace banach
