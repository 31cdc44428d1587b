// SPDX-License-Identifier: Apache-2.0
#include "datasets/box_reader.hpp"

#include <fmt/format.h>

#include "banach/error.hpp"

namespace banach {
namespace {

/// Both parts of a complex number are always read.
std::vector<Run> complete(std::vector<Run> runs, bool pairs) {
  if (runs.empty()) return std::vector<Run>(1);
  if (!pairs || runs.back().count == 2) return runs;
  Indices to(2, -1);
  to[static_cast<std::size_t>(runs.back().start)] = runs.back().to[0];
  runs.back() = {0, 2, 1, to};
  return runs;
}

/// Whether the box lies in the canonical array as it comes from the file.
bool in_order(const std::vector<Run>& runs) {
  std::int64_t stride = 1;
  for (std::size_t d = runs.size(); d-- > 0;) {
    const auto& to = runs[d].to;
    for (std::size_t i = 0; i < to.size(); ++i)
      if (to[i] != static_cast<std::int64_t>(i) * stride) return false;
    stride *= runs[d].count;
  }
  return true;
}

/// Runs of neighbours that are all wanted, in place of one with others in between.
std::vector<Run> wanted_parts(const Run& run) {
  std::vector<Run> parts;
  bool inside = false;
  for (std::size_t i = 0; i < run.to.size(); ++i) {
    if (run.to[i] < 0) {
      inside = false;
      continue;
    }
    if (!inside)
      parts.push_back({run.start + static_cast<std::int64_t>(i) * run.stride, 0, run.stride, {}});
    inside = true;
    ++parts.back().count;
    parts.back().to.push_back(run.to[i]);
  }
  return parts;
}

/// Calls `each` with boxes that together are the wanted entries.
template <class Each>
void split(std::vector<Run> runs, std::size_t d, std::size_t dimensions, const Each& each) {
  if (d == dimensions) return each(runs);
  for (auto& part : wanted_parts(runs[d])) {
    auto inner = runs;
    inner[d] = std::move(part);
    split(std::move(inner), d + 1, dimensions, each);
  }
}

/// Index in the dataset of the i-th number of a box; whether it is wanted.
bool place_of(const std::vector<Run>& runs, std::size_t i, std::vector<std::int64_t>& index) {
  bool wanted = true;
  index.assign(runs.size(), 0);
  for (std::size_t d = runs.size(); d-- > 0;) {
    const auto at = i % runs[d].to.size();
    i /= runs[d].to.size();
    wanted = wanted && runs[d].to[at] >= 0;
    index[d] = runs[d].start + static_cast<std::int64_t>(at) * runs[d].stride;
  }
  return wanted;
}

}  // namespace

template <class T>
Hdf5Slab BoxReader<T>::slab_of(const std::vector<Run>& runs) const {
  Hdf5Slab slab;
  for (std::size_t d = 0; d < runs.size() - (pairs() ? 1 : 0); ++d) {
    slab.start.push_back(runs[d].start);
    slab.count.push_back(runs[d].count);
    slab.stride.push_back(runs[d].stride);
  }
  return slab;
}

template <class T>
void BoxReader<T>::read(const Piece& piece, const std::vector<Run>& runs, T* to) {
  if (!piece.gaps) return read_box(piece, runs, to);
  split(runs, 0, runs.size() - (pairs() ? 1 : 0),
        [&](const std::vector<Run>& part) { read_box(piece, part, to); });
}

template <class T>
void BoxReader<T>::require_stored(const Piece& piece, const std::vector<Run>& runs) {
  const auto reader = cache_.open(files_.files[piece.file].path);
  split(runs, 0, runs.size() - (pairs() ? 1 : 0),
        [&](const std::vector<Run>& part) { reader->require_stored(piece.path, slab_of(part)); });
}

template <class T>
void BoxReader<T>::read_box(const Piece& piece, const std::vector<Run>& runs, T* to) {
  const auto reader = cache_.open(files_.files[piece.file].path);
  const auto slab = slab_of(runs);
  const auto whole = complete(runs, pairs());
  const std::int64_t numbers = slab.size() * (pairs() ? 2 : 1);
  const bool straight = in_order(whole);
  if (!straight && numbers > capacity_) {
    buffer_.reset(new T[static_cast<std::size_t>(numbers)]);
    capacity_ = numbers;
  }
  T* from = straight ? to : buffer_.get();
  if (piece.stated)
    unpack(piece, whole, slab, from);
  else
    reader->read_slab(piece.path, slab, from);
  Scatter<T> scatter(whole, from, to);
  if (!scatter.run()) refuse(piece, whole, scatter.bad(), from);
}

/// Raw numbers to values, in double.
template <class T>
void BoxReader<T>::unpack(const Piece& piece, const std::vector<Run>& runs, const Hdf5Slab& slab,
                          T* to) {
  const auto& stated = *piece.stated;
  raw_.resize(static_cast<std::size_t>(slab.size() * (pairs() ? 2 : 1)));
  cache_.open(files_.files[piece.file].path)->read_slab(piece.path, slab, raw_.data());
  std::vector<std::int64_t> index;
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (stated.absent(raw_[i]) && place_of(runs, i, index)) refuse_missing(piece, runs);
    to[i] = static_cast<T>(stated.value(raw_[i]));
  }
}

template <class T>
void BoxReader<T>::refuse_missing(const Piece& piece, const std::vector<Run>& runs) const {
  std::vector<std::int64_t> index, first;
  double number = 0;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < raw_.size(); ++i) {
    if (!piece.stated->absent(raw_[i]) || !place_of(runs, i, index)) continue;
    if (count++ == 0) first = index, number = raw_[i];
  }
  throw DataError(
      fmt::format("{}: dataset \"{}\" {} at [{}]; {} of the {} numbers read are missing",
                  files_.files[piece.file].path.string(), piece.path,
                  piece.stated->why_absent(number), fmt::join(first, ", "), count, raw_.size()));
}

template <class T>
void BoxReader<T>::refuse(const Piece& piece, const std::vector<Run>& runs,
                          const std::vector<std::int64_t>& at, const T* from) const {
  std::vector<std::int64_t> index;
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < runs.size(); ++d) {
    index.push_back(runs[d].start + at[d] * runs[d].stride);
    offset = offset * runs[d].count + at[d];
  }
  const T value = from[offset];
  throw DataError(fmt::format(
      "{}: dataset \"{}\" holds {} at [{}]{}", files_.files[piece.file].path.string(), piece.path,
      std::isnan(value) ? "NaN" : "an infinite number", fmt::join(index, ", "),
      std::isinf(value) && sizeof(T) == 4 && v_.layout.first.item_bytes > 4
          ? " (as a number of 32 bits)"
          : ""));
}

template class BoxReader<float>;
template class BoxReader<double>;

}  // namespace banach
