// SPDX-License-Identifier: Apache-2.0
#include "core/operators/baselines.hpp"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "banach/config.hpp"
#include "banach/stream.hpp"

namespace banach {
namespace {

using at::Tensor;

constexpr std::int64_t most = 2000, most_chosen_on = 1250;
constexpr const char *linear = "linear least squares", *rbf = "kernel ridge regression";

Tensor rows(std::int64_t count, bool held_out) {
  const Tensor all = at::arange(count, at::kLong);
  const Tensor fifth = at::remainder(all, 5) == std::min<std::int64_t>(4, count - 1);
  return all.masked_select(held_out ? fifth : fifth.logical_not());
}

/// (K + ridge I)^-1 y; undefined where that is not positive to rounding.
Tensor solve(const Tensor& kernel, double ridge, const Tensor& y) {
  Tensor shifted = kernel.clone();
  shifted.diagonal().add_(ridge);
  const auto factor = at::linalg_cholesky_ex(shifted);
  if (std::get<1>(factor).item<int>() != 0) return {};
  return at::cholesky_solve(y, std::get<0>(factor));
}

double relative_error(const Tensor& found, const Tensor& exact) {
  const Tensor size = exact.norm(2, 1);
  const double error = ((found - exact).norm(2, 1) / at::where(size > 0, size, at::ones_like(size)))
                           .mean()
                           .item<double>();
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

}  // namespace

std::vector<std::int64_t> baseline_samples(std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> out = Stream(seed, "baselines").permutation(count);
  if (count > most) out.resize(most);
  std::sort(out.begin(), out.end());
  return out;
}

Baselines::Baselines(const Tensor& inputs, const Tensor& outputs) {
  at::NoGradGuard no_grad;
  const Tensor x = inputs.to(at::kCPU, at::kDouble);
  const Tensor y = outputs.to(at::kCPU, at::kDouble);
  input_mean_ = x.mean(0, true);
  input_size_ = (x - input_mean_).square().sum(1).mean().sqrt().item<double>();
  if (!(input_size_ > 1e-12 * input_mean_.norm().item<double>())) input_size_ = 1;  // all alike
  inputs_ = (x - input_mean_) / input_size_;
  mean_ = y.mean(0, true);
  outputs_ = y - mean_;
  const std::int64_t n = x.size(0);
  const Tensor pairs = at::ones({n, n}, at::kBool).triu(1);
  median_ = at::cdist(inputs_, inputs_).masked_select(pairs).median().item<double>();
  median_ = std::max(median_, 1e-100);
  fits_ = {choose(rbf, {0.25, 0.5, 1, 2, 4, 8, 16, 32}), choose(linear, {0})};
  std::stable_sort(fits_.begin(), fits_.end(),
                   [](const Fit& a, const Fit& b) { return a.held_out < b.held_out; });
}

Tensor Baselines::kernel(double scale, const Tensor& a, const Tensor& b) const {
  if (scale == 0) return at::mm(a, b.t());
  const double width = scale * median_;
  return at::exp(at::cdist(a, b).square() * (-0.5 / (width * width)));
}

Baselines::Fit Baselines::choose(const std::string& name, const std::vector<double>& scales) const {
  const std::int64_t used = std::min(inputs_.size(0), most_chosen_on);
  const Tensor train = rows(used, false), test = rows(used, true);
  const Tensor x = inputs_.index_select(0, train), y = outputs_.index_select(0, train);
  const Tensor there = inputs_.index_select(0, test);
  const Tensor exact = outputs_.index_select(0, test) + mean_;
  Fit best{name, scales[0], 1, std::numeric_limits<double>::infinity(), {}};
  for (const double scale : scales) {
    const Tensor k = kernel(scale, x, x), to = kernel(scale, there, x).t().contiguous();
    for (int digits = 13; digits >= 1; --digits) {
      const double ridge = std::pow(10.0, -digits);
      const Tensor parts = solve(k, ridge, to);  // [train, test]: cheaper than all outputs
      if (!parts.defined()) continue;
      const double error = relative_error(at::mm(parts.t(), y) + mean_, exact);
      if (error < best.held_out) best = {name, scale, ridge, error, {}};
    }
  }
  const Tensor all = kernel(best.scale, inputs_, inputs_);
  best.weights = solve(all, best.ridge, outputs_);
  while (!best.weights.defined() && best.ridge < 1)  // more samples are closer to each other
    best.weights = solve(all, best.ridge *= 10, outputs_);
  if (!best.weights.defined()) best.weights = at::zeros_like(outputs_);
  return best;
}

const Baselines::Fit& Baselines::find(const std::string& name) const {
  for (const auto& fit : fits_)
    if (fit.name == name) return fit;
  throw ConfigError("there is no baseline \"" + name + "\"; the baselines are " + join(names()));
}

std::vector<std::string> Baselines::names() const {
  std::vector<std::string> out;
  for (const auto& fit : fits_) out.push_back(fit.name);
  return out;
}

Tensor Baselines::predict(const std::string& name, const Tensor& inputs) const {
  at::NoGradGuard no_grad;
  const Fit& fit = find(name);
  const Tensor x = (inputs.to(at::kCPU, at::kDouble) - input_mean_) / input_size_;
  return at::mm(kernel(fit.scale, x, inputs_), fit.weights) + mean_;
}

nlohmann::json Baselines::json() const {
  nlohmann::json out = nlohmann::json::object();
  for (const auto& fit : fits_) {
    out[fit.name] = {
        {"ridge", fit.ridge}, {"held_out", fit.held_out}, {"samples", inputs_.size(0)}};
    if (fit.scale > 0) out[fit.name]["scale"] = fit.scale;
  }
  return out;
}

}  // namespace banach
