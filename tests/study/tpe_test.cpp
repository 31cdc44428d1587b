// SPDX-License-Identifier: Apache-2.0
#include "core/study/tpe.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/study/search_toy.hpp"

namespace banach {
namespace {

Dimension real(double low, double high, bool log = false) {
  Dimension d;
  d.name = d.key = "x", d.low = low, d.high = high, d.log = log;
  return d;
}

Dimension integer(double low, double high, bool log = false) {
  Dimension d = real(low, high, log);
  d.kind = Dimension::Kind::integer, d.step = 1;
  return d;
}

Dimension choice(std::size_t n) {
  Dimension d = integer(0, static_cast<double>(n - 1));
  d.kind = Dimension::Kind::choice;
  d.choices.assign(n, Value(1));
  return d;
}

TEST(Parzen, DensityIntegratesToOne) {
  for (const bool log : {false, true}) {
    const Dimension d = real(0.1, 3, log);
    const Parzen p(d, {0.1, 0.5, 0.6, 2.9}, {1, 0.5, 1, 2});
    const double a = d.inner_low(), b = d.inner_high();
    constexpr int n = 20000;
    double sum = 0;
    for (int i = 0; i < n; ++i)
      sum += std::exp(p.log_density(d.from_inner(a + (b - a) * (i + 0.5) / n))) * (b - a) / n;
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(Parzen, ProbabilitiesOfDiscreteValuesSumToOne) {
  for (const Dimension& d : {integer(-3, 12), integer(1, 40, true), choice(5)}) {
    const Parzen p(d, {1, 3, 3}, {1, 1, 1});
    double sum = 0;
    for (double x = d.low; x <= d.high; ++x) sum += std::exp(p.log_density(x));
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(Parzen, SamplesFollowTheDensity) {
  for (const Dimension& d : {integer(1, 8), integer(1, 8, true), choice(8)}) {
    const Parzen p(d, {2, 3, 7}, {1, 1, 3});
    const Stream stream(5, "test");
    constexpr int n = 40000;
    std::vector<double> found(9);
    for (std::uint64_t i = 0; i < n; ++i)
      found[static_cast<std::size_t>(p.sample(stream, i))] += 1.0 / n;
    for (double x = d.low; x <= d.high; ++x)
      EXPECT_NEAR(found[static_cast<std::size_t>(x)], std::exp(p.log_density(x)), 0.01);
  }
}

TEST(Parzen, SamplesStayInsideTheRange) {
  const Dimension d = real(1e-4, 1e-1, true);
  const Parzen p(d, {1e-4, 1e-4, 1e-1}, {1, 1, 1});
  const Stream stream(1, "test");
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double x = p.sample(stream, i);
    EXPECT_GE(x, 1e-4);
    EXPECT_LE(x, 1e-1);
  }
}

TEST(Parzen, WithoutObservationsThePriorSpeaks) {
  const Dimension d = choice(4);
  const Parzen p(d, {}, {});
  for (double x = 0; x < 4; ++x) EXPECT_NEAR(std::exp(p.log_density(x)), 0.25, 1e-12);
}

TEST(Parzen, ManyObservationsOfOneChoiceLeaveTheOthersAChance) {
  const Dimension d = choice(3);
  const Parzen p(d, std::vector<double>(50, 1.0), std::vector<double>(50, 1.0));
  EXPECT_GT(std::exp(p.log_density(1)), 0.9);
  EXPECT_GT(std::exp(p.log_density(0)), 1e-3);
}

TEST(Tpe, OldTrialsFade) {
  EXPECT_EQ(age_weights(25), std::vector<double>(25, 1.0));
  const auto w = age_weights(45);
  EXPECT_DOUBLE_EQ(w.front(), 1.0 / 45);
  EXPECT_DOUBLE_EQ(w[19], 1);
  EXPECT_DOUBLE_EQ(w.back(), 1);
  EXPECT_TRUE(std::is_sorted(w.begin(), w.end()));
}

TEST(Tpe, ATenthIsGood) {
  EXPECT_EQ(good_count(10), 1u);
  EXPECT_EQ(good_count(11), 2u);
  EXPECT_EQ(good_count(1000), 25u);
}

// The best of n trials by the given startup; more than n: all random.
double best_of(const Space& space, double (*f)(const std::vector<double>&), std::uint64_t seed,
               std::uint64_t n, std::int64_t startup) {
  std::vector<std::vector<double>> points;
  std::vector<double> values;
  std::vector<std::size_t> order;
  for (std::uint64_t k = 0; k < n; ++k) {
    points.push_back(suggest_tpe(space, points, order, Stream(seed, "search", k), {startup, 24}));
    values.push_back(f(points.back()));
    order.push_back(k);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  }
  return values[order.front()];
}

double mean_best(const Space& space, double (*f)(const std::vector<double>&),
                 std::int64_t startup) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) sum += best_of(space, f, seed, 40, startup);
  return sum / 40;
}

TEST(Tpe, BeatsRandomOnAQuadratic) {
  const Space space = {real(-5, 5), real(-5, 5)};
  const auto f = [](const std::vector<double>& p) {
    return (p[0] - 1) * (p[0] - 1) + (p[1] + 2) * (p[1] + 2);
  };
  EXPECT_LT(mean_best(space, f, 10), 0.5 * mean_best(space, f, 1000));
}

TEST(Tpe, BeatsRandomOnChoicesAndIntegers) {
  const Space space = {choice(6), integer(0, 100)};
  const auto f = [](const std::vector<double>& p) {
    return (p[0] == 4 ? 0.0 : 1.0) + std::abs(p[1] - 71) / 100;
  };
  EXPECT_LT(mean_best(space, f, 10), 0.5 * mean_best(space, f, 1000));
}

TEST(Tpe, BeatsRandomOnTheToy) {
  EXPECT_LT(mean_best(testing::toy_space(), testing::toy, 10),
            0.9 * mean_best(testing::toy_space(), testing::toy, 1000));
}

TEST(Tpe, SameSeedSameSuggestions) {
  const Space space = testing::toy_space();
  EXPECT_EQ(best_of(space, testing::toy, 3, 30, 10), best_of(space, testing::toy, 3, 30, 10));
  EXPECT_NE(best_of(space, testing::toy, 3, 30, 10), best_of(space, testing::toy, 4, 30, 10));
}

}  // namespace
}  // namespace banach
