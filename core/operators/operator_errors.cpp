// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_errors.hpp"

#include <torch/types.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

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
  const at::Tensor u = outputs.to(at::kDouble).flatten(2), v = target.to(at::kDouble).flatten(2);
  const at::Tensor off = (u - v).abs();
  const at::Tensor norm = v.norm(2, -1), distance = off.norm(2, -1);
  const at::Tensor ratio =
      at::where(norm > 0, distance / at::where(norm > 0, norm, at::ones_like(norm)), distance)
          .sum(0);
  const at::Tensor top = off.amax(-1).amax(0), total = off.sum(-1).sum(0);
  const bool first = !absolute_.defined();
  absolute_ = first ? total : absolute_ + total;
  relative_ = first ? ratio : relative_ + ratio;
  largest_ = first ? top : at::maximum(largest_, top);
  samples_ += static_cast<double>(u.size(0));
  points_ += static_cast<double>(u.size(0) * u.size(2));
}

json OperatorErrors::json() const {
  nlohmann::json out = {{"unknowns", nlohmann::json::object()}};
  if (samples_ == 0) return out;
  for (std::size_t i = 0; i < data_.unknowns.size(); ++i) {
    const auto k = static_cast<std::int64_t>(i);
    out["unknowns"][data_.unknowns[i]] = {{"mae", number(absolute_[k], points_)},
                                          {"relative_l2", number(relative_[k], samples_)},
                                          {"max_error", number(largest_[k], 1)}};
  }
  return out;
}

json baseline_errors(const OperatorData& data, const Dataset& dataset, Split split) {
  at::Tensor sum;
  double count = 0;
  read_all(data, dataset, Split::train, data.parameters.labelled, [&](const OperatorBatch& batch) {
    const at::Tensor now = batch.outputs.sum(0, true);
    sum = sum.defined() ? sum + now : now;
    count += static_cast<double>(batch.count);
  });
  json out = json::object();
  if (count == 0 || data.own_points) return out;
  const at::Tensor mean = sum / count;
  OperatorErrors errors(data);
  read_all(data, dataset, split, 0, [&](const OperatorBatch& batch) {
    errors.add(mean.expand_as(batch.outputs), batch.outputs);
  });
  out["mean of the training outputs"] = errors.json()["unknowns"];
  return out;
}

}  // namespace banach
