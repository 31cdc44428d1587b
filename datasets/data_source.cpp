// SPDX-License-Identifier: Apache-2.0
#include "datasets/data_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "datasets/dataset_names.hpp"
#include "datasets/source_builder.hpp"

namespace banach {
namespace {

constexpr std::int64_t long_run = 4096;  // bytes that a disk reads in one go
constexpr std::int64_t largest_cache = std::int64_t{64} << 20;

}  // namespace

DataSource::DataSource(const DatasetParameters& parameters, const DataVariantParameters& own,
                       const DatasetInfo* training) {
  SourceBuilder(parameters, own, *this, training).build();
  check_names(info_, "dataset");
}

std::int64_t DataSource::times(std::int64_t trajectory) const {
  const auto& v = variables_[reference_];
  if (!v.windowed) return 1;
  const auto& dim = v.dims[static_cast<std::size_t>(v.layout.axis("time"))];
  return static_cast<std::int64_t>(dim.selection.of(v.layout.block(trajectory).time).size());
}

std::string DataSource::origin(std::int64_t trajectory) const {
  const auto& layout = variables_[reference_].layout;
  const auto& block = layout.block(trajectory);
  const auto file = files_.files[block.pieces.front().file].path.filename().string();
  if (!block.sample.empty()) return fmt::format("{}: sample \"{}\"", file, block.sample);
  if (layout.sample_dim < 0) return file;
  return fmt::format("{}: sample {}", file, trajectory - block.first);
}

std::int64_t DataSource::row(std::size_t variable) const {
  const auto& v = variables_[variable];
  if (v.info.role == DataVariable::Role::parameter || v.layout.sample_dim < 0) return 1;
  const auto dim = static_cast<std::size_t>(v.layout.sample_dim);
  const auto& first = v.layout.first;
  if (!first.chunks.empty()) return first.chunks[dim];
  // Contiguous with faster axes behind the samples: a sample is one run, or many short ones.
  std::int64_t before = 1, behind = first.item_bytes;
  for (std::size_t d = 0; d < first.shape.size(); ++d) {
    if (d < dim) before *= first.shape[d];
    if (d > dim) behind *= first.shape[d];
  }
  return before == 1 ? 1 : std::max<std::int64_t>(1, long_run / std::max<std::int64_t>(behind, 1));
}

void DataSource::keep_rows() const {
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const auto& v = variables_[i];
    const auto& first = v.layout.first;
    if (v.info.role == DataVariable::Role::parameter || first.chunks.empty() || row(i) < 2)
      continue;
    std::int64_t bytes = first.item_bytes;
    for (std::size_t d = 0; d < first.chunks.size(); ++d) {
      const auto whole = (first.shape[d] + first.chunks[d] - 1) / first.chunks[d];
      bytes *=
          static_cast<int>(d) == v.layout.sample_dim ? first.chunks[d] : first.chunks[d] * whole;
    }
    if (bytes > largest_cache) continue;
    for (const auto& block : v.layout.blocks)
      for (const auto& piece : block.pieces)
        cache_->chunk_cache(files_.files[piece.file].path, piece.path, bytes);
  }
}

}  // namespace banach
