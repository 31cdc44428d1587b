// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_errors.hpp"

#include <torch/types.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "core/operators/baselines.hpp"
#include "core/operators/channel_sums.hpp"

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
  // Squares of numbers in units of the largest one neither overflow nor vanish.
  const auto norm_of = [&](const at::Tensor& t) {
    const at::Tensor x = weighted(t, data_.weights, 0.5).flatten(2);
    const at::Tensor most = x.abs().amax(-1, true);
    const at::Tensor unit = at::where(most > 0, most, at::ones_like(most));
    return (x / unit).norm(2, -1) * unit.squeeze(-1);
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

// Training samples that are fitted, and the units in which distances between them are taken: every
// channel by its own variance.
struct TrainingSamples {
  std::vector<at::Tensor> inputs;  // [n, channels, axes...] each; none where points are their own
  at::Tensor outputs;              // [n, unknowns, extents...]
  std::vector<Scaling> input_units;
  Scaling output_units;

  bool fitted() const { return !inputs.empty() && inputs[0].size(0) >= 10; }
  /// [B, numbers]
  at::Tensor flat(const std::vector<at::Tensor>& of) const {
    std::vector<at::Tensor> parts;
    for (std::size_t i = 0; i < of.size(); ++i)
      parts.push_back(Scaling().to(input_units[i], of[i]).flatten(1));
    return at::cat(parts, 1);
  }
  at::Tensor flat_outputs() const { return Scaling().to(output_units, outputs).flatten(1); }
};

Scaling units_of(const at::Tensor& values) {
  ChannelSums sums;
  sums.add(values.transpose(0, 1).reshape({values.size(1), -1}).t());
  Scaling out = sums.scaling("zscore");
  const at::Tensor size = sums.largest();
  out.scale = at::where(out.scale > 1e-12 * size, out.scale,
                        at::where(size > 0, size, at::ones_like(size)));
  return out;
}

// At most about 1 GB.
TrainingSamples training_samples(const OperatorData& data, const Dataset& dataset) {
  std::int64_t count = dataset.size(Split::train);
  if (data.parameters.labelled > 0) count = std::min(count, data.parameters.labelled);
  std::vector<std::vector<at::Tensor>> inputs(data.own_points ? 0 : data.inputs.size());
  std::vector<at::Tensor> outputs;
  const auto which = baseline_samples(count, 0);
  for (std::size_t first = 0; first < which.size(); first += block) {
    const std::vector<std::int64_t> some(
        which.begin() + static_cast<std::ptrdiff_t>(first),
        which.begin() + static_cast<std::ptrdiff_t>(std::min(which.size(), first + block)));
    const OperatorBatch batch =
        make_batch(data, dataset.read(Split::train, some, NumberType::float64),
                   static_cast<std::int64_t>(some.size()), at::TensorOptions(at::kDouble));
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].push_back(batch.inputs[i]);
    outputs.push_back(batch.outputs);
  }
  TrainingSamples out;
  for (auto& parts : inputs) {
    out.inputs.push_back(at::cat(parts));
    out.input_units.push_back(units_of(out.inputs.back()));
  }
  out.outputs = at::cat(outputs);
  out.output_units = units_of(out.outputs);
  return out;
}

}  // namespace

json baseline_errors(const OperatorData& data, const Dataset& dataset, Split split) {
  json out = json::object();
  if (dataset.size(Split::train) == 0) return out;
  const TrainingSamples train = training_samples(data, dataset);
  at::Tensor mean = train.outputs.mean(0, true);
  if (data.own_points) mean = mean.mean(2, true);
  std::optional<Baselines> fitted;
  if (train.fitted()) fitted.emplace(train.flat(train.inputs), train.flat_outputs());
  const std::string best = fitted ? fitted->names().front() : "";
  OperatorErrors of_mean(data), of_best(data);
  read_all(data, dataset, split, 0, [&](const OperatorBatch& batch) {
    of_mean.add(mean.expand_as(batch.outputs), batch.outputs);
    if (!fitted) return;
    const at::Tensor found =
        fitted->predict(best, train.flat(batch.inputs)).reshape_as(batch.outputs);
    of_best.add(train.output_units.undone(found), batch.outputs);
  });
  out["mean of the training outputs"] = of_mean.json()["unknowns"];
  if (fitted) out[best] = of_best.json()["unknowns"];
  return out;
}

}  // namespace banach
