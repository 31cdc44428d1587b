// SPDX-License-Identifier: Apache-2.0
// Means, variances and ranges of channels, in one pass over blocks of samples.
#pragma once
#include "core/operators/scaling.hpp"

namespace banach {

/// The powers of two above sizes (float64, on the CPU, of any shape); one for zero.
at::Tensor power_above(const at::Tensor& sizes);

/// Sums in double of distances from running means (Chan, Golub, LeVeque 1983), in units of a power
/// of two of each column, so that no square overflows or vanishes for any numbers that double has.
class BANACH_API ChannelSums {
 public:
  /// Values [samples, columns], float64.
  void add(const at::Tensor& values);
  bool empty() const { return count_ == 0; }
  /// [columns] each; `kind` as dataset.normalisation: zscore, minmax, rms. A scale may be zero.
  Scaling scaling(const std::string& kind) const;
  at::Tensor largest() const;  // of the absolute values
  /// Of the distances from the mean.
  at::Tensor deviation() const;

 private:
  at::Tensor unit_, mean_, squares_, low_, high_;  // mean_ and squares_ by unit_
  double count_ = 0;
};

}  // namespace banach
