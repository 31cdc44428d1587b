// SPDX-License-Identifier: Apache-2.0
#include "tests/generators/generators.hpp"

namespace banach {
namespace {

using testing::arrays_of;
using testing::Numbers;
using testing::relative_error;

constexpr double pi = 3.14159265358979323846;

Numbers subsampled(const Numbers& u, int n, int step) {
  Numbers out;
  for (int i = 0; i < n; i += step)
    for (int j = 0; j < n; j += step) out.push_back(u[static_cast<std::size_t>(i * n + j)]);
  return out;
}

TEST(DarcyGenerator, SolvesTheDifferencesThatItStates) {
  for (const std::string field : {"two_phase", "lognormal"}) {
    const int n = 31;
    const auto data =
        arrays_of("type = \"darcy\"\npoints = 31\nsource = 2\nfield = \"" + field + "\"");
    const auto at = [&](int v, int i, int j) {
      return data[static_cast<std::size_t>(v)][static_cast<std::size_t>(i * n + j)];
    };
    double worst = 0;
    for (int i = 0; i < n; ++i) {
      EXPECT_EQ(at(1, i, 0), 0);
      EXPECT_EQ(at(1, i, n - 1), 0);
      EXPECT_EQ(at(1, 0, i), 0);
      EXPECT_EQ(at(1, n - 1, i), 0);
    }
    for (int i = 1; i < n - 1; ++i)
      for (int j = 1; j < n - 1; ++j) {
        double outflow = 0;
        for (const auto& [k, l] : {std::pair(1, 0), {-1, 0}, {0, 1}, {0, -1}})
          outflow +=
              (at(1, i, j) - at(1, i + k, j + l)) * 2 / (1 / at(0, i, j) + 1 / at(0, i + k, j + l));
        worst = std::max(worst, std::abs(outflow * (n - 1) * (n - 1) - 2));
      }
    EXPECT_LT(worst, 1e-7) << field;
  }
}

TEST(DarcyGenerator, AgreesWithTheSeriesWhereTheCoefficientIsConstant) {
  const double middle = [] {
    double sum = 0;
    for (int k = 1; k < 400; k += 2)
      for (int l = 1; l < 400; l += 2)
        sum += std::sin(k * pi / 2) * std::sin(l * pi / 2) * 16 /
               (std::pow(pi, 4) * k * l * (k * k + l * l));
    return sum / 2.5;
  }();
  const auto error = [&](int n) {
    const auto u =
        arrays_of("type = \"darcy\"\nlow = 2.5\nhigh = 2.5\npoints = " + std::to_string(n));
    return std::abs(u[1][static_cast<std::size_t>(n * n / 2)] / middle - 1);
  };
  EXPECT_LT(error(129), 1e-4);
  EXPECT_NEAR(std::log2(error(17) / error(33)), 2, 0.1);
}

TEST(DarcyGenerator, ConvergesWithOrderTwoForSmoothCoefficients) {
  const auto u = [](int fine) {
    return arrays_of("type = \"darcy\"\nfield = \"lognormal\"\nmodes = 3\npoints = 17\nfine = " +
                     std::to_string(fine))[1];
  };
  const auto exact = u(513);
  EXPECT_NEAR(std::log2(relative_error(u(33), exact) / relative_error(u(65), exact)), 2, 0.15);
}

TEST(DarcyGenerator, StoresTheFineSolutionAtTheNodes) {
  const auto fine = arrays_of("type = \"darcy\"\npoints = 81"),
             few = arrays_of("type = \"darcy\"\npoints = 17\nfine = 81");
  EXPECT_EQ(subsampled(fine[0], 81, 5), few[0]);
  EXPECT_EQ(subsampled(fine[1], 81, 5), few[1]);
  for (const double a : few[0]) EXPECT_TRUE(a == 3 || a == 12);
  EXPECT_EQ(testing::error_of([] { arrays_of("type = \"darcy\"\npoints = 17\nfine = 82"); }).second,
            "test.toml:1:1: generator: fine - 1 = 81 is no multiple of points - 1 = 16");
}

TEST(DarcyGenerator, CoefficientIsTheSameFunctionOnEveryGrid) {
  const auto fine = arrays_of("type = \"darcy\"\npoints = 161\nfield = \"lognormal\""),
             coarse = arrays_of("type = \"darcy\"\npoints = 41\nfield = \"lognormal\"");
  EXPECT_LT(relative_error(subsampled(fine[0], 161, 4), coarse[0]), 1e-12);
}

}  // namespace
}  // namespace banach
