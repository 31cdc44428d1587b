// SPDX-License-Identifier: Apache-2.0
// Axes of grids compared: other resolutions, and values between points.
#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/operators/data_match.hpp"
#include "datasets/axis_match.hpp"

namespace banach {
namespace {

double mean_step(const std::vector<double>& values) {
  return values.size() < 2
             ? 0
             : (values.back() - values.front()) / static_cast<double>(values.size() - 1);
}

// Points at the ends of the domain, at one of them (a period), or half a step away from both.
bool same_domain(const std::vector<double>& a, const std::vector<double>& b) {
  const double h = mean_step(a), k = mean_step(b);
  const double near = std::max({coordinate_tolerance(a), coordinate_tolerance(b),
                                0.01 * std::min(std::abs(h), std::abs(k))});
  const auto ends = [&](double before, double behind) {
    return std::abs((a.front() - before * h) - (b.front() - before * k)) <= near &&
           std::abs((a.back() + behind * h) - (b.back() + behind * k)) <= near;
  };
  return ends(0, 0) || ends(0, 1) || ends(1, 0) || ends(0.5, 0.5);
}

// Whether one of two uneven grids is every k-th point of the other, both ends included.
bool nested(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < b.size()) return nested(b, a);
  if (b.size() < 2 || (a.size() - 1) % (b.size() - 1) != 0) return false;
  const std::size_t step = (a.size() - 1) / (b.size() - 1);
  std::vector<double> some;
  for (std::size_t i = 0; i < a.size(); i += step) some.push_back(a[i]);
  return !first_difference(some, b);
}

}  // namespace

std::string grid_misfit(const DataAxis& trained, const DataAxis& now, bool same) {
  const auto &a = trained.values, &b = now.values;
  if (a.empty() || b.empty())
    return trained.size == now.size
               ? ""
               : fmt::format("has {} points without coordinates, {} in the training data", now.size,
                             trained.size);
  if (!first_difference(a, b)) return "";
  const std::string both =
      fmt::format("is {}, in the training data {}", range_text(b), range_text(a));
  if (same) return both + "; with normalisation.per = \"point\" the points must be the same";
  if (nested(a, b)) return "";
  const Spacing there = spacing_of(a), here = spacing_of(b);
  if (!here.even && there.even)
    return fmt::format(
        "is not equidistant: its steps differ by a factor of {:.3g}, those of the training are "
        "equal; interpolate to equal steps",
        here.ratio());
  if (!there.even)
    return both + fmt::format(
                      "; the training's steps differ by a factor of {:.3g}: only its own "
                      "points are a grid that was learnt",
                      there.ratio());
  if (!same_domain(a, b))
    return both + "; only other resolutions of the same domain are the same operator";
  return "";
}

Resampling::Line interpolation(const DataAxis& trained, const DataAxis& now, std::int64_t dim) {
  std::vector<double> x = now.values;
  const auto refuse = [&](const char* why) {
    throw DataError(fmt::format("are {}, those of the training {}: {}", range_text(now.values),
                                range_text(trained.values), why));
  };
  const auto length = [](const std::vector<double>& values) {
    return std::abs(values.back() - values.front());
  };
  if (length(x) > 2 * length(trained.values) && trained.values.size() > 1)
    refuse("a domain of another length is another operator");
  const auto count = static_cast<std::int64_t>(x.size());
  const double near = std::max(coordinate_tolerance(x), coordinate_tolerance(trained.values));
  const double period = now.periodic ? x.back() - x.front() + mean_step(x) : 0;
  if (period > 0) x.push_back(x.front() + period);
  const bool falls = x.front() > x.back();
  std::vector<std::int64_t> low, high;
  std::vector<double> weights;
  for (double at : trained.values) {
    if (period > 0) at -= std::floor((at - x.front()) / period) * period;
    if (std::min(x.front(), x.back()) > at + near || std::max(x.front(), x.back()) < at - near)
      refuse("they do not cover that range");
    const auto after = std::upper_bound(x.begin(), x.end(), at,
                                        [&](double a, double b) { return falls ? a > b : a < b; });
    const auto right = std::clamp<std::int64_t>(after - x.begin(), 1,
                                                std::max<std::int64_t>(1, count - (period == 0)));
    if (x.size() == 1) {
      low.push_back(0), high.push_back(0), weights.push_back(0);
      continue;
    }
    const double a = x[static_cast<std::size_t>(right - 1)], b = x[static_cast<std::size_t>(right)];
    low.push_back(right - 1), high.push_back(right % count);
    weights.push_back(std::clamp((at - a) / (b - a), 0.0, 1.0));
  }
  return {dim, at::tensor(low, at::kLong), at::tensor(high, at::kLong),
          at::tensor(weights, at::kDouble)};
}

at::Tensor Resampling::apply(at::Tensor values) const {
  for (const Line& line : lines) {
    const at::Tensor low = values.index_select(line.dim, line.low.to(values.device()));
    if (!line.weight.defined()) {
      values = low;
      continue;
    }
    std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
    shape[static_cast<std::size_t>(line.dim)] = line.weight.numel();
    const at::Tensor high = values.index_select(line.dim, line.high.to(values.device()));
    values = low + (high - low) * line.weight.to(values.options()).reshape(shape);
  }
  return values;
}

}  // namespace banach
