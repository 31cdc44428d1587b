// SPDX-License-Identifier: Apache-2.0
#include "core/operators/grid_derivative.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

namespace banach {
namespace {

at::Tensor nodes_of(const std::vector<double>& x) { return at::tensor(x, at::kDouble); }

TEST(GridDerivative, UnevenDifferencesAreExactForParabolas) {
  const std::vector<double> x = {0, 0.1, 0.15, 0.4, 1};
  const at::Tensor at = nodes_of(x), u = 3 * at * at - 2 * at + 1;
  const at::Tensor found =
      uneven_derivative(at::stack({u, 2 * u}), 1, difference_weights(x, 0), false);
  EXPECT_LT((found[0] - (6 * at - 2)).abs().max().item<double>(), 1e-12);
  EXPECT_LT((found[1] - 2 * (6 * at - 2)).abs().max().item<double>(), 1e-12);
}

TEST(GridDerivative, UnevenDifferencesCloseOverAPeriod) {
  std::vector<double> x;
  for (int i = 0; i < 200; ++i) {
    const double s = i / 200.0;
    x.push_back(s + 0.05 * std::sin(2 * M_PI * s));
  }
  const at::Tensor u = at::sin(2 * M_PI * nodes_of(x));
  const at::Tensor found = uneven_derivative(u, 0, difference_weights(x, 1), true);
  const at::Tensor right = 2 * M_PI * at::cos(2 * M_PI * nodes_of(x));
  EXPECT_LT((found - right).abs().max().item<double>(), 0.02);
}

TEST(GridDerivative, WithEqualStepsBothAreTheSame) {
  std::vector<double> x;
  for (int i = 0; i < 9; ++i) x.push_back(0.25 * i);
  const at::Tensor u = at::exp(nodes_of(x));
  EXPECT_LT((uneven_derivative(u, 0, difference_weights(x, 0), false) -
             grid_derivative(u, 0, 1, 0.25, false))
                .abs()
                .max()
                .item<double>(),
            1e-12);
}

}  // namespace
}  // namespace banach
