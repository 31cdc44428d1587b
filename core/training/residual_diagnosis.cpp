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

namespace {

// Points [first, first + count) of a set and the numbers that come with them.
PointSet part_of(const PointSet& set, std::int64_t first, std::int64_t count) {
  PointSet out{set.points.narrow(-2, first, count), {}, set.functions};
  for (const auto& [name, column] : set.data) out.data[name] = column.narrow(0, first, count);
  for (const auto& [name, function] : set.given)
    out.given[name] = [function = function, first, count](const Monomial& m) {
      return function(m).narrow(1, first, count);
    };
  return out;
}

// The first of the rows for which `broken(first, count)` holds, where it does for all together; by
// halving, since what is not finite in one row is not finite in a sum.
template <class F>
std::int64_t first_broken(std::int64_t rows, const F& broken) {
  std::int64_t first = 0;
  for (std::int64_t count = rows; count > 1;) {
    const std::int64_t half = count / 2;
    if (broken(first, half)) {
      count = half;
    } else {
      first += half;
      count -= half;
    }
  }
  return first;
}

}  // namespace

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
    // One row's zero times another one's infinity: only rows by themselves tell which one it is.
    const auto broken = [&](std::int64_t first, std::int64_t count) {
      auto sets = sets_;
      sets[i] = part_of(sets_[i], first, count);
      const at::Tensor value = evaluator_.evaluate(banks(), sets)[i];
      if (!value.requires_grad()) return false;
      const auto g = torch::autograd::grad({value.sum()}, {parameters_}, {}, false, false, true)[0];
      return g.defined() && !all_finite(g);
    };
    const std::int64_t rows = sets_[i].points.size(-2);
    if (rows == 0 || !broken(0, rows)) continue;
    throw NotFinite(fmt::format("the gradient of term \"{}\" is not finite{}", names_[i],
                                point_text(i, first_broken(rows, broken))));
  }
  throw NotFinite("the loss overflows although every residual is finite; lower lr or the weights");
}

}  // namespace banach
