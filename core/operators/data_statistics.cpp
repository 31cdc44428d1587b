// SPDX-License-Identifier: Apache-2.0
#include "core/operators/data_statistics.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <numeric>

namespace banach {
namespace {

constexpr std::int64_t block = 64;  // samples that are read at once

// Relative to the largest value: what varies less carries no information, and dividing by it would
// make noise of rounding errors.
constexpr double constant = 1e-12;

constexpr double coarse = 16;  // steps of the stored type

}  // namespace

DataStatistics::DataStatistics(const OperatorData& data, const Dataset& dataset, bool per_point)
    : inputs_(data.inputs.size()) {
  const auto name = [&](Sums& sums, std::size_t variable, const char* role) {
    for (const auto& channel : data.info.variables[variable].channels)
      sums.names.push_back({fmt::format("{} \"{}\"", role, channel), dataset.rounding(variable)});
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) name(inputs_[i], data.inputs[i], "input");
  for (const std::size_t i : data.outputs) name(outputs_, i, "output");
  const std::int64_t size = dataset.size(Split::train);
  for (std::int64_t first = 0; first < size; first += block) {
    std::vector<std::int64_t> which(static_cast<std::size_t>(std::min(block, size - first)));
    std::iota(which.begin(), which.end(), first);
    const OperatorBatch batch =
        make_batch(data, dataset.read(Split::train, which, NumberType::float64),
                   static_cast<std::int64_t>(which.size()), at::TensorOptions(at::kDouble));
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i].add(batch.inputs[i], per_point);
    if (batch.outputs.defined()) outputs_.add(batch.outputs, per_point);
  }
}

void DataStatistics::Sums::add(const at::Tensor& values, bool per_point) {
  channels.add(values.transpose(0, 1).reshape({values.size(1), -1}).t());
  if (per_point) points.add(values.flatten(1));
}

// [channels]
at::Tensor DataStatistics::Sums::constant_below() const {
  std::vector<double> relative;
  for (const Channel& c : names) relative.push_back(std::max(constant, c.rounding / 2));
  return at::tensor(relative, at::kDouble) * channels.largest();
}

Scaling DataStatistics::scaling(const Sums& sums, const std::string& kind, bool per_point) {
  if (kind == "none" || sums.channels.empty()) return {};
  Scaling out = sums.channels.scaling(kind);
  const at::Tensor size = sums.channels.largest(), least = sums.constant_below();
  out.scale =
      at::where(out.scale > least, out.scale, at::where(size > 0, size, at::ones_like(size)));
  if (!per_point) return out;
  const std::int64_t channels = size.size(0);
  Scaling points = sums.points.scaling(kind);
  points.shift = points.shift.reshape({channels, -1});
  points.scale = points.scale.reshape({channels, -1});
  points.scale = at::where(points.scale > least.unsqueeze(1), points.scale, out.scale.unsqueeze(1));
  return points;
}

Scaling DataStatistics::input(std::size_t i, const std::string& kind, bool per_point) const {
  return scaling(inputs_[i], kind, per_point);
}
Scaling DataStatistics::output(const std::string& kind, bool per_point) const {
  return scaling(outputs_, kind, per_point);
}

void DataStatistics::note(const Sums& sums, std::vector<std::string>& out) {
  if (sums.channels.empty()) return;
  const at::Tensor deviation = sums.channels.deviation(), size = sums.channels.largest();
  const at::Tensor least = sums.constant_below();
  for (std::size_t c = 0; c < sums.names.size(); ++c) {
    const auto at = [&](const at::Tensor& t) {
      return t[static_cast<std::int64_t>(c)].item<double>();
    };
    const Channel& channel = sums.names[c];
    const double step = channel.rounding * at(size);
    if (at(deviation) <= at(least))
      out.push_back(fmt::format("dataset: {} is constant over the training samples", channel.name));
    else if (at(deviation) < coarse * step)
      out.push_back(fmt::format(
          "dataset: {} varies by {:.2g} about {:.6g}, which the type of its numbers in the files "
          "resolves to {:.2g} only; store it as float64, or as differences from a reference",
          channel.name, at(deviation), at(size), step));
  }
}

std::vector<std::string> DataStatistics::notices() const {
  std::vector<std::string> out;
  for (const Sums& sums : inputs_) note(sums, out);
  note(outputs_, out);
  return out;
}

}  // namespace banach
