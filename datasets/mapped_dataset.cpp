// SPDX-License-Identifier: Apache-2.0
#include "datasets/mapped_dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "banach/error.hpp"
#include "datasets/presets.hpp"
#include "datasets/trajectories.hpp"

namespace banach {

std::int64_t MappedDataset::size(Split split) const {
  const auto& first = part(split).first;
  return first.empty() ? 0 : first.back();
}

Indices MappedDataset::trajectories(Split split) const {
  const auto& first = part(split).first;
  return first.empty() ? Indices{0} : first;
}

std::string MappedDataset::origin(Split split, std::int64_t sample) const {
  const auto& p = part(split);
  const auto at = std::upper_bound(p.first.begin(), p.first.end(), sample) - p.first.begin() - 1;
  auto text = p.source->origin(p.trajectories[static_cast<std::size_t>(at)]);
  if (window_) text += fmt::format(", start {}", sample - p.first[static_cast<std::size_t>(at)]);
  return text;
}

std::int64_t MappedDataset::bytes(NumberType type) const {
  std::int64_t out = 0;
  for (const auto& p : parts_) {
    if (!p.source) continue;
    const auto& variables = p.source->variables();
    for (std::size_t i = 0; i < variables.size(); ++i) {
      if (variables[i].same >= 0) continue;
      const auto each = bytes_of(kept_type(*p.source, i, type)) * variables[i].step_numbers;
      for (const auto& block : p.blocks)
        out += static_cast<std::int64_t>(block.trajectories.size()) * each *
               (variables[i].windowed ? block.times : 1);
    }
  }
  return out;
}

std::int64_t MappedDataset::sample_numbers() const {
  std::int64_t numbers = 0;
  for (const auto& v : info_.variables) numbers += info_.numbers(v);
  return numbers;
}

const std::vector<SampleBlock>& MappedDataset::blocks(Split split) const {
  return part(split).blocks;
}

std::vector<DataArray> MappedDataset::room(Split split, std::size_t samples,
                                           NumberType type) const {
  std::vector<DataArray> out;
  for (std::size_t i = 0; i < info_.variables.size(); ++i) {
    const DataSource* source = part(split).source;
    const NumberType kept = source ? kept_type(*source, i, type) : NumberType::float64;
    const auto numbers = bytes_of(kept) * info_.numbers(info_.variables[i]);
    out.push_back({kept, std::vector<std::byte>(samples * static_cast<std::size_t>(numbers))});
  }
  return out;
}

const std::vector<BlockData>& MappedDataset::memory(Split split, NumberType type) const {
  const std::lock_guard lock(mutex_);
  auto& kept = memory_[static_cast<std::size_t>(split)][static_cast<std::size_t>(type)];
  if (kept) return *kept;
  std::vector<BlockData> all;
  for (const auto& block : part(split).blocks) all.push_back(load(split, block, type));
  kept = std::move(all);
  return *kept;
}

/// What is read for the i-th of the ordered samples: it, and those that follow it in its block.
SampleBlock MappedDataset::neighbours(const Part& p, const std::vector<std::int64_t>& samples,
                                      const std::vector<std::size_t>& order, std::size_t i) const {
  const auto sample = samples[order[i]];
  const auto& whole = *std::prev(
      std::upper_bound(p.blocks.begin(), p.blocks.end(), sample,
                       [](std::int64_t s, const SampleBlock& b) { return s < b.first_sample; }));
  const auto at = static_cast<std::size_t>(
      std::upper_bound(p.first.begin(), p.first.end(), sample) - p.first.begin() - 1);
  SampleBlock block{p.first[at], p.first[at + 1] - p.first[at], {p.trajectories[at]}, {0}, 0,
                    whole.times};
  if (window_) {
    block.first_sample = sample;
    block.samples = 1;
    block.start = sample - p.first[at];
    block.times = span_ + 1;
  } else {
    for (auto j = i; j < order.size(); ++j) {
      const auto next = samples[order[j]];
      if (next >= whole.first_sample + whole.samples) break;
      if (next < block.first_sample + block.samples) continue;
      if (next > block.first_sample + block.samples) break;
      block.before.push_back(block.samples++);
      block.trajectories.push_back(p.trajectories[static_cast<std::size_t>(next)]);
    }
  }
  return block;
}

std::vector<DataArray> MappedDataset::read(Split split, const std::vector<std::int64_t>& samples,
                                           NumberType type) const {
  const auto& p = part(split);
  for (const auto sample : samples)
    if (sample < 0 || sample >= size(split))
      throw DataError(fmt::format("there is no sample {}: the split has {}", sample, size(split)));
  auto out = room(split, samples.size(), type);
  if (read_kept(split, samples, type, out)) return out;
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return samples[a] < samples[b]; });
  // Neighbours come in one piece: runs of samples that lie in one block.
  for (std::size_t i = 0; i < order.size();) {
    const auto block = neighbours(p, samples, order, i);
    const auto data = load(split, block, type);
    for (; i < order.size() && samples[order[i]] < block.first_sample + block.samples; ++i)
      copy(split, block, data, samples[order[i]] - block.first_sample, order[i], out);
  }
  return out;
}

std::vector<std::int64_t> trajectories(const Dataset& dataset, Split split) {
  const auto* mapped = dynamic_cast<const MappedDataset*>(&dataset);
  BANACH_ASSERT(mapped != nullptr);
  return mapped->trajectories(split);
}

Dataset::~Dataset() = default;

std::shared_ptr<const Dataset> Dataset::open(const DatasetParameters& parameters,
                                             const std::string& variant) {
  auto p = apply_preset(parameters);
  // Earlier versions knew these attributes in the preset alone.
  if (p.of_run && !p.cf_attributes && parameters.preset != "netcdf") p.cf_attributes = false;
  return std::make_shared<const MappedDataset>(p, variant);
}

std::shared_ptr<const Dataset> Dataset::open_inputs(const DatasetParameters& parameters,
                                                    const DatasetInfo& training) {
  return std::make_shared<const MappedDataset>(apply_preset(parameters), training);
}

}  // namespace banach
