// SPDX-License-Identifier: Apache-2.0
#include "core/operators/metrics.hpp"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/operators/channel_sums.hpp"
#include "core/operators/operator_data.hpp"

namespace banach {
namespace {

using at::Tensor;
using nlohmann::json;

constexpr std::int64_t low = 4, middle = 12;  // first wave numbers beyond the bands

void accumulate(Tensor& sum, const Tensor& more) { sum = sum.defined() ? sum + more : more; }

json number(const Tensor& t) {
  const double value = t.numel() > 0 ? t.item<double>() : std::nan("");
  return std::isfinite(value) ? json(value) : json();
}
json list(const Tensor& t) {
  json out = json::array();
  for (std::int64_t i = 0; i < t.size(0); ++i) out.push_back(number(t[i]));
  return out;
}

/// a / b, and a where b vanishes.
Tensor ratio(const Tensor& a, const Tensor& b) { return a / at::where(b > 0, b, at::ones_like(b)); }

/// Mean over a band of wave numbers, then over times; nothing where the band is empty.
json band(const Tensor& spectrum, std::int64_t from, std::int64_t to) {
  const std::int64_t end = std::min(to, spectrum.size(-1));
  return from < end ? number(spectrum.narrow(-1, from, end - from).mean()) : json();
}

/// The bin of every wave vector of the quadrant, `bins` for those that belong to none.
Tensor wave_numbers(at::IntArrayRef half, std::int64_t bins, const at::TensorOptions& options) {
  Tensor square = at::zeros({1}, options.dtype(at::kLong));
  for (const std::int64_t n : half) {
    const Tensor k = at::arange(n, options.dtype(at::kLong));
    square = (square.unsqueeze(1) + k * k).flatten();
  }
  // Exact at perfect squares, where a rounded root could fall below.
  const Tensor root = at::floor(at::sqrt(square.to(at::kDouble) + 0.5)).to(at::kLong);
  return at::clamp_max(root, bins);
}

}  // namespace

OperatorMetrics::OperatorMetrics(std::vector<std::string> channels, bool grid,
                                 std::optional<std::int64_t> time, Tensor weights)
    : channels_(std::move(channels)),
      grid_(grid),
      time_(grid ? time : std::nullopt),
      weights_(std::move(weights)) {}

void OperatorMetrics::choose_unit(const Tensor& target) {
  const Tensor size = target.abs().transpose(0, 1).flatten(1).amax(1);
  unit_ = power_above(size.to(at::kCPU, at::kDouble)).to(target.device()).unsqueeze(1);
}

void OperatorMetrics::add(const Tensor& outputs, const Tensor& target) {
  at::NoGradGuard no_grad;
  if (!unit_.defined()) choose_unit(target);
  const auto ordered = [&](const Tensor& t) {  // [B, C, T, X, ...]
    const bool moves = time_ && t.dim() > 3;   // time alone is what the errors are summed over
    std::vector<std::int64_t> each(static_cast<std::size_t>(t.dim() - 1), 1);
    each[0] = unit_.size(0);
    const Tensor d = t.to(at::kDouble) / unit_.view(each);
    return moves ? d.movedim(*time_ + 2, 2) : d.unsqueeze(2);
  };
  const Tensor v = ordered(target), off = ordered(outputs) - v;
  const auto root_mean_square = [&](const Tensor& t) {
    return weighted(t, weights_, 0.5).flatten(3).square().mean(-1).sqrt();
  };
  const Tensor flat = off.flatten(3), rmse = root_mean_square(off), size = root_mean_square(v);
  accumulate(rmse_, rmse.sum(0));
  accumulate(nrmse_, ratio(rmse, size).sum(0));
  accumulate(relative_, ratio(rmse.norm(2, -1), size.norm(2, -1)).sum(0));
  accumulate(conserved_, weighted(off, weights_).flatten(3).mean(-1).square().sum(0));
  const Tensor largest = flat.abs().amax(-1).amax(0);
  largest_ = largest_.defined() ? at::maximum(largest_, largest) : largest;
  samples_ += static_cast<double>(off.size(0));
  points_ = static_cast<double>(flat.size(-1));
  if (!grid_ || off.dim() > 6) return;
  add_boundary(off);
  add_spectrum(off);
}

void OperatorMetrics::add_boundary(const Tensor& off) {
  Tensor sum;
  double count = 0;
  for (std::int64_t axis = 3; axis < off.dim(); ++axis)
    for (const std::int64_t end : {std::int64_t{0}, off.size(axis) - 1}) {
      const Tensor squares = off.select(axis, end).square();
      const Tensor total = squares.dim() > 3 ? squares.flatten(3).sum(-1) : squares;
      accumulate(sum, total);
      count += static_cast<double>(squares.numel() / total.numel());
    }
  accumulate(boundary_, (sum / count).sqrt().sum(0));
}

void OperatorMetrics::add_spectrum(const Tensor& off) {
  if (off.dim() == 4) {
    accumulate(spectrum_, at::fft_rfft(off, c10::nullopt, 3).abs().square().sum(0));
    return;
  }
  std::vector<std::int64_t> dims(static_cast<std::size_t>(off.dim() - 3)), half;
  std::iota(dims.begin(), dims.end(), 3);
  Tensor power = at::fft_fftn(off, c10::nullopt, dims).abs().square().sum(0);  // [C, T, X, ...]
  for (std::int64_t axis = 2; axis < power.dim(); ++axis) {
    half.push_back(power.size(axis) / 2);
    power = power.narrow(axis, 0, half.back());
  }
  const std::int64_t bins = *std::min_element(half.begin(), half.end());
  if (bins == 0) return;
  const Tensor empty = at::zeros({power.size(0), power.size(1), bins + 1}, power.options());
  accumulate(spectrum_,
             empty.index_add(2, wave_numbers(half, bins, power.options()), power.flatten(2))
                 .narrow(2, 0, bins));
}

json OperatorMetrics::json() const {
  nlohmann::json out = nlohmann::json::object();
  if (samples_ == 0) return out;
  const Tensor spectrum = spectrum_.defined() ? (spectrum_ / samples_).sqrt() / points_ : spectrum_;
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const auto c = static_cast<std::int64_t>(i);
    const Tensor unit = unit_[c];
    auto& one = out[channels_[i]];
    one = {{"relative_l2", number(relative_[c] / samples_)},
           {"rmse", number(rmse_[c].mean() / samples_ * unit)},
           {"nrmse", number(nrmse_[c].mean() / samples_)},
           {"max_error", number(largest_[c].max() * unit)},
           {"crmse", number((conserved_[c] / samples_).sqrt().mean() * unit)}};
    if (boundary_.defined()) one["brmse"] = number(boundary_[c].mean() / samples_ * unit);
    if (spectrum.defined())
      one["frmse"] = {{"low", band(spectrum[c] * unit, 0, low)},
                      {"middle", band(spectrum[c] * unit, low, middle)},
                      {"high", band(spectrum[c] * unit, middle, spectrum.size(-1))}};
    if (time_ && rmse_.size(1) > 1)
      one["per_time"] = {{"rmse", list(rmse_[c] / samples_ * unit)},
                         {"nrmse", list(nrmse_[c] / samples_)},
                         {"max_error", list(largest_[c] * unit)}};
  }
  return out;
}

}  // namespace banach
