// SPDX-License-Identifier: Apache-2.0
#include "datasets/mapped_dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>

#include "banach/error.hpp"
#include "datasets/presets.hpp"
#include "datasets/splits.hpp"
#include "datasets/trajectories.hpp"

namespace banach {
namespace {

/// Bytes that may be taken, or -1 where the system does not say.
std::int64_t free_memory() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  std::int64_t kib = -1;
  while (file >> word)
    if (word == "MemAvailable:" && file >> kib) break;
  std::int64_t free = kib < 0 ? -1 : kib * 1024;
  std::int64_t limit = 0, used = 0;
  std::ifstream maximum("/sys/fs/cgroup/memory.max"), current("/sys/fs/cgroup/memory.current");
  if (maximum >> limit && current >> used)
    free = free < 0 ? limit - used : std::min(free, limit - used);
  return std::max<std::int64_t>(free, 0);
}

std::int64_t budget_bytes(double budget) {
  return static_cast<std::int64_t>(budget > 1 ? budget * 1e9
                                              : budget * static_cast<double>(free_memory()));
}

bool is_test_split(const DataVariantParameters& variant) {
  return variant.name.empty() || variant.name == "test";
}

const DataVariantParameters& find_variant(const DatasetParameters& parameters,
                                          const std::string& name) {
  std::vector<std::string> names;
  for (const auto& variant : parameters.test) {
    if (variant.name == name) return variant;
    names.push_back(variant.name);
  }
  throw ConfigError(fmt::format("dataset.test: there is no test set \"{}\"; there are: {}", name,
                                names.empty() ? "none" : join(names)));
}

}  // namespace

MappedDataset::MappedDataset(const DatasetParameters& p, const std::string& variant)
    : window_(p.window), budget_(budget_bytes(p.memory_budget)) {
  if (window_) span_ = window_->stride * (window_->n_in + window_->n_out - 1);
  if (!variant.empty()) {
    const auto& own = find_variant(p, variant);
    const auto& source = add_source(p, own, "test");
    if (!own.files.empty() || !own.rename.empty()) {
      Indices all(static_cast<std::size_t>(source.trajectories()));
      std::iota(all.begin(), all.end(), 0);
      set_part(Split::test, source, std::move(all));
      return;
    }
    const auto parts = divide(p.split, source.trajectories(),
                              {p.train.has_value(), p.validation.has_value(), false});
    for (std::size_t k = 0; k < 3; ++k) set_part(static_cast<Split>(k), source, parts[k]);
    return;
  }
  const auto own_test = std::find_if(p.test.begin(), p.test.end(), is_test_split);
  const SeparateSplits separate{p.train.has_value(), p.validation.has_value(),
                                own_test != p.test.end()};
  const auto whole = [&](Split split, const DataVariantParameters& own, const char* name) {
    const auto& source = add_source(p, own, name);
    Indices all(static_cast<std::size_t>(source.trajectories()));
    std::iota(all.begin(), all.end(), 0);
    set_part(split, source, std::move(all));
  };
  if (separate.train) whole(Split::train, *p.train, "train");
  if (!separate.train || !p.files.empty()) {
    const auto& source = add_source(p, {}, "files");
    const auto parts = divide(p.split, source.trajectories(), separate);
    const bool elsewhere[] = {separate.train, separate.validation, separate.test};
    for (std::size_t k = 0; k < 3; ++k)
      if (!elsewhere[k]) set_part(static_cast<Split>(k), source, parts[k]);
  }
  if (separate.validation) whole(Split::validation, *p.validation, "validation");
  if (separate.test) whole(Split::test, *own_test, "test");
}

const DataSource& MappedDataset::add_source(const DatasetParameters& parameters,
                                            const DataVariantParameters& own,
                                            const std::string& name) {
  sources_.push_back(std::make_unique<DataSource>(parameters, own));
  const auto& source = *sources_.back();
  if (sources_.size() == 1)
    info_ = source.info();
  else
    require_same(source.info(), name);
  source.keep_rows();
  return source;
}

void MappedDataset::require_same(const DatasetInfo& other, const std::string& name) const {
  const auto fail = [&](const std::string& what) {
    throw DataError(fmt::format("dataset.{}: {}", name, what));
  };
  for (std::size_t i = 0; i < info_.variables.size(); ++i) {
    const auto &a = info_.variables[i], &b = other.variables[i];
    if (a.channels != b.channels || a.axes != b.axes)
      fail(fmt::format("\"{}\" has {} channels on ({}), but {} on ({}) in the training data",
                       b.name, b.channels.size(), join(b.axes), a.channels.size(), join(a.axes)));
  }
  for (const auto& axis : info_.axes)
    if (const auto* same = other.axis(axis.name); !same || same->size != axis.size)
      fail(fmt::format("axis \"{}\" has {} entries, but {} in the training data", axis.name,
                       same ? same->size : 0, axis.size));
}

std::int64_t MappedDataset::windows(const DataSource& source, std::int64_t trajectory) const {
  if (!window_) return 1;
  return std::max<std::int64_t>(0, source.times(trajectory) - span_);
}

void MappedDataset::set_part(Split split, const DataSource& source, Indices trajectories) {
  auto& part = parts_[static_cast<std::size_t>(split)];
  part.source = &source;
  part.first.push_back(0);
  std::int64_t longest = 0;
  for (const auto trajectory : trajectories) {
    longest = std::max(longest, source.times(trajectory));
    part.first.push_back(part.first.back() + windows(source, trajectory));
  }
  if (window_ && !trajectories.empty() && part.first.back() == 0)
    throw ConfigError(fmt::format(
        "dataset.window: n_in = {}, n_out = {} and stride = {} need {} times, the longest "
        "trajectory has {}",
        window_->n_in, window_->n_out, window_->stride, span_ + 1, longest));
  part.trajectories = std::move(trajectories);
  make_blocks(part);
}

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
  std::int64_t numbers = 0;
  for (const auto& p : parts_) {
    if (!p.source) continue;
    for (const auto& block : p.blocks)
      for (const auto& v : p.source->variables())
        if (v.same < 0)
          numbers += static_cast<std::int64_t>(block.trajectories.size()) * v.step_numbers *
                     (v.windowed ? block.times : 1);
  }
  return numbers * (type == NumberType::float32 ? 4 : 8);
}

std::int64_t MappedDataset::sample_numbers() const {
  std::int64_t numbers = 0;
  for (const auto& v : info_.variables) numbers += info_.numbers(v);
  return numbers;
}

const std::vector<SampleBlock>& MappedDataset::blocks(Split split) const {
  return part(split).blocks;
}

std::vector<DataArray> MappedDataset::room(std::size_t samples, NumberType type) const {
  std::vector<DataArray> out;
  for (const auto& v : info_.variables)
    out.push_back({type, std::vector<std::byte>(samples * (type == NumberType::float32 ? 4 : 8) *
                                                static_cast<std::size_t>(info_.numbers(v)))});
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
  auto out = room(samples.size(), type);
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
      copy(split, block, data, samples[order[i]] - block.first_sample, type, order[i], out);
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
  return std::make_shared<const MappedDataset>(apply_preset(parameters), variant);
}

}  // namespace banach
