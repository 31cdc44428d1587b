// SPDX-License-Identifier: Apache-2.0
// The reference of Allen and Cahn's equation against its equation and an independent solution.
#include <cmath>

#include "tests/plugins/catalog.hpp"

namespace banach::testing {
namespace {

std::vector<double> reference(const std::vector<double>& points) {
  return (*experiment_of(problem_table("type = \"allen_cahn\"")).problem->reference())(points);
}

TEST(AllenCahn, TheReferenceBeginsWithTheInitialValuesAndStaysEven) {
  const auto u = reference({0.3, 0, -0.75, 0, 0.4, 0.5, -0.4, 0.5});
  EXPECT_NEAR(u[0], 0.09 * std::cos(0.3 * pi), 1e-7);
  EXPECT_NEAR(u[1], 0.5625 * std::cos(0.75 * pi), 1e-7);
  EXPECT_NEAR(u[2], u[3], 1e-13);
}

TEST(AllenCahn, TheReferenceSolvesTheEquation) {
  const double h = 2e-3, k = 2e-3, x = 0.45, t = 0.613;
  const auto u = reference({x, t, x - h, t, x + h, t, x - 2 * h, t, x + 2 * h, t, x, t - k, x,
                            t + k, x, t - 2 * k, x, t + 2 * k});
  const double second = (16 * (u[1] + u[2]) - (u[3] + u[4]) - 30 * u[0]) / (12 * h * h);
  const double slope = (8 * (u[6] - u[5]) - (u[8] - u[7])) / (12 * k);
  EXPECT_NEAR(slope, 1e-4 * second + 5 * (u[0] - u[0] * u[0] * u[0]), 1e-4);
}

// Found once by second-order differences on 1024 and 2048 cells, extrapolated, with LSODA at rtol
// 1e-10.
TEST(AllenCahn, TheReferenceHasTheKnownValues) {
  const auto u = reference({0.5, 1, 0.25, 0.5, 0, 1, 1, 1, 0.75, 0.3});
  const std::vector<double> known{-0.0640767941, 0.473832189, 0.0295797211, -0.999998884,
                                  -0.888963581};
  ASSERT_EQ(u.size(), known.size());
  for (std::size_t i = 0; i < known.size(); ++i) EXPECT_NEAR(u[i], known[i], 2e-8) << i;
}

}  // namespace
}  // namespace banach::testing
