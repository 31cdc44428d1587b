// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_errors.hpp"

#include <torch/types.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "core/operators/baselines.hpp"

namespace banach {
namespace {

using nlohmann::json;

constexpr std::int64_t block = 64;  // samples that are read at once

json number(const at::Tensor& t, double by) {
  const double value = t.item<double>() / by;
  return std::isfinite(value) ? json(value) : json();
}

template <class F>
void read_all(const OperatorData& data, const Dataset& dataset, Split split, std::int64_t limit,
              const F& call) {
  const std::int64_t size = limit > 0 ? std::min(limit, dataset.size(split)) : dataset.size(split);
  for (std::int64_t first = 0; first < size; first += block) {
    std::vector<std::int64_t> which(static_cast<std::size_t>(std::min(block, size - first)));
    std::iota(which.begin(), which.end(), first);
    call(make_batch(data, dataset.read(split, which, NumberType::float64),
                    static_cast<std::int64_t>(which.size()), at::TensorOptions(at::kDouble)));
  }
}

}  // namespace

void OperatorErrors::add(const at::Tensor& outputs, const at::Tensor& target) {
  const at::Tensor v = target.to(at::kDouble), off = (outputs.to(at::kDouble) - v).abs();
  const auto norm_of = [&](const at::Tensor& t) {
    return weighted(t, data_.weights, 0.5).flatten(2).norm(2, -1);
  };
  const at::Tensor norm = norm_of(v), distance = norm_of(off);
  const at::Tensor ratio =
      at::where(norm > 0, distance / at::where(norm > 0, norm, at::ones_like(norm)), distance)
          .sum(0);
  const at::Tensor top = off.flatten(2).amax(-1).amax(0);
  const at::Tensor total = weighted(off, data_.weights).flatten(2).sum(-1).sum(0);
  const at::Tensor squares = at::stack({distance.square().sum(0), norm.square().sum(0)});
  const bool first = !absolute_.defined();
  absolute_ = first ? total : absolute_ + total;
  relative_ = first ? ratio : relative_ + ratio;
  squares_ = first ? squares : squares_ + squares;
  largest_ = first ? top : at::maximum(largest_, top);
  samples_ += static_cast<double>(v.size(0));
  points_ += static_cast<double>(v.numel() / v.size(1));
}

json OperatorErrors::json() const {
  nlohmann::json out = {{"unknowns", nlohmann::json::object()}};
  if (samples_ == 0) return out;
  const bool pooled = points_ == samples_;
  const at::Tensor relative = pooled ? (squares_[0] / squares_[1]).sqrt() : relative_ / samples_;
  if (pooled) out["pooled"] = true;
  for (std::size_t i = 0; i < data_.unknowns.size(); ++i) {
    const auto k = static_cast<std::int64_t>(i);
    out["unknowns"][data_.unknowns[i]] = {{"mae", number(absolute_[k], points_)},
                                          {"relative_l2", number(relative[k], 1)},
                                          {"max_error", number(largest_[k], 1)}};
  }
  return out;
}

namespace {

at::Tensor flat_inputs(const OperatorBatch& batch) {
  std::vector<at::Tensor> parts;
  for (const auto& input : batch.inputs) parts.push_back(input.reshape({batch.count, -1}));
  return at::cat(parts, 1);
}

// Training samples that are fitted: inputs [n, p], none where points are the samples' own, and
// outputs [n, unknowns, extents...]; at most about 1 GB.
std::pair<at::Tensor, at::Tensor> training_samples(const OperatorData& data,
                                                   const Dataset& dataset) {
  std::int64_t count = dataset.size(Split::train);
  if (data.parameters.labelled > 0) count = std::min(count, data.parameters.labelled);
  std::vector<at::Tensor> inputs, outputs;
  const auto which = baseline_samples(count, 0);
  for (std::size_t first = 0; first < which.size(); first += block) {
    const std::vector<std::int64_t> some(
        which.begin() + static_cast<std::ptrdiff_t>(first),
        which.begin() + static_cast<std::ptrdiff_t>(std::min(which.size(), first + block)));
    const OperatorBatch batch =
        make_batch(data, dataset.read(Split::train, some, NumberType::float64),
                   static_cast<std::int64_t>(some.size()), at::TensorOptions(at::kDouble));
    if (!data.own_points) inputs.push_back(flat_inputs(batch));
    outputs.push_back(batch.outputs);
  }
  return {inputs.empty() ? at::Tensor() : at::cat(inputs), at::cat(outputs)};
}

}  // namespace

json baseline_errors(const OperatorData& data, const Dataset& dataset, Split split) {
  json out = json::object();
  if (dataset.size(Split::train) == 0) return out;
  const auto [inputs, outputs] = training_samples(data, dataset);
  const at::Tensor mean =
      data.own_points ? outputs.mean(0, true).mean(2, true) : outputs.mean(0, true);
  std::optional<Baselines> fitted;
  if (inputs.defined() && inputs.size(0) >= 10) fitted.emplace(inputs, outputs.flatten(1));
  const std::string best = fitted ? fitted->names().front() : "";
  OperatorErrors of_mean(data), of_best(data);
  read_all(data, dataset, split, 0, [&](const OperatorBatch& batch) {
    of_mean.add(mean.expand_as(batch.outputs), batch.outputs);
    if (fitted)
      of_best.add(fitted->predict(best, flat_inputs(batch)).reshape_as(batch.outputs),
                  batch.outputs);
  });
  out["mean of the training outputs"] = of_mean.json()["unknowns"];
  if (fitted) out[best] = of_best.json()["unknowns"];
  return out;
}

}  // namespace banach
