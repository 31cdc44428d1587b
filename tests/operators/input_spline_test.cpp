// SPDX-License-Identifier: Apache-2.0
#include "core/operators/input_spline.hpp"

#include <torch/types.h>

#include <cmath>

#include <gtest/gtest.h>

namespace banach {
namespace {

const auto wide = at::TensorOptions(at::kDouble);

TEST(Spline, ReproducesCubicsAndTheirDerivativesOnUnevenKnots) {
  const std::vector<double> knots = {0, 0.1, 0.35, 0.5, 0.8, 1};
  const Spline spline(knots, 0, wide);
  const at::Tensor x = at::tensor(knots, wide), t = at::linspace(-0.05, 1.05, 41, wide);
  const auto cubic = [](const at::Tensor& s, int order) -> at::Tensor {
    if (order == 0) return s * s * s - 2 * s * s + 0.5;
    if (order == 1) return 3 * s * s - 4 * s;
    return order == 2 ? at::Tensor(6 * s - 4) : at::full_like(s, 6.0);
  };
  for (int order = 0; order < 4; ++order)
    EXPECT_LT(
        (spline.matrix(t, order).mv(cubic(x, 0)) - cubic(t, order)).abs().max().item<double>(),
        1e-10)
        << order;
}

TEST(Spline, ClosesOnItselfWithFourthOrder) {
  const auto error = [](std::int64_t n) {
    std::vector<double> knots;
    for (std::int64_t i = 0; i < n; ++i)
      knots.push_back(static_cast<double>(i) / static_cast<double>(n));
    const Spline spline(knots, 1, wide);
    const at::Tensor t = at::linspace(-1, 2, 301, wide);
    return (spline.matrix(t, 0).mv(at::sin(2 * M_PI * at::tensor(knots, wide))) -
            at::sin(2 * M_PI * t))
        .abs()
        .max()
        .item<double>();
  };
  EXPECT_NEAR(std::log2(error(16) / error(32)), 4, 0.3);
}

TEST(InputSpline, FindsValuesAndPartialDerivativesInTwoDimensions) {
  OperatorData data;
  data.info.axes = {{"x", 20, {}, false}, {"y", 24, {}, false}};
  for (auto& axis : data.info.axes)
    for (std::int64_t i = 0; i < axis.size; ++i)
      axis.values.push_back(static_cast<double>(i) / static_cast<double>(axis.size - 1));
  data.info.variables = {{"a", DataVariable::Role::input, {"a"}, {"x", "y"}}};
  data.inputs = {0};
  data.functions = {{"a", 480, {"x", "y"}}};
  const at::Tensor x = at::linspace(0, 1, 20, wide).unsqueeze(1), y = at::linspace(0, 1, 24, wide);
  const at::Tensor values =
      at::stack({at::sin(2 * x) * at::exp(y), at::cos(x) * y}).unsqueeze(1);  // [2, 1, 20, 24]
  const InputSpline spline(data, 0, {"t", "y", "x"}, wide);
  const at::Tensor points = at::rand({50, 3}, wide);
  const GivenFunction f = spline.at(values, points);
  const at::Tensor px = points.select(1, 2), py = points.select(1, 1);
  EXPECT_LT((f({})[0].squeeze(-1) - at::sin(2 * px) * at::exp(py)).abs().max().item<double>(),
            1e-5);
  EXPECT_LT(
      (f({0, 0, 1})[0].squeeze(-1) - 2 * at::cos(2 * px) * at::exp(py)).abs().max().item<double>(),
      1e-3);
  EXPECT_LT((f({0, 1})[1].squeeze(-1) - at::cos(px)).abs().max().item<double>(), 1e-3);
  EXPECT_EQ(f({1}).abs().max().item<double>(), 0);  // does not depend on t
}

}  // namespace
}  // namespace banach
