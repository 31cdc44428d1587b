// SPDX-License-Identifier: Apache-2.0
// Reading boxes of datasets into canonical order.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/box_reader.hpp"
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

/// One fetch of one variable; `out` null: only looks whether everything is there.
template <class T>
class Fetch {
 public:
  Fetch(const SourceVariable& variable, const FileGroups& files, FileCache& cache, T* out)
      : v_(variable), box_(variable, files, cache), out_(out) {}

  void block(const PieceBlock& block, std::int64_t first, std::int64_t count, std::int64_t at,
             std::int64_t time, std::int64_t times) {
    for (const auto& piece : block.pieces) {
      std::vector<Run> runs;
      if (!plan(block, piece, first, count, at, time, times, runs)) continue;
      if (out_)
        box_.read(piece, runs, out_ + base_);
      else if (piece.gaps)
        box_.require_stored(piece, runs);
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

  const SourceVariable& v_;
  BoxReader<T> box_;
  T* out_;
  std::int64_t base_ = 0;
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
  transform(v.transform, static_cast<T>(v.scale), static_cast<T>(v.offset), out, numbers);
  if (v.transform == "none") return;
  for (std::int64_t i = 0; i < numbers; ++i)
    if (!std::isfinite(out[i]))
      throw DataError(fmt::format(
          "{}: dataset \"{}\" holds a number that has no {}", whose(i), v.layout.first.path,
          v.transform == "log" || v.transform == "sqrt" ? v.transform : "finite " + v.transform));
}

void DataSource::require_stored(const Indices& trajectories) const {
  for (const auto& v : variables_) {
    if (!v.values.empty() || !v.layout.gaps()) continue;
    Fetch<float> fetch(v, files_, *cache_, nullptr);
    for (std::size_t i = 0; i < trajectories.size();) {
      const auto first = trajectories[i];
      const auto& block = v.layout.block(first);
      std::int64_t count = 0;  // neighbours of equal length
      while (i < trajectories.size() && trajectories[i] == first + count &&
             first + count < block.first + block.count)
        ++count, ++i;
      fetch.block(block, first - block.first, count, 0, 0, v.windowed ? times(first) : 1);
    }
  }
}

template void DataSource::fetch<float>(std::size_t, std::int64_t, std::int64_t, std::int64_t,
                                       std::int64_t, float*) const;
template void DataSource::fetch<double>(std::size_t, std::int64_t, std::int64_t, std::int64_t,
                                        std::int64_t, double*) const;

}  // namespace banach
