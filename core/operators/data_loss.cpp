// SPDX-License-Identifier: Apache-2.0
#include "core/operators/data_loss.hpp"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/operators/grid_evaluator.hpp"

namespace banach {
namespace {

constexpr double vanishing = 1e-6;  // of the usual root mean square, which scaling makes about 1

at::Tensor flat(const at::Tensor& x) { return x.flatten(2); }

double points_of(const at::Tensor& x) {
  return static_cast<double>(x.numel() / std::max<std::int64_t>(1, x.size(0) * x.size(1)));
}

// By what distances [B, C] count, from the targets' norms. A target that vanishes has no relative
// error, and one number may vanish by chance: distances count by the usual size instead.
at::Tensor sizes(const at::Tensor& norms, double points) {
  if (points == 1) return at::ones({1}, norms.options());
  const double one = std::sqrt(points);
  const at::Tensor mean = norms.mean(0, true);
  const at::Tensor usual = at::where(mean > vanishing * one, mean, at::full_like(mean, one));
  return at::where(norms > vanishing * one, norms, usual);
}

at::Tensor h1(const at::Tensor& outputs, const at::Tensor& target, const LossGrid& grid) {
  if (grid.steps.empty())
    throw ConfigError("loss.type = \"h1\" needs outputs on a grid; use relative_l2");
  const auto squares = [&](const at::Tensor& x) {
    return flat(weighted(x, grid.weights, 0.5)).square().sum(2);
  };
  const at::Tensor off = outputs - target;
  at::Tensor above = squares(off), below = squares(target);
  for (std::size_t k = 0; k < grid.steps.size(); ++k) {
    const auto d = [&](const at::Tensor& t) {
      const auto dim = static_cast<std::int64_t>(k) + 2;
      return squares(k < grid.differences.size() && grid.differences[k].defined()
                         ? uneven_derivative(t, dim, grid.differences[k], grid.periodic[k])
                         : grid_derivative(t, dim, 1, grid.steps[k], grid.periodic[k]));
    };
    above = above + d(off), below = below + d(target);
  }
  return (above.sqrt() / sizes(below.sqrt(), points_of(target))).mean(1);
}

}  // namespace

LossGrid loss_grid(const OperatorData& data) {
  LossGrid out;
  out.weights = data.weights;
  if (!data.grid) return out;
  out.differences = data.differences;
  for (std::size_t k = 0; k < data.domain.size(); ++k) {
    const Axis& axis = data.domain[k];
    const auto parts = static_cast<double>(data.extents[k] - (axis.periodic ? 0 : 1));
    out.steps.push_back(1 / (parts > 0 ? parts : 1));
    if (k < out.differences.size() && out.differences[k].defined())
      out.differences[k] = out.differences[k] * (axis.upper - axis.lower);
    out.periodic.push_back(axis.periodic);
  }
  return out;
}

at::Tensor sample_losses(const std::string& type, const at::Tensor& outputs,
                         const at::Tensor& target, const LossGrid& grid) {
  if (type == "h1") return h1(outputs, target, grid);
  const at::Tensor off = outputs - target;
  if (type == "mse") return weighted(off, grid.weights, 0.5).flatten(1).square().mean(1);
  if (type == "mae") return weighted(off, grid.weights).flatten(1).abs().mean(1);
  const auto norm = [&](const at::Tensor& x) {
    return flat(weighted(x, grid.weights, 0.5)).norm(2, 2);
  };
  return (norm(off) / sizes(norm(target), points_of(target))).mean(1);
}

}  // namespace banach
