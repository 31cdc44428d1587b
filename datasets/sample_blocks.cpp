// SPDX-License-Identifier: Apache-2.0
// MappedDataset: blocks of samples, read and taken apart.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>

#include "datasets/mapped_dataset.hpp"

namespace banach {
namespace {

// Sizes of blocks decide the order of samples, so they must not depend on the machine.
constexpr std::int64_t small_block = std::int64_t{1}
                                     << 20;  // bytes as float32: at least, if it can
constexpr std::int64_t large_block = std::int64_t{8} << 20;  // above: a trajectory is divided

constexpr std::int64_t long_run = std::int64_t{16} << 10;  // bytes worth a call of their own

std::int64_t chunk_times(const DataSource& source) {
  std::int64_t longest = 1;
  for (const auto& v : source.variables()) {
    const auto& dims = v.layout.dims;
    const auto at = std::find(dims.begin(), dims.end(), "time");
    const auto& chunks = v.layout.first.chunks;
    if (!v.windowed || at == dims.end() || chunks.empty()) continue;
    longest = std::max(longest, chunks[static_cast<std::size_t>(at - dims.begin())]);
  }
  return longest;
}

// Whether float32 holds every number of the dataset.
bool narrow(const Hdf5DatasetInfo& info) {
  const auto is = [&](const char* kind) { return info.type.rfind(kind, 0) == 0; };
  const std::int64_t bytes = info.item_bytes / std::max(1, info.components);
  return is("float") || is("complex") ? bytes <= 4 : bytes <= 2;
}

/// The array whose rows of chunks blocks must respect.
const ArrayLayout* widest(const DataSource& source, std::int64_t& row) {
  const ArrayLayout* layout = nullptr;
  for (std::size_t i = 0; i < source.variables().size(); ++i) {
    const auto& v = source.variables()[i];
    if (v.info.role == DataVariable::Role::parameter || v.layout.sample_dim < 0) continue;
    if (!layout || source.row(i) > row) layout = &v.layout;
    row = std::max(row, source.row(i));
  }
  return layout;
}

}  // namespace

NumberType kept_type(const DataSource& source, std::size_t variable, NumberType asked) {
  if (asked != NumberType::exact) return asked;
  const auto& named = source.variables()[variable];
  const auto& v = named.same < 0 ? named : source.variables()[static_cast<std::size_t>(named.same)];
  const bool as_stored = v.transform == "none" && v.scale == 1 && v.offset == 0;
  return v.values.empty() && as_stored && narrow(v.layout.first) ? NumberType::float32
                                                                 : NumberType::float64;
}

double MappedDataset::rounding(std::size_t variable) const {
  const auto& p = part(Split::train);
  if (!p.source) return std::numeric_limits<double>::epsilon();
  const auto& v = p.source->variables()[variable];
  const Hdf5DatasetInfo& stored = v.layout.first;
  const bool known = v.values.empty() && v.transform == "none" && v.offset == 0;
  if (!known || stored.type.rfind("float", 0) != 0) return std::numeric_limits<double>::epsilon();
  return stored.item_bytes == 4   ? std::numeric_limits<float>::epsilon()
         : stored.item_bytes == 2 ? 0x1p-10
                                  : std::numeric_limits<double>::epsilon();
}

void MappedDataset::make_blocks(Part& part) const {
  const auto& source = *part.source;
  std::int64_t fixed = 0, step = 0, row = 1;  // bytes of a trajectory and of one of its times
  for (const auto& v : source.variables())
    if (v.same < 0) (v.windowed ? step : fixed) += 4 * v.step_numbers;
  const auto* layout = widest(source, row);
  SampleBlock block;
  std::pair<std::int64_t, std::int64_t> key{-1, -1};
  const auto finish = [&] {
    if (block.samples > 0) part.blocks.push_back(block);
    block = SampleBlock();
  };
  for (std::size_t i = 0; i < part.trajectories.size(); ++i) {
    const auto trajectory = part.trajectories[i];
    const auto samples = part.first[i + 1] - part.first[i];
    if (samples == 0) continue;
    const auto times = window_ ? source.times(trajectory) : 1;
    const auto bytes = std::max<std::int64_t>(fixed + step * times, 1);
    if (window_ && bytes > large_block) {
      finish();
      key = {-1, -1};
      const auto aligned = chunk_times(source);
      auto per = std::max<std::int64_t>(1, large_block / std::max<std::int64_t>(step, 1));
      if (aligned * step <= 4 * large_block) per = (per + aligned - 1) / aligned * aligned;
      split_time(part, i, per);
      continue;
    }
    const auto per = ((small_block + bytes - 1) / bytes + row - 1) / row * row;
    const auto base = layout ? layout->block(trajectory).first : 0;
    // Groups of one sample each are counted through; files are not mixed within a row.
    const bool single = !layout || layout->block(trajectory).count == 1;
    const std::pair<std::int64_t, std::int64_t> next{
        single ? -2 : base, (single ? trajectory : trajectory - base) / per};
    if (next != key || block.times != times) finish();
    key = next;
    if (block.trajectories.empty()) {
      block.first_sample = part.first[i];
      block.times = times;
    }
    block.before.push_back(block.samples);
    block.trajectories.push_back(trajectory);
    block.samples += samples;
  }
  finish();
}

/// Blocks of `per_block` windows of one long trajectory.
void MappedDataset::split_time(Part& part, std::size_t position, std::int64_t per_block) const {
  const auto samples = part.first[position + 1] - part.first[position];
  for (std::int64_t start = 0; start < samples; start += per_block) {
    const auto count = std::min(per_block, samples - start);
    part.blocks.push_back({part.first[position] + start,
                           count,
                           {part.trajectories[position]},
                           {0},
                           start,
                           count + span_});
  }
}

template <class T>
void MappedDataset::load_variable(const DataSource& source, std::size_t variable,
                                  const SampleBlock& block, T* out) const {
  const auto& v = source.variables()[variable];
  const auto times = v.windowed ? block.times : 1;
  const auto size = v.step_numbers * times;
  const auto& own = block.trajectories;
  const auto range = own.back() - own.front() + 1;
  const auto count = static_cast<std::int64_t>(own.size());
  // Gaps are read too where they are few: one long read beats many short ones.
  const bool costly =
      source.row(variable) > 1 || size * static_cast<std::int64_t>(sizeof(T)) < long_run;
  const bool whole = !v.layout.gaps();  // else what is between may not be there
  if (v.layout.sample_dim >= 0 && costly && whole && range > count && range <= 2 * count) {
    const std::unique_ptr<T[]> all(new T[static_cast<std::size_t>(range * size)]);
    source.fetch(variable, own.front(), range, block.start, times, all.get());
    for (std::int64_t i = 0; i < count; ++i)
      std::copy_n(all.get() + (own[static_cast<std::size_t>(i)] - own.front()) * size, size,
                  out + i * size);
    return;
  }
  for (std::int64_t i = 0; i < count;) {
    auto end = i + 1;
    while (end < count &&
           own[static_cast<std::size_t>(end)] == own[static_cast<std::size_t>(i)] + end - i)
      ++end;
    source.fetch(variable, own[static_cast<std::size_t>(i)], end - i, block.start, times,
                 out + i * size);
    i = end;
  }
}

BlockData MappedDataset::load(Split split, const SampleBlock& block, NumberType type) const {
  const auto& source = *part(split).source;
  BlockData data;
  for (std::size_t i = 0; i < source.variables().size(); ++i) {
    const auto& v = source.variables()[i];
    const auto numbers = static_cast<std::size_t>(v.step_numbers * (v.windowed ? block.times : 1)) *
                         block.trajectories.size();
    auto& bytes = data.variables.emplace_back();
    if (v.same >= 0) continue;
    const NumberType kept = kept_type(source, i, type);
    bytes.reset(new std::byte[numbers * static_cast<std::size_t>(bytes_of(kept))]);  // all are read
    if (kept == NumberType::float32)
      load_variable(source, i, block, reinterpret_cast<float*>(bytes.get()));
    else
      load_variable(source, i, block, reinterpret_cast<double*>(bytes.get()));
  }
  return data;
}

template <class T>
void MappedDataset::copy_sample(const SourceVariable& v, const SampleBlock& block, const T* from,
                                std::size_t trajectory, std::int64_t start, T* to) const {
  const auto step = v.step_numbers;
  from += static_cast<std::int64_t>(trajectory) * step * (v.windowed ? block.times : 1);
  if (!v.windowed) {
    std::copy_n(from, step, to);
    return;
  }
  const bool output = v.info.role == DataVariable::Role::output;
  const auto last = start + window_->stride * (window_->n_in - 1);  // given
  const auto count = output ? window_->n_out : window_->n_in;
  // As an axis, time stands behind the channels.
  const bool axis = window_->time_as == "axis";
  const auto channels = axis ? static_cast<std::int64_t>(v.info.channels.size()) : 1;
  const auto field = step / channels;
  for (std::int64_t t = 0; t < count; ++t) {
    const auto time = output ? last + window_->stride * (t + 1) : start + window_->stride * t;
    for (std::int64_t c = 0; c < channels; ++c) {
      T* target = to + (c * count + t) * field;
      std::copy_n(from + time * step + c * field, field, target);
      if (!output || window_->target != "delta") continue;
      const T* given = from + last * step + c * field;
      for (std::int64_t i = 0; i < field; ++i) target[i] -= given[i];
    }
  }
}

void MappedDataset::copy(Split split, const SampleBlock& block, const BlockData& data,
                         std::int64_t within, std::size_t row, std::vector<DataArray>& out) const {
  const auto& variables = part(split).source->variables();
  const auto at =
      static_cast<std::size_t>(std::upper_bound(block.before.begin(), block.before.end(), within) -
                               block.before.begin() - 1);
  const auto start = within - block.before[at];  // of the window, from the first time read
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto numbers = info_.numbers(variables[i].info) * static_cast<std::int64_t>(row);
    const auto same = variables[i].same;
    const auto& from = data.variables[same < 0 ? i : static_cast<std::size_t>(same)];
    if (out[i].type == NumberType::float32)
      copy_sample(variables[i], block, reinterpret_cast<const float*>(from.get()), at, start,
                  reinterpret_cast<float*>(out[i].bytes.data()) + numbers);
    else
      copy_sample(variables[i], block, reinterpret_cast<const double*>(from.get()), at, start,
                  reinterpret_cast<double*>(out[i].bytes.data()) + numbers);
  }
}

bool MappedDataset::read_kept(Split split, const std::vector<std::int64_t>& samples,
                              NumberType type, std::vector<DataArray>& out) const {
  const std::vector<BlockData>* kept = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto& own = memory_[static_cast<std::size_t>(split)][static_cast<std::size_t>(type)];
    if (own) kept = &*own;  // once there, it stays as it is
  }
  if (!kept) return false;
  const auto& all = blocks(split);
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const auto sample = samples[row];
    const auto after =
        std::upper_bound(all.begin(), all.end(), sample,
                         [](std::int64_t s, const SampleBlock& b) { return s < b.first_sample; });
    const auto at = static_cast<std::size_t>(after - all.begin() - 1);
    copy(split, all[at], (*kept)[at], sample - all[at].first_sample, row, out);
  }
  return true;
}

}  // namespace banach
