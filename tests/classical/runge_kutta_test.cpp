// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace {

const RightHandSide oscillator = [](double, const std::vector<double>& y, std::vector<double>& dy) {
  dy = {y[1], -y[0]};
};

RightHandSide neuron(double current) {
  return [current](double, const std::vector<double>& s, std::vector<double>& ds) {
    ds[0] = s[0] - s[0] * s[0] * s[0] / 3 - s[1] + current;
    ds[1] = (s[0] + 0.7 - 0.8 * s[1]) / 2.5;
  };
}

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(RungeKutta, FollowsAnOscillatorForManyTurns) {
  const auto y = runge_kutta(oscillator, {0, 1}, 0, {0, 1.5, 1.5, 60});
  ASSERT_EQ(y.size(), 8u);
  EXPECT_EQ(y[0], 0);
  EXPECT_NEAR(y[2], std::sin(1.5), 1e-12);
  EXPECT_EQ(y[2], y[4]);
  EXPECT_NEAR(y[6], std::sin(60.0), 1e-10);
  EXPECT_NEAR(y[7], std::cos(60.0), 1e-10);
}

TEST(RungeKutta, ErrorsFollowTheTolerance) {
  const auto error = [](double tolerance) {
    return std::abs(runge_kutta(oscillator, {0, 1}, 0, {20}, tolerance)[0] - std::sin(20.0));
  };
  EXPECT_LT(error(1e-10), error(1e-4) / 1e3);
  EXPECT_GT(error(1e-4), 1e-9);
}

// Reference values found once with LSODA at rtol 1e-12.
TEST(RungeKutta, AgreesWithKnownValuesOfFitzHughAndNagumo) {
  const std::vector<double> known{0.477716427,   1.60322722,   -1.26431858,  -0.312516161,
                                  -0.0487469290, 0.0848410018, 0.611437996,  1.55577895,
                                  -1.32192887,   -0.274885838, -0.141540788, 0.0257967317};
  const auto found = runge_kutta(neuron(0.5), {0, 0}, 0, {5, 10, 15, 20, 25, 30});
  ASSERT_EQ(found.size(), known.size());
  for (std::size_t i = 0; i < known.size(); ++i)
    EXPECT_NEAR(found[i], known[i], 6e-9 * std::max(0.1, std::abs(known[i]))) << i;
}

TEST(RungeKutta, TrajectoriesTakePointsInAnyOrder) {
  const std::vector<double> points{4, 0.5, 2, 0.3, 0, 0.5, 2, 0.5};
  const auto all = trajectories(
      points, 2, [](const double* p) { return neuron(p[0]); }, {0, 0}, 0);
  const auto half = runge_kutta(neuron(0.5), {0, 0}, 0, {0, 2, 4});
  const auto third = runge_kutta(neuron(0.3), {0, 0}, 0, {2});
  const std::vector<double> expected{half[4], half[5], third[0], third[1],
                                     half[0], half[1], half[2],  half[3]};
  EXPECT_EQ(all, expected);
}

TEST(RungeKutta, RefusesTimesThatDescend) {
  EXPECT_THROW(runge_kutta(oscillator, {0, 1}, 0, {2, 1}), ConfigError);
  EXPECT_THROW(runge_kutta(oscillator, {0, 1}, 1, {0.5}), ConfigError);
  EXPECT_TRUE(runge_kutta(oscillator, {0, 1}, 0, {}).empty());
}

TEST(RungeKutta, SaysThatASolutionDoesNotExist) {
  const RightHandSide square = [](double, const auto& y, auto& dy) { dy[0] = y[0] * y[0]; };
  const std::string text = error_of([&] { runge_kutta(square, {1}, 0, {2}); });
  EXPECT_TRUE(text.find("not finite near t = ") != std::string::npos ||
              text.find("step size collapses") != std::string::npos)
      << text;
  const RightHandSide root = [](double, const auto& y, auto& dy) { dy[0] = -std::sqrt(y[0]) - 1; };
  EXPECT_NE(error_of([&] { runge_kutta(root, {0.1}, 0, {2}); }).find("Runge-Kutta: "),
            std::string::npos);
}

}  // namespace
}  // namespace banach
