// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers (Philox4x32-10): no hidden state, so a step never depends on
// history.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// A random stream: every number is a pure function of (seed, name, step, index).
/// uniform(i) and normal(i) share bits: take a child stream for each purpose.
class BANACH_API Stream {
 public:
  Stream(std::uint64_t seed, std::string_view name, std::uint64_t step = 0);

  /// 64 random bits.
  std::uint64_t bits(std::uint64_t index) const;
  /// Uniform in [0, 1), 53 bits.
  double uniform(std::uint64_t index) const;
  /// Standard normal (Box-Muller on the pair of indices that `index` belongs to).
  double normal(std::uint64_t index) const;
  /// Uniform integer in [0, bound); bound in [1, 2^53].
  std::uint64_t below(std::uint64_t bound, std::uint64_t index) const;

  /// out[i] = uniform(i) for i < n, without allocating.
  void uniform(std::int64_t n, double* out) const;
  /// out[i] = normal(i) for i < n, without allocating.
  void normal(std::int64_t n, double* out) const;
  /// A uniformly drawn order of 0 .. n-1.
  std::vector<std::int64_t> permutation(std::int64_t n) const;

  /// An independent stream of the same step, for another purpose or axis.
  Stream child(std::uint64_t which) const;

 private:
  Stream() = default;
  std::uint64_t key_ = 0, step_ = 0;
};

}  // namespace banach
