// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace {

TEST(LinearSystems, DenseSolutionNeedsARowExchange) {
  const auto x = solve_dense({0, 2, 1, 1, 0, 0, 3, 0, 4}, {7, 1, 15});
  EXPECT_NEAR(x[0], 1, 1e-15);
  EXPECT_NEAR(x[1], 2, 1e-15);
  EXPECT_NEAR(x[2], 3, 1e-15);
}

TEST(LinearSystems, HilbertsMatrixIsSolvedToItsCondition) {
  const int n = 8;
  std::vector<double> a, b;
  for (int i = 0; i < n; ++i) {
    b.push_back(0);
    for (int j = 0; j < n; ++j) {
      a.push_back(1.0 / (i + j + 1));
      b.back() += a.back();
    }
  }
  for (const double x : solve_dense(a, b)) EXPECT_NEAR(x, 1, 1e-5);  // condition number 1.5e10
}

TEST(LinearSystems, SingularOnesAreErrors) {
  EXPECT_THROW(solve_dense({1, 2, 2, 4}, {1, 2}), DataError);
  EXPECT_THROW(solve_tridiagonal({0, 1}, {0, 1}, {1, 0}, {1, 1}), DataError);
}

TEST(LinearSystems, TridiagonalAgreesWithDense) {
  const std::vector<double> lower{9, 1, -2, 3}, diagonal{4, 5, 6, 7}, upper{1, 2, -1, 9},
      right{1, 2, 3, 4};
  const auto x = solve_tridiagonal(lower, diagonal, upper, right);
  const auto y = solve_dense({4, 1, 0, 0, 1, 5, 2, 0, 0, -2, 6, -1, 0, 0, 3, 7}, right);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(x[i], y[i], 1e-15);
}

}  // namespace
}  // namespace banach
