// SPDX-License-Identifier: Apache-2.0
#include "core/operators/baselines.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>
#include <set>

#include "banach/error.hpp"

namespace banach {
namespace {

using at::Tensor;

const std::string linear = "linear least squares", rbf = "kernel ridge regression";

double error(const Tensor& found, const Tensor& exact) {
  return ((found - exact).norm() / exact.norm()).item<double>();
}

Tensor inputs(std::int64_t n, std::int64_t p) {
  at::manual_seed(3);
  return at::randn({n, p}, at::kDouble) * 2 + 1;
}

TEST(Baselines, FindALinearMap) {
  const Tensor x = inputs(80, 5), map = at::randn({5, 7}, at::kDouble), shift = at::randn({1, 7});
  const auto f = [&](const Tensor& z) { return at::mm(z, map) + shift; };
  const Baselines baselines(x, f(x));
  const Tensor there = at::randn({20, 5}, at::kDouble);
  EXPECT_EQ(baselines.names()[0], linear);
  EXPECT_LT(error(baselines.predict(linear, there), f(there)), 1e-6);
}

TEST(Baselines, PreferTheKernelForACurve) {
  const Tensor x = inputs(200, 1);
  const auto f = [](const Tensor& z) { return at::cat({at::sin(z), at::cos(z)}, 1); };
  const Baselines baselines(x, f(x));
  const Tensor there = at::linspace(-2, 4, 50, at::kDouble).unsqueeze(1);
  EXPECT_EQ(baselines.names(), (std::vector<std::string>{rbf, linear}));
  EXPECT_LT(error(baselines.predict(rbf, there), f(there)), 1e-3);
  EXPECT_GT(error(baselines.predict(linear, there), f(there)), 0.1);
  EXPECT_LT(baselines.json()[rbf]["held_out"].get<double>(),
            baselines.json()[linear]["held_out"].get<double>());
}

// The formula of the header, by a general solver.
TEST(Baselines, AreKernelRidgeRegression) {
  const Tensor x = inputs(30, 3), there = inputs(37, 3).narrow(0, 30, 7);
  const Tensor y = at::stack({at::sin(x.sum(1)), x.select(1, 0) * x.select(1, 1)}, 1);
  const Baselines baselines(x, y);
  const auto chosen = baselines.json()[rbf];
  std::vector<double> distances;
  for (int i = 0; i < 30; ++i)
    for (int j = 0; j < i; ++j) distances.push_back((x[i] - x[j]).norm().item<double>());
  std::sort(distances.begin(), distances.end());
  const double width = chosen["scale"].get<double>() * distances[(distances.size() - 1) / 2];
  const auto kernel = [&](const Tensor& a, const Tensor& b) {
    return at::exp((a.unsqueeze(1) - b.unsqueeze(0)).square().sum(2) / (-2 * width * width));
  };
  const Tensor k = kernel(x, x) + chosen["ridge"].get<double>() * at::eye(30, at::kDouble);
  const Tensor mean = y.mean(0, true);
  const Tensor expected = mean + at::mm(kernel(there, x), at::linalg_solve(k, y - mean));
  EXPECT_LT(error(baselines.predict(rbf, there), expected), 1e-5);
}

TEST(Baselines, TakeFewAndEqualSamples) {
  const Tensor x = at::ones({2, 3}), y = at::tensor({1.0, 3.0}).view({2, 1});
  const Baselines baselines(x, y);
  for (const auto& name : baselines.names())
    EXPECT_NEAR(baselines.predict(name, x)[0][0].item<double>(), 2, 1e-6) << name;
  const Tensor constant = at::full({30, 2}, 4.0);
  EXPECT_LT(error(Baselines(inputs(30, 2), constant).predict(rbf, inputs(30, 2)), constant), 1e-12);
}

TEST(Baselines, NameThoseThereAre) {
  const Baselines baselines(inputs(10, 2), inputs(10, 2));
  try {
    baselines.predict("splines", inputs(1, 2));
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_NE(
        std::string(e.what()).find("there is no baseline \"splines\"; the baselines are linear"),
        std::string::npos)
        << e.what();
  }
}

TEST(Baselines, AreFittedToAtMostTwoThousandSamples) {
  EXPECT_EQ(baseline_samples(5, 0), (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
  const auto some = baseline_samples(10'000, 1);
  EXPECT_EQ(some.size(), 2000U);
  EXPECT_EQ(std::set<std::int64_t>(some.begin(), some.end()).size(), 2000U);
  EXPECT_TRUE(std::is_sorted(some.begin(), some.end()));
  EXPECT_LT(some.back(), 10'000);
  EXPECT_EQ(some, baseline_samples(10'000, 1));
  EXPECT_NE(some, baseline_samples(10'000, 2));
}

}  // namespace
}  // namespace banach
