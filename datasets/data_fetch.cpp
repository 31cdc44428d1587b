// SPDX-License-Identifier: Apache-2.0
// Reading boxes of datasets into canonical order.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/axis_run.hpp"
#include "datasets/data_source.hpp"

namespace banach {
namespace {

template <class T>
void transform(const std::string& kind, T scale, T offset, T* values, std::int64_t count) {
  const auto each = [&](auto f) {
    for (std::int64_t i = 0; i < count; ++i) values[i] = scale * f(values[i]) + offset;
  };
  if (kind == "log")
    each([](T x) { return std::log(x); });
  else if (kind == "sqrt")
    each([](T x) { return std::sqrt(x); });
  else if (kind == "square")
    each([](T x) { return x * x; });
  else if (kind == "exp")
    each([](T x) { return std::exp(x); });
  else if (scale != T(1) || offset != T(0))
    each([](T x) { return x; });
}

/// The entries of a time axis as they follow each other in time.
Indices in_time(const SourceVariable::Dimension& dim, Indices picks) {
  if (dim.rank.size() != picks.size()) return picks;
  Indices out(picks.size());
  for (std::size_t i = 0; i < picks.size(); ++i)
    out[static_cast<std::size_t>(dim.rank[i])] = picks[i];
  return out;
}

/// One fetch of one variable.
template <class T>
class Fetch {
 public:
  Fetch(const SourceVariable& variable, const FileGroups& files, FileCache& cache, T* out)
      : v_(variable), files_(files), cache_(cache), out_(out) {}

  void block(const PieceBlock& block, std::int64_t first, std::int64_t count, std::int64_t at,
             std::int64_t time, std::int64_t times) {
    for (const auto& piece : block.pieces) {
      std::vector<Run> runs;
      if (!plan(block, piece, first, count, at, time, times, runs)) continue;
      read(piece, runs);
    }
  }

 private:
  /// The runs of a piece, one per dimension; false when nothing of it is wanted.
  bool plan(const PieceBlock& block, const Piece& piece, std::int64_t first, std::int64_t count,
            std::int64_t at, std::int64_t time, std::int64_t times, std::vector<Run>& runs) {
    const auto& dims = v_.layout.dims;
    const auto trajectory = v_.step_numbers * times;
    base_ = at * trajectory;
    runs.assign(dims.size(), Run());
    for (std::size_t k = 0; k < v_.dims.size(); ++k) {
      const auto& dim = v_.dims[k];
      const bool cut = v_.windowed && dim.label == "time";
      Indices picks = dim.picks;
      if (cut) {
        picks = in_time(dim, dim.selection.of(block.time));
        picks.assign(picks.begin() + time, picks.begin() + time + times);
      }
      const auto place = std::find(dims.begin(), dims.end(), dim.label);
      const auto size =
          place == dims.end() ? 1 : piece.shape[static_cast<std::size_t>(place - dims.begin())];
      Run run = picked_run(picks, dim, piece.origin[k], size, place + 1 == dims.end());
      if (run.count == 0) return false;
      if (place == dims.end())
        base_ += run.to[0];
      else
        runs[static_cast<std::size_t>(place - dims.begin())] = std::move(run);
    }
    if (v_.layout.sample_dim >= 0)
      runs[static_cast<std::size_t>(v_.layout.sample_dim)] = plain_run(first, count, 0, trajectory);
    return true;
  }

  void read(const Piece& piece, const std::vector<Run>& runs) {
    const auto& path = files_.files[piece.file].path;
    const auto reader = cache_.open(path);
    const bool pairs = v_.layout.first.components == 2;
    Hdf5Slab slab;
    std::int64_t numbers = 1;
    for (std::size_t d = 0; d < runs.size(); ++d) {
      numbers *= runs[d].count;
      if (pairs && d + 1 == runs.size()) break;  // both parts are always read
      slab.start.push_back(runs[d].start);
      slab.count.push_back(runs[d].count);
      slab.stride.push_back(runs[d].stride);
    }
    if (pairs) numbers = 2 * slab.size();
    const std::vector<Run> whole = runs.empty() ? std::vector<Run>(1) : complete(runs, pairs);
    const bool straight = in_order(whole);
    if (!straight && numbers > capacity_) {
      buffer_.reset(new T[static_cast<std::size_t>(numbers)]);
      capacity_ = numbers;
    }
    T* from = straight ? out_ + base_ : buffer_.get();
    reader->read_slab(piece.path, slab, from);
    Scatter<T> scatter(whole, from, out_ + base_);
    if (!scatter.run()) refuse(path, piece, whole, scatter.bad(), from);
  }

  static std::vector<Run> complete(std::vector<Run> runs, bool pairs) {
    if (!pairs || runs.back().count == 2) return runs;
    Indices to(2, -1);
    to[static_cast<std::size_t>(runs.back().start)] = runs.back().to[0];
    runs.back() = {0, 2, 1, to};
    return runs;
  }

  /// Whether the box lies in the canonical array as it comes from the file.
  static bool in_order(const std::vector<Run>& runs) {
    std::int64_t stride = 1;
    for (std::size_t d = runs.size(); d-- > 0;) {
      const auto& to = runs[d].to;
      for (std::size_t i = 0; i < to.size(); ++i)
        if (to[i] != static_cast<std::int64_t>(i) * stride) return false;
      stride *= runs[d].count;
    }
    return true;
  }

  [[noreturn]] void refuse(const std::filesystem::path& path, const Piece& piece,
                           const std::vector<Run>& runs, const std::vector<std::int64_t>& at,
                           const T* from) const {
    std::vector<std::int64_t> index;
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < runs.size(); ++d) {
      index.push_back(runs[d].start + at[d] * runs[d].stride);
      offset = offset * runs[d].count + at[d];
    }
    const T value = from[offset];
    throw DataError(
        fmt::format("{}: dataset \"{}\" holds {} at [{}]{}", path.string(), piece.path,
                    std::isnan(value) ? "NaN" : "an infinite number", fmt::join(index, ", "),
                    std::isinf(value) && sizeof(T) == 4 && v_.layout.first.item_bytes > 4
                        ? " (as a number of 32 bits)"
                        : ""));
  }

  const SourceVariable& v_;
  const FileGroups& files_;
  FileCache& cache_;
  T* out_;
  std::int64_t base_ = 0;
  std::unique_ptr<T[]> buffer_;  // never cleared: every number is read into it
  std::int64_t capacity_ = 0;
};

}  // namespace

template <class T>
void DataSource::fetch(std::size_t variable, std::int64_t first, std::int64_t count,
                       std::int64_t time, std::int64_t times, T* out) const {
  const auto& v = variables_[variable];
  if (!v.values.empty()) {
    for (std::int64_t i = 0; i < count; ++i)
      out[i] = static_cast<T>(v.values[static_cast<std::size_t>(first + i)]);
    return;
  }
  if (!v.windowed) time = 0, times = 1;
  Fetch<T> fetch(v, files_, *cache_, out);
  for (std::int64_t done = 0; done < count;) {
    const auto& block = v.layout.block(first + done);
    const auto inside = first + done - block.first;
    const auto now = std::min(count - done, block.count - inside);
    fetch.block(block, inside, now, done, time, times);
    done += now;
  }
  const auto numbers = count * times * v.step_numbers;
  const auto whose = [&](std::int64_t i) { return origin(first + i / (times * v.step_numbers)); };
  if (v.missing && std::find(out, out + numbers, static_cast<T>(*v.missing)) != out + numbers)
    throw DataError(
        fmt::format("{}: dataset \"{}\" holds {}, which stands for a missing value",
                    whose(std::find(out, out + numbers, static_cast<T>(*v.missing)) - out),
                    v.layout.first.path, *v.missing));
  transform(v.transform, static_cast<T>(v.scale), static_cast<T>(v.offset), out, numbers);
  if (v.transform == "none") return;
  for (std::int64_t i = 0; i < numbers; ++i)
    if (!std::isfinite(out[i]))
      throw DataError(fmt::format(
          "{}: dataset \"{}\" holds a number that has no {}", whose(i), v.layout.first.path,
          v.transform == "log" || v.transform == "sqrt" ? v.transform : "finite " + v.transform));
}

template void DataSource::fetch<float>(std::size_t, std::int64_t, std::int64_t, std::int64_t,
                                       std::int64_t, float*) const;
template void DataSource::fetch<double>(std::size_t, std::int64_t, std::int64_t, std::int64_t,
                                        std::int64_t, double*) const;

}  // namespace banach
