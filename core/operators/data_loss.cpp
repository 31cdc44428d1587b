// SPDX-License-Identifier: Apache-2.0
#include "core/operators/data_loss.hpp"

#include <torch/types.h>

#include "core/operators/grid_evaluator.hpp"

namespace banach {
namespace {

// A target that vanishes has no relative error: its distance counts by the usual size instead.
at::Tensor sizes(const at::Tensor& norms) {
  const at::Tensor usual = norms.mean();
  return at::where(norms > usual * 1e-6, norms, usual).clamp_min(1e-30);
}

at::Tensor h1(const at::Tensor& outputs, const at::Tensor& target, const LossGrid& grid) {
  if (grid.steps.empty())
    throw ConfigError("loss.type = \"h1\" needs outputs on a grid; use relative_l2");
  const auto squares = [&](const at::Tensor& x) {
    return weighted(x, grid.weights, 0.5).flatten(1).square().sum(1);
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
  return above.sqrt() / sizes(below.sqrt());
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
    out.steps.push_back((axis.upper - axis.lower) / (parts > 0 ? parts : 1));
    out.periodic.push_back(axis.periodic);
  }
  return out;
}

at::Tensor sample_losses(const std::string& type, const at::Tensor& outputs,
                         const at::Tensor& target, const LossGrid& grid) {
  if (type == "h1") return h1(outputs, target, grid);
  const at::Tensor off = outputs - target;
  const auto root = [&](const at::Tensor& x) { return weighted(x, grid.weights, 0.5).flatten(1); };
  if (type == "mse") return root(off).square().mean(1);
  if (type == "mae") return weighted(off, grid.weights).flatten(1).abs().mean(1);
  return root(off).norm(2, 1) / sizes(root(target).norm(2, 1));
}

}  // namespace banach
