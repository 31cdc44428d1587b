// SPDX-License-Identifier: Apache-2.0
#include "banach/sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/sampling/enroll.hpp"

namespace banach {
namespace {

std::shared_ptr<Sampler> make(const std::string& name, const Table& table = {}) {
  Registry registry;
  enroll_samplers(registry);
  Diagnostics diagnostics;
  const auto* item = registry.samplers.find(name);
  EXPECT_NE(item, nullptr) << name;
  auto sampler = item->create(table, diagnostics);
  diagnostics.throw_if_any();
  return sampler;
}

std::vector<double> draw(const Sampler& sampler, std::int64_t n, int d, std::uint64_t step = 0) {
  std::vector<double> out(n * d, -1);
  sampler.points(n, d, Stream(11, "term", step), out.data());
  return out;
}

const std::vector<std::string> all = {"uniform", "grid", "latin_hypercube", "sobol", "halton"};

TEST(Samplers, AllFiveAreEnrolled) {
  Registry registry;
  enroll_samplers(registry);
  EXPECT_EQ(registry.samplers.names(),
            (std::vector<std::string>{"grid", "halton", "latin_hypercube", "sobol", "uniform"}));
}

TEST(Samplers, PointsFillTheirPlaceAndStayInTheUnitCube) {
  for (const auto& name : all)
    for (const int d : {1, 2, 3, 7})
      for (const std::int64_t wanted : {1, 2, 5, 64, 333}) {
        const auto sampler = make(name);
        const std::int64_t n = sampler->count(wanted, d);
        EXPECT_EQ(sampler->count(n, d), n);
        for (const double x : draw(*sampler, n, d)) {
          ASSERT_GE(x, 0) << name;
          ASSERT_LE(x, 1) << name;
        }
      }
}

TEST(Samplers, AStepIsRepeatableAndOtherStepsDifferUnlessNothingIsRandom) {
  for (const auto& name : all) {
    const auto sampler = make(name);
    EXPECT_EQ(draw(*sampler, 64, 2, 3), draw(*sampler, 64, 2, 3)) << name;
    EXPECT_EQ(draw(*sampler, 64, 2, 3) != draw(*sampler, 64, 2, 4), sampler->random()) << name;
    EXPECT_EQ(sampler->random(), name != "grid");
  }
}

// Every sampler integrates a smooth function; the error is in units of the Monte Carlo deviation.
TEST(Samplers, MeansOverManyStepsAreUnbiased) {
  for (const auto& name : {"uniform", "latin_hypercube", "sobol", "halton"}) {
    const auto sampler = make(name);
    double mean = 0, square = 0, corner = 0;
    constexpr int steps = 400, n = 10;
    for (int step = 0; step < steps; ++step) {
      const auto x = draw(*sampler, n, 2, step);
      for (int i = 0; i < n; ++i) {
        mean += x[2 * i] / (steps * n);
        square += x[2 * i + 1] * x[2 * i + 1] / (steps * n);
        corner += (x[2 * i] < 0.3 && x[2 * i + 1] > 0.6) / double(steps * n);
      }
    }
    EXPECT_NEAR(mean, 1 / 2.0, 5 * 0.289 / std::sqrt(steps * n)) << name;
    EXPECT_NEAR(square, 1 / 3.0, 5 * 0.298 / std::sqrt(steps * n)) << name;
    EXPECT_NEAR(corner, 0.12, 5 * 0.325 / std::sqrt(steps * n)) << name;
  }
}

TEST(UniformSampler, FirstPointsDoNotDependOnTheirNumber) {
  const auto few = draw(*make("uniform"), 5, 3), many = draw(*make("uniform"), 50, 3);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST(GridSampler, TakesTheClosestTensorGrid) {
  const auto grid = make("grid");
  EXPECT_EQ(grid->count(64, 2), 64);
  EXPECT_EQ(grid->count(50, 2), 49);
  EXPECT_EQ(grid->count(55, 2), 56);
  EXPECT_EQ(grid->count(100, 3), 100);  // 5 x 5 x 4
  EXPECT_EQ(grid->count(17, 1), 17);
  EXPECT_EQ(grid->count(1, 4), 1);
  EXPECT_EQ(grid->count(1000000007, 1), 1000000007);
  EXPECT_EQ(grid->count(5, 20), 4);
}

TEST(GridSampler, TouchesTheEndsOrNot) {
  EXPECT_EQ(draw(*make("grid"), 6, 2),
            (std::vector<double>{0, 0, 0, 1, 0.5, 0, 0.5, 1, 1, 0, 1, 1}));
  Table table;
  table.set("endpoints", Value(false));
  EXPECT_EQ(draw(*make("grid", table), 4, 2),
            (std::vector<double>{0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.75}));
  EXPECT_EQ(draw(*make("grid"), 1, 2), (std::vector<double>{0.5, 0.5}));
}

TEST(LatinHypercubeSampler, HitsEveryStratumOfEveryAxisOnce) {
  for (const int n : {1, 10, 64, 1000}) {
    const auto x = draw(*make("latin_hypercube"), n, 3);
    for (int axis = 0; axis < 3; ++axis) {
      std::set<int> strata;
      for (int i = 0; i < n; ++i) strata.insert(static_cast<int>(x[3 * i + axis] * n));
      EXPECT_EQ(strata.size(), static_cast<std::size_t>(n));
      EXPECT_LT(*strata.rbegin(), n);
    }
  }
}

TEST(LatinHypercubeSampler, AxesAreShuffledIndependently) {
  const auto x = draw(*make("latin_hypercube"), 2000, 2);
  double correlation = 0;
  for (int i = 0; i < 2000; ++i) correlation += 12 * (x[2 * i] - 0.5) * (x[2 * i + 1] - 0.5) / 2000;
  EXPECT_NEAR(correlation, 0, 5 / std::sqrt(2000.0));
}

// The first 2^m points of the first two axes are a (0, m, 2)-net: every box of area 2^-m holds one.
TEST(SobolSampler, BalancesEveryElementaryBox) {
  constexpr int m = 8;
  const auto x = draw(*make("sobol"), 1 << m, 2);
  for (int a = 0; a <= m; ++a) {
    std::set<std::pair<int, int>> boxes;
    for (int i = 0; i < 1 << m; ++i)
      boxes.emplace(static_cast<int>(x[2 * i] * (1 << a)),
                    static_cast<int>(x[2 * i + 1] * (1 << (m - a))));
    EXPECT_EQ(boxes.size(), 1u << m) << a;
  }
}

TEST(SobolSampler, BalancesEveryAxisInManyDimensions) {
  const auto x = draw(*make("sobol"), 64, 40);
  for (int axis = 0; axis < 40; ++axis) {
    std::set<int> strata;
    for (int i = 0; i < 64; ++i) strata.insert(static_cast<int>(x[40 * i + axis] * 64));
    EXPECT_EQ(strata.size(), 64u) << axis;
  }
}

TEST(HaltonSampler, AxisKIsBalancedInTheKthPrime) {
  const int bases[] = {2, 3, 5, 7, 11, 13};
  const auto x = draw(*make("halton"), 2 * 3 * 5 * 7 * 11 * 13, 6);
  for (int axis = 0; axis < 6; ++axis) {
    int cells = bases[axis];
    if (cells * bases[axis] <= 169) cells *= bases[axis];
    std::set<int> strata;
    for (int i = 0; i < cells; ++i) strata.insert(static_cast<int>(x[6 * i + axis] * cells));
    EXPECT_EQ(strata.size(), static_cast<std::size_t>(cells)) << axis;
  }
}

// The squared L2 star discrepancy (Warnock): low-discrepancy sets lie far below random points.
double discrepancy(const std::vector<double>& x, int n) {
  double single = 0, pairs = 0;
  for (int i = 0; i < n; ++i) {
    single += (1 - x[2 * i] * x[2 * i]) * (1 - x[2 * i + 1] * x[2 * i + 1]);
    for (int j = 0; j < n; ++j)
      pairs += (1 - std::max(x[2 * i], x[2 * j])) * (1 - std::max(x[2 * i + 1], x[2 * j + 1]));
  }
  return 1 / 9.0 - single / (2.0 * n) + pairs / (double(n) * n);
}

TEST(Samplers, LowDiscrepancyIsLow) {
  constexpr int n = 256, steps = 20;
  std::map<std::string, double> mean;
  for (const auto& name : all)
    for (int step = 0; step < steps; ++step)
      mean[name] += discrepancy(draw(*make(name), n, 2, step), n) / steps;
  const double expected = (1 / 4.0 - 1 / 9.0) / n;
  EXPECT_NEAR(mean["uniform"], expected, 0.7 * expected);
  EXPECT_LT(mean["latin_hypercube"], 0.5 * mean["uniform"]);
  EXPECT_LT(mean["sobol"], 0.05 * mean["uniform"]);
  EXPECT_LT(mean["halton"], 0.05 * mean["uniform"]);
}

}  // namespace
}  // namespace banach
