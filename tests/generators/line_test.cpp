// SPDX-License-Identifier: Apache-2.0
// Generators in one dimension and time, against exact solutions and plain finite differences.
#include <algorithm>
#include <functional>

#include "tests/generators/generators.hpp"

namespace banach {
namespace {

using testing::arrays_of;
using testing::every;
using testing::Numbers;
using testing::relative_error;

constexpr double pi = 3.14159265358979323846;

/// Integrals from the first node to every second one, by Simpson's rule.
Numbers simpson(const Numbers& f, double h) {
  Numbers out{0};
  for (std::size_t i = 0; i + 2 < f.size(); i += 2)
    out.push_back(out.back() + h / 3 * (f[i] + 4 * f[i + 1] + f[i + 2]));
  return out;
}

TEST(AntiderivativeGenerator, IsTheIntegral) {
  const auto data = arrays_of("type = \"antiderivative\"\npoints = 401\nsigma = 2");
  EXPECT_LT(relative_error(every(data[1], 2), simpson(data[0], 1.0 / 400)), 1e-8);
}

TEST(PendulumGenerator, SwingsFreely) {
  const auto small = arrays_of("type = \"pendulum\"\nsigma = 0\nk = 4\nangle = 1e-4\ntime = 3");
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_NEAR(small[1][i], 1e-4 * std::cos(2 * 3.0 * double(i) / 99), 1e-12);
  const auto large =
      arrays_of("type = \"pendulum\"\nsigma = 0\nangle = 2\nvelocity = 0.5\ntime = 9");
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_NEAR(large[2][i] * large[2][i] / 2 - std::cos(large[1][i]), 0.125 - std::cos(2), 1e-8);
}

TEST(PendulumGenerator, FollowsTheForce) {
  const auto data = arrays_of("type = \"pendulum\"\nk = 0\npoints = 401");
  EXPECT_LT(relative_error(every(data[2], 2), simpson(data[0], 1.0 / 400)), 1e-8);
  const auto forced = arrays_of("type = \"pendulum\"\nk = 2\npoints = 401");
  Numbers force;
  for (std::size_t i = 0; i < 401; ++i) force.push_back(forced[0][i] - 2 * std::sin(forced[1][i]));
  EXPECT_LT(relative_error(every(forced[2], 2), simpson(force, 1.0 / 400)), 1e-8);
}

TEST(PendulumGenerator, RiccatiHasItsSolution) {
  const auto data = arrays_of("type = \"pendulum\"\nequation = \"riccati\"\nsigma = 0\nangle = 1");
  ASSERT_EQ(data.size(), 2u);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_NEAR(data[1][i], 1 / (1 + double(i) / 99), 1e-9);
}

TEST(AdvectionGenerator, WavesTravelOnce) {
  for (const std::string initial : {"square", "square_and_arc", "sines"}) {
    const auto data =
        arrays_of("type = \"advection\"\npoints = 40\ntimes = 41\ninitial = \"" + initial + "\"");
    double size = 0;
    for (std::size_t k = 1; k < 41; k += 3)
      for (std::size_t i = 0; i < 40; ++i) {
        const double start = data[0][(i + 40 - k % 40) % 40], now = data[1][k * 40 + i];
        size = std::max(size, std::abs(now));
        // A jump may lie between two points that rounding tells apart.
        if (initial == "sines")
          EXPECT_NEAR(now, start, 1e-12);
        else
          EXPECT_LT(std::abs(now - start), 1e-9) << initial << k << ' ' << i;
      }
    EXPECT_GT(size, 0.1);
  }
}

TEST(AdvectionGenerator, SquareWavesHaveTheStatedSizes) {
  for (int sample = 0; sample < 50; ++sample) {
    const auto u = arrays_of("type = \"advection\"\npoints = 1000\ntimes = 2", sample)[0];
    const double height = *std::max_element(u.begin(), u.end());
    const double width = std::accumulate(u.begin(), u.end(), 0.0) / height / 1000;
    EXPECT_TRUE(height >= 1 && height <= 2 && width > 0.298 && width < 0.602) << height << width;
  }
}

TEST(AdvectionGenerator, RandomSpeedSatisfiesTheEquationAndItsData) {
  const int n = 401;
  const auto data =
      arrays_of("type = \"advection\"\ninitial = \"random_speed\"\npoints = 401\ntimes = 401");
  const double h = 1.0 / 400;
  const auto u = [&](int k, int i) { return data[1][static_cast<std::size_t>(k * n + i)]; };
  EXPECT_NEAR(*std::min_element(data[0].begin(), data[0].end()), 1, 1e-3);
  int checked = 0;
  for (int i = 0; i < n; ++i) {
    EXPECT_NEAR(u(0, i), std::sin(pi * i * h), 1e-10);
    EXPECT_NEAR(u(i, 0), std::sin(pi * i * h / 2), 1e-10);
  }
  for (int k = 2; k < n - 2; k += 7)
    for (int i = 2; i < n - 2; i += 7) {
      if (std::abs(u(k, i)) < 0.3) continue;  // a kink runs where u = 0
      ++checked;
      const double a = data[0][static_cast<std::size_t>(i)];
      const double ut = (8 * (u(k + 1, i) - u(k - 1, i)) - u(k + 2, i) + u(k - 2, i)) / (12 * h);
      const double ux = (8 * (u(k, i + 1) - u(k, i - 1)) - u(k, i + 2) + u(k, i - 2)) / (12 * h);
      EXPECT_NEAR(ut + a * ux, 0, 1e-4) << k << ' ' << i;
    }
  EXPECT_GT(checked, 1000);
}

/// y' = right(y) from y to the time T, by Heun's third-order method in many steps.
Numbers march(Numbers y, double time, int steps,
              const std::function<Numbers(const Numbers&)>& right) {
  const double h = time / steps;
  const auto plus = [](const Numbers& a, double s, const Numbers& b) {
    Numbers out = a;
    for (std::size_t i = 0; i < a.size(); ++i) out[i] += s * b[i];
    return out;
  };
  for (int k = 0; k < steps; ++k) {
    const auto k1 = right(y), k2 = right(plus(y, h / 3, k1)), k3 = right(plus(y, 2 * h / 3, k2));
    y = plus(plus(y, h / 4, k1), 3 * h / 4, k3);
  }
  return y;
}

/// Second-order differences on every `step`-th point and on twice as wide cells, extrapolated.
Numbers extrapolated(const std::function<Numbers(std::size_t step)>& solution) {
  const auto fine = every(solution(1), 2), coarse = solution(2);
  Numbers out;
  for (std::size_t i = 0; i < fine.size(); ++i) out.push_back((4 * fine[i] - coarse[i]) / 3);
  return out;
}

TEST(DiffusionReactionGenerator, AgreesWithFiniteDifferences) {
  const auto data =
      arrays_of("type = \"diffusion_reaction\"\npoints = 161\ntimes = 3\nrate = 0.5\nsigma = 2");
  const auto differences = [&](std::size_t step) {
    const auto f = every(data[0], step);
    const double h = double(step) / 160;
    return march(Numbers(f.size(), 0.0), 1, 2000, [&](const Numbers& s) {
      Numbers out(s.size(), 0.0);
      for (std::size_t i = 1; i + 1 < s.size(); ++i)
        out[i] = 0.01 * (s[i - 1] - 2 * s[i] + s[i + 1]) / (h * h) + 0.5 * s[i] * s[i] + f[i];
      return out;
    });
  };
  const Numbers last(data[1].end() - 161, data[1].end());
  EXPECT_LT(relative_error(every(last, 2), extrapolated(differences)), 2e-5);
}

TEST(DiffusionReactionGenerator, IsConverged) {
  const std::string text = "type = \"diffusion_reaction\"\ntimes = 11\npoints = 50\n";
  const auto usual = arrays_of(text)[1];
  const auto better = arrays_of(text + "resolution = 1024\nsteps = 800")[1];
  EXPECT_LT(relative_error(usual, better), 1e-8);
}

TEST(DiffusionReactionGenerator, IsTheSameFunctionOnEveryGrid) {
  const std::string text = "type = \"diffusion_reaction\"\ntimes = 2\npoints = ";
  const auto fine = arrays_of(text + "1001"), coarse = arrays_of(text + "51");
  for (const std::size_t v : {0, 1}) {
    const Numbers last(fine[v].end() - 1001, fine[v].end());
    EXPECT_LT(relative_error(every(last, 20), Numbers(coarse[v].end() - 51, coarse[v].end())),
              1e-9);
  }
}

TEST(HeatConductivityGenerator, DecaysExactlyWhereTheConductivityIsConstant) {
  const auto data = arrays_of("type = \"heat_conductivity\"\nsigma = 0\nmean = 0.2\ntimes = 11");
  for (std::size_t k = 0; k < 11; ++k)
    for (std::size_t i = 0; i < 100; ++i)
      EXPECT_NEAR(data[1][100 * k + i],
                  std::exp(-0.02 * pi * pi * double(k)) * std::sin(pi * double(i) / 99), 1e-9);
}

TEST(HeatConductivityGenerator, AgreesWithFiniteDifferences) {
  const auto data = arrays_of("type = \"heat_conductivity\"\npoints = 161\ntime = 0.5\ntimes = 6");
  const auto differences = [&](std::size_t step) {
    const auto k = every(data[0], step), start = every(data[1], step);
    const double h = double(step) / 160;
    return march(Numbers(start.begin(), start.begin() + 1 + 160 / static_cast<int>(step)), 0.5,
                 20000, [&](const Numbers& u) {
                   Numbers out(u.size(), 0.0);
                   for (std::size_t i = 1; i + 1 < u.size(); ++i)
                     out[i] = ((k[i] + k[i + 1]) * (u[i + 1] - u[i]) -
                               (k[i - 1] + k[i]) * (u[i] - u[i - 1])) /
                              (2 * h * h);
                   return out;
                 });
  };
  const Numbers last(data[1].end() - 161, data[1].end());
  EXPECT_LT(relative_error(every(last, 2), extrapolated(differences)), 2e-5);
}

TEST(HeatConductivityGenerator, IsConverged) {
  const std::string text = "type = \"heat_conductivity\"\ntimes = 11\n";
  EXPECT_LT(relative_error(arrays_of(text)[1], arrays_of(text + "nodes = 96")[1]), 1e-7);
}

}  // namespace
}  // namespace banach
