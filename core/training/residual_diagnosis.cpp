// SPDX-License-Identifier: Apache-2.0
// Which term, and where, is not finite.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "core/training/finite.hpp"
#include "core/training/points.hpp"
#include "core/training/residual_objective.hpp"

namespace banach {

std::string ResidualObjective::point_text(std::size_t term, std::int64_t row) const {
  const at::Tensor& points = sets_[term].points;
  if (points.size(0) == 0) return "";
  const at::Tensor point =
      points[std::min(row % std::max<std::int64_t>(points.size(0), 1), points.size(0) - 1)];
  return " at " + place_text(axes_, origins_, point);
}

// Finds the first culprit, the parameters before the terms, values before gradients.
void ResidualObjective::explain() {
  if (!all_finite(parameters_.detach()))
    throw NotFinite(
        "the parameters themselves are no longer finite: the step before was too long; "
        "lower lr or clip the gradient");
  const auto values = evaluate();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const at::Tensor rows =
        at::isfinite(values[i].detach()).reshape({row_count(values[i]), -1}).all(1);
    if (rows.all().item<bool>()) continue;
    const auto row = rows.logical_not().nonzero()[0].item<std::int64_t>();
    const auto bad =
        values[i].detach().reshape({rows.numel(), -1})[row].to(at::kDouble).sum().item<double>();
    throw NotFinite(fmt::format("term \"{}\" is {}{}", names_[i],
                                std::isnan(bad) ? "not a number" : "infinite", point_text(i, row)));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].requires_grad()) continue;
    const at::Tensor flat = values[i].reshape({-1});
    for (std::int64_t k = 0; k < flat.numel(); ++k) {
      const auto g = torch::autograd::grad({flat[k]}, {parameters_}, {}, true, false, true);
      if (!g[0].defined() || all_finite(g[0])) continue;
      const std::int64_t columns = flat.numel() / row_count(values[i]);
      throw NotFinite(fmt::format("the gradient of term \"{}\" is not finite{}", names_[i],
                                  point_text(i, k / columns)));
    }
  }
  throw NotFinite("the loss overflows although every residual is finite; lower lr or the weights");
}

}  // namespace banach
