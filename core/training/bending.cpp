// SPDX-License-Identifier: Apache-2.0
#include "core/training/bending.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/sampling/samplers.hpp"

namespace banach {
namespace {

constexpr int looks = 2048;
constexpr std::size_t knots = 129;
constexpr double gathered = 0.5;  // share of the points that follow the solution

// Columns per unknown: value, then slope and curvature along every axis.
Expression measured(const Field& u, const Unknowns& unknowns, const Domain& domain) {
  std::vector<Expression> out;
  for (const auto& name : unknowns) {
    out.push_back(u[name]);
    for (const auto& axis : domain) {
      out.push_back(u.d(axis.name, name));
      out.push_back(u.d(axis.name + axis.name, name));
    }
  }
  return concat(out);
}

Experiment with_measures(Experiment e) {
  RecordedTerm term;
  const Unknowns unknowns = e.unknowns;
  const Domain domain = e.domain;
  term.term = interior("bending", [=](const Field& u) { return measured(u, unknowns, domain); });
  term.residual = record_term(e, term.term, in_scales(e, e.trained));
  e.terms = {term};
  return e;
}

// Means of the measure in equal cells along an axis; empty cells take those before them.
std::vector<double> profile(const std::vector<double>& places, const std::vector<double>& measure) {
  std::vector<double> sum(knots - 1, 0.0), count(knots - 1, 0.0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto cell =
        std::min(static_cast<std::size_t>(places[i] * static_cast<double>(knots - 1)), knots - 2);
    sum[cell] += measure[i], count[cell] += 1;
  }
  double last = 0;
  for (std::size_t i = 0; i < sum.size(); ++i)
    sum[i] = last = count[i] > 0 ? sum[i] / count[i] : last;
  return sum;
}

// Where the cumulative density of cells reaches 0, 1 / (knots - 1), ..., 1.
std::vector<double> quantiles(std::vector<double> density) {
  double mean = 0;
  for (const double v : density) mean += v / static_cast<double>(density.size());
  std::vector<double> sums{0.0};
  for (double& v : density) {
    v = mean > 0 ? 1 - gathered + gathered * v / mean : 1.0;
    sums.push_back(sums.back() + v);
  }
  std::vector<double> out(knots);
  std::size_t cell = 0;
  for (std::size_t k = 0; k < knots; ++k) {
    const double goal = sums.back() * static_cast<double>(k) / static_cast<double>(knots - 1);
    while (cell + 1 < density.size() && sums[cell + 1] < goal) ++cell;
    out[k] = (static_cast<double>(cell) + (goal - sums[cell]) / density[cell]) /
             static_cast<double>(density.size());
  }
  out.front() = 0, out.back() = 1;
  return out;
}

}  // namespace

Bending::Bending(const Experiment& experiment, Domain whole, const Bank& own,
                 std::vector<Bank> frozen, bool fused)
    : whole_(relative_to(experiment.domain, experiment.origins, std::move(whole))),
      own_(relative_to(experiment.domain, experiment.origins, experiment.domain)),
      unknowns_(experiment.unknowns.size()),
      objective_(with_measures(experiment), {1.0}, Derivatives::exact, own.parameters, own.buffers,
                 fused) {
  objective_.set_frozen(std::move(frozen));
}

std::vector<double> Bending::spread_points(int n, const Stream& stream) const {
  const std::size_t axes = whole_.size();
  std::vector<double> out(static_cast<std::size_t>(n) * axes);
  SobolSampler({}).points(n, static_cast<int>(axes), stream, out.data());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Axis& axis = whole_[i % axes];
    out[i] = axis.lower + (axis.upper - axis.lower) * out[i];
  }
  return out;
}

at::Tensor Bending::values(const std::vector<double>& points) {
  const auto axes = static_cast<std::int64_t>(own_.size());
  const auto n = static_cast<std::int64_t>(points.size()) / axes;
  at::Tensor at = at::empty({n, axes}, at::kDouble);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Axis &from = whole_[i % own_.size()], &to = own_[i % own_.size()];
    at.data_ptr<double>()[i] =
        to.lower + (points[i] - from.lower) / (from.upper - from.lower) * (to.upper - to.lower);
  }
  objective_.set_points({{at.to(objective_.parameters().options().requires_grad(false)), {}, {}}});
  // Residuals are divided by the root of their number.
  const at::Tensor rows = objective_.residuals() * std::sqrt(static_cast<double>(n));
  return rows.view({n, -1}).to(at::kCPU, at::kDouble).contiguous();
}

bool Bending::look_at(const at::Tensor& parameters, const at::Tensor& buffers,
                      const Stream& stream) {
  {
    at::NoGradGuard no_grad;
    objective_.parameters().copy_(parameters);
  }
  objective_.set_buffers(buffers);
  points_ = spread_points(looks, stream);
  seen_ = values(points_);
  const at::Tensor& v = seen_;
  const auto each = static_cast<std::int64_t>(1 + 2 * own_.size());
  ranges_.clear();
  for (std::size_t i = 0; i < unknowns_; ++i) {
    const at::Tensor u = v.select(1, static_cast<std::int64_t>(i) * each);
    const double low = u.min().item<double>(), high = u.max().item<double>();
    const bool varies = high - low > 1e-12 * std::max(std::abs(low), std::abs(high));
    ranges_.push_back(varies && std::isfinite(high - low) ? high - low : 0.0);
  }
  return std::any_of(ranges_.begin(), ranges_.end(), [](double r) { return r > 0; });
}

std::vector<double> Bending::at_points(const std::vector<double>& points) {
  return measure(points == points_ ? seen_ : values(points));
}

std::vector<double> Bending::measure(const at::Tensor& values) const {
  const double* row = values.data_ptr<double>();
  const std::size_t axes = own_.size(), n = static_cast<std::size_t>(values.size(0));
  std::vector<double> out(n * axes, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t u = 0; u < unknowns_; ++u, ++row)
      for (std::size_t k = 0; k < axes; ++k, row += 2) {
        if (ranges_[u] == 0) continue;
        const double slope = row[1] / ranges_[u], curvature = std::abs(row[2]) / ranges_[u];
        const double half = (own_[k].upper - own_[k].lower) / 2;
        double& most = out[i * axes + k];
        most = std::max(most, half * std::sqrt(slope * slope + curvature));
      }
  return out;
}

at::Tensor Bending::spacing() const {
  const auto turns = measure(seen_);
  const std::size_t axes = own_.size();
  at::Tensor out =
      at::empty({static_cast<std::int64_t>(axes), static_cast<std::int64_t>(knots)}, at::kDouble);
  for (std::size_t k = 0; k < axes; ++k) {
    std::vector<double> places, along;
    for (std::size_t i = k; i < points_.size(); i += axes) {
      places.push_back((points_[i] - whole_[k].lower) / (whole_[k].upper - whole_[k].lower));
      along.push_back(turns[i]);
    }
    const auto map = quantiles(profile(places, along));
    std::copy(map.begin(), map.end(), out.data_ptr<double>() + k * knots);
  }
  return out;
}

}  // namespace banach
