// SPDX-License-Identifier: Apache-2.0
// Boxes of datasets and where their numbers go.
#pragma once
#include <algorithm>
#include <cmath>

#include "datasets/data_source.hpp"

namespace banach {

/// What is read along one dimension of a dataset, and where each entry goes.
struct Run {
  std::int64_t start = 0, count = 1, stride = 1;
  Indices to{0};  // offset in the canonical array, -1: not wanted
};

/// `count` entries from `start` on; the first goes to `at` * `stride`.
Run plain_run(std::int64_t start, std::int64_t count, std::int64_t at, std::int64_t stride);
/// The entries of `picks` that lie in [origin, origin + size); count 0 where none does. `fastest`:
/// of the dimension whose entries are neighbours in the file.
Run picked_run(const Indices& picks, const SourceVariable::Dimension& dim, std::int64_t origin,
               std::int64_t size, bool fastest);

/// Copies a box, row major, to the offsets of its runs; false at the first number that is none,
/// with its position in `bad`.
template <class T>
class Scatter {
 public:
  Scatter(const std::vector<Run>& runs, const T* from, T* to) : runs_(runs), from_(from), to_(to) {
    at_.assign(runs.size(), 0);
    const auto& last = runs.back().to;
    dense_ = true;
    for (std::size_t i = 0; i < last.size(); ++i)
      dense_ = dense_ && last[i] == last[0] + static_cast<std::int64_t>(i);
  }
  bool run() { return level(0, 0, true); }
  const std::vector<std::int64_t>& bad() const { return at_; }

 private:
  bool level(std::size_t d, std::int64_t base, bool wanted) {
    const auto& run = runs_[d];
    if (d + 1 == runs_.size()) return row(run, base, wanted);
    for (std::size_t i = 0; i < run.to.size(); ++i) {
      at_[d] = static_cast<std::int64_t>(i);
      if (!level(d + 1, base + run.to[i], wanted && run.to[i] >= 0)) return false;
    }
    return true;
  }
  bool row(const Run& run, std::int64_t base, bool wanted) {
    const T* from = from_;
    const std::size_t size = run.to.size();
    from_ += size;
    if (!wanted) return true;
    // x - x is 0 for every number and NaN for what is none.
    T sum = 0;
    if (dense_ && run.to[0] >= 0) {
      T* to = to_ + base + run.to[0];
      if (to != from) std::copy(from, from + size, to);
      sum = differences(from, size);
    } else {
      for (std::size_t i = 0; i < size; ++i)
        if (run.to[i] >= 0) {
          to_[base + run.to[i]] = from[i];
          sum += from[i] - from[i];
        }
    }
    if (sum == 0) return true;
    for (std::size_t i = 0; i < size; ++i)
      if (run.to[i] >= 0 && !std::isfinite(from[i])) {
        at_.back() = static_cast<std::int64_t>(i);
        break;
      }
    return false;
  }

  /// Sum of x - x; in lanes, so that the compiler may use vectors.
  static T differences(const T* from, std::size_t size) {
    constexpr std::size_t lanes = 16;
    T sums[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= size; i += lanes)
      for (std::size_t k = 0; k < lanes; ++k) sums[k] += from[i + k] - from[i + k];
    for (; i < size; ++i) sums[0] += from[i] - from[i];
    T sum = 0;
    for (const T part : sums) sum += part;
    return sum;
  }

  const std::vector<Run>& runs_;
  const T* from_;
  T* to_;
  std::vector<std::int64_t> at_;
  bool dense_ = false;
};

}  // namespace banach
