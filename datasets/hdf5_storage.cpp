// SPDX-License-Identifier: Apache-2.0
// Hdf5Reader: which numbers of a dataset are in the file.
#include <fmt/format.h>

#include <algorithm>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "datasets/hdf5_reader_impl.hpp"

namespace banach {
namespace {

using Gaps = std::vector<Hdf5Gap>;

constexpr std::int64_t most_chunks = std::int64_t{1} << 20;  // that are asked for one by one

Hdf5Gap whole(const Hdf5DatasetInfo& info, const std::string& why) {
  return {Shape(info.shape.size(), 0), info.shape, why};
}

/// Joins boxes that are neighbours along one axis and agree along all others.
void join_along(std::size_t axis, Gaps& boxes) {
  Gaps joined;
  std::map<std::pair<Shape, Shape>, std::size_t> last;
  for (auto& box : boxes) {
    auto key = std::make_pair(box.start, box.count);
    key.first[axis] = key.second[axis] = 0;
    const auto [at, fresh] = last.emplace(key, joined.size());
    if (!fresh) {
      auto& before = joined[at->second];
      if (before.start[axis] + before.count[axis] == box.start[axis]) {
        before.count[axis] += box.count[axis];
        continue;
      }
      at->second = joined.size();
    }
    joined.push_back(std::move(box));
  }
  boxes = std::move(joined);
}

/// From numbers of chunks to numbers of elements.
void to_elements(const Hdf5DatasetInfo& info, Gaps& boxes) {
  for (auto& box : boxes)
    for (std::size_t d = 0; d < info.shape.size(); ++d) {
      box.start[d] *= info.chunks[d];
      box.count[d] = std::min(box.count[d] * info.chunks[d], info.shape[d] - box.start[d]);
    }
}

bool stored(hid_t dataset, const Hdf5DatasetInfo& info, const Shape& chunk) {
  std::vector<hsize_t> offset;
  for (std::size_t d = 0; d < chunk.size(); ++d)
    offset.push_back(static_cast<hsize_t>(chunk[d] * info.chunks[d]));
  hsize_t bytes = 0;
  return H5Dget_chunk_storage_size(dataset, offset.data(), &bytes) >= 0 && bytes > 0;
}

Gaps chunk_gaps(hid_t dataset, const Hdf5DatasetInfo& info) {
  Shape grid;
  for (std::size_t d = 0; d < info.shape.size(); ++d)
    grid.push_back((info.shape[d] + info.chunks[d] - 1) / info.chunks[d]);
  const auto expected = hdf5_elements(grid);
  hsize_t there = 0;
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);  // not every version takes H5S_ALL
  H5Dget_num_chunks(dataset, space.get(), &there);
  if (static_cast<std::int64_t>(there) >= expected) return {};
  const auto why = fmt::format("{} of {} chunks were never written",
                               expected - static_cast<std::int64_t>(there), expected);
  if (there == 0) return {whole(info, "it was never written")};
  if (expected > most_chunks) return {whole(info, why)};
  Gaps boxes;
  Shape at(grid.size(), 0);
  for (std::int64_t i = 0; i < expected; ++i) {
    auto rest = i;
    for (std::size_t d = grid.size(); d-- > 0; rest /= grid[d]) at[d] = rest % grid[d];
    if (!stored(dataset, info, at)) boxes.push_back({at, Shape(grid.size(), 1), why});
  }
  for (std::size_t d = grid.size(); d-- > 0;) join_along(d, boxes);
  to_elements(info, boxes);
  return boxes;
}

/// The part of a gap that a box asks for; false where there is none.
bool overlap(const Hdf5Gap& gap, const Hdf5Slab& slab, std::vector<std::string>& ranges) {
  for (std::size_t d = 0; d < gap.start.size(); ++d) {
    const auto stride = slab.stride.empty() ? 1 : std::max<std::int64_t>(slab.stride[d], 1);
    const auto first =
        std::max<std::int64_t>(0, (gap.start[d] - slab.start[d] + stride - 1) / stride);
    const auto end =
        std::min(gap.start[d] + gap.count[d], slab.start[d] + (slab.count[d] - 1) * stride + 1);
    const auto from = slab.start[d] + first * stride;
    if (from >= end) return false;
    ranges.push_back(fmt::format("{}:{}", from, end));
  }
  return true;
}

}  // namespace

// Of a file that `banach generate` has not finished: what comes after the mark.
std::vector<Hdf5Gap> Hdf5Reader::Impl::unfinished(const Hdf5DatasetInfo& info) const {
  const auto root = object("/");
  if (info.chunks.empty() || H5Aexists(root.get(), "generator") <= 0 ||
      H5Aexists(root.get(), "done") <= 0)
    return {};
  const auto done = attribute(root.get(), "/", "done").numbers;
  if (done.size() != 1 || done[0] >= static_cast<double>(info.shape[0])) return {};
  auto gap = whole(info, fmt::format("banach generate wrote {} of {} samples; the same command "
                                     "resumes it",
                                     done[0], info.shape[0]));
  gap.start[0] = std::max<std::int64_t>(0, static_cast<std::int64_t>(done[0]));
  gap.count[0] -= gap.start[0];
  return {gap};
}

std::vector<Hdf5Gap> Hdf5Reader::Impl::find_gaps(hid_t dataset, const Hdf5DatasetInfo& info,
                                                 std::vector<std::string>& trail) {
  if (info.elements() == 0) return {};
  if (info.storage == "virtual") return virtual_gaps(dataset, info, trail);
  if (info.storage == "chunked") {
    auto gaps = chunk_gaps(dataset, info);
    return gaps.empty() ? unfinished(info) : gaps;
  }
  H5D_space_status_t status = H5D_SPACE_STATUS_ERROR;
  if (info.storage == "contiguous" && H5Dget_space_status(dataset, &status) >= 0 &&
      status == H5D_SPACE_STATUS_NOT_ALLOCATED)
    return {whole(info, "it was never written")};
  return {};
}

void Hdf5Reader::Impl::require_stored(const OpenDataset& dataset, const Hdf5Slab& slab) const {
  for (const auto& gap : *dataset.gaps) {
    std::vector<std::string> ranges;
    if (!overlap(gap, slab, ranges)) continue;
    fail(fmt::format(
        "dataset \"{}\" has no numbers{}: {}; complete the file, or choose a part that "
        "is there",
        dataset.name, ranges.empty() ? "" : fmt::format(" at [{}]", join(ranges)), gap.why));
  }
}

const std::vector<Hdf5Gap>& Hdf5Reader::gaps(const std::string& dataset) const {
  const Hdf5Call call(impl_->path);
  return *impl_->opened(dataset).gaps;
}

void Hdf5Reader::require_stored(const std::string& dataset, const Hdf5Slab& slab) const {
  const Hdf5Call call(impl_->path);
  impl_->require_stored(impl_->opened(dataset), slab);
}

bool Hdf5Reader::exact(const std::string& dataset) const {
  const Hdf5Call call(impl_->path);
  const auto& entry = impl_->opened(dataset);
  const Hdf5Handle type(H5Dget_type(entry.id.get()), H5Tclose);
  if (H5Tget_class(type.get()) != H5T_INTEGER || H5Tget_size(type.get()) < 8) return true;
  const auto count = hdf5_elements(impl_->shape(entry.id.get(), dataset));
  if (count <= 0) return true;
  const bool plain = H5Tget_sign(type.get()) == H5T_SGN_NONE;
  std::vector<std::uint64_t> raw(static_cast<std::size_t>(count));
  if (H5Dread(entry.id.get(), plain ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64, H5S_ALL, H5S_ALL,
              H5P_DEFAULT, raw.data()) < 0)
    impl_->fail(fmt::format("cannot read dataset \"{}\": {}", dataset, hdf5_reason()));
  return std::all_of(raw.begin(), raw.end(), [&](std::uint64_t n) {
    const bool negative = !plain && n > std::uint64_t{1} << 63;
    const auto size = negative ? ~n + 1 : n;
    return size >> 53 == 0 ||
           (size & ((std::uint64_t{1} << (64 - 53 - __builtin_clzll(size))) - 1)) == 0;
  });
}

std::vector<std::filesystem::path> Hdf5Reader::sources() const {
  const Hdf5Call call(impl_->path);
  return {impl_->sources.begin(), impl_->sources.end()};
}

}  // namespace banach
