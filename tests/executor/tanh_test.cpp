// SPDX-License-Identifier: Apache-2.0
#include "core/executor/tanh.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <limits>

namespace banach {
namespace {

TEST(Tanh, IsRightToFourUnitsInTheLastPlace) {
  const at::Tensor small = at::logspace(-30, 1.2, 400'001, 10, at::kFloat);
  const at::Tensor x = at::cat({small, -small, at::linspace(-10, 10, 400'003, at::kFloat)});
  const at::Tensor found = fast_tanh(x).to(at::kDouble), exact = at::tanh(x.to(at::kDouble));
  const at::Tensor unit = at::pow(2, at::floor(at::log2(exact.abs())) - 23);
  const double worst =
      at::where(exact == 0, exact, (found - exact) / unit).abs().max().item<double>();
  EXPECT_LT(worst, 4);
  EXPECT_TRUE(fast_tanh(-x).equal(-fast_tanh(x)));
}

TEST(Tanh, HoldsAtTheEdges) {
  const float inf = std::numeric_limits<float>::infinity();
  const at::Tensor edges = at::tensor({0.0f, -0.0f, inf, -inf, std::nanf(""), 1e30f, -50.0f});
  const at::Tensor y = fast_tanh(edges.repeat(1000));
  const float* v = y.data_ptr<float>();
  EXPECT_EQ(v[0], 0);
  EXPECT_EQ(v[1], 0);
  EXPECT_EQ(v[2], 1);
  EXPECT_EQ(v[3], -1);
  EXPECT_TRUE(std::isnan(v[4]));
  EXPECT_EQ(v[5], 1);
  EXPECT_EQ(v[6], -1);
}

TEST(Tanh, HasTheDerivativesOfTanh) {
  const at::Tensor x = at::linspace(-2, 2, 5000, at::kFloat).requires_grad_(true);
  const auto slopes = [&](const at::Tensor& y) {
    const at::Tensor first = torch::autograd::grad({y.sum()}, {x}, {}, true, true)[0];
    return at::stack({first, torch::autograd::grad({first.sum()}, {x})[0]});
  };
  EXPECT_LT((slopes(fast_tanh(x)) - slopes(at::tanh(x))).abs().max().item<double>(), 1e-6);
}

TEST(Tanh, LeavesOtherTensorsToTheLibrary) {
  const at::Tensor x = at::randn({80, 90});
  EXPECT_TRUE(fast_tanh(x.to(at::kDouble)).equal(at::tanh(x.to(at::kDouble))));
  EXPECT_TRUE(fast_tanh(x.t()).equal(at::tanh(x.t())));
}

}  // namespace
}  // namespace banach
