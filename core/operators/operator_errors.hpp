// SPDX-License-Identifier: Apache-2.0
// Errors of predictions that come in batches, and of simple regressions to compare with.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/operators/operator_data.hpp"

namespace banach {

class BANACH_API OperatorErrors {
 public:
  explicit OperatorErrors(const OperatorData& data) : data_(data) {}
  /// Predictions and targets [B, unknowns, extents...].
  void add(const at::Tensor& outputs, const at::Tensor& target);
  /// {"unknowns": {"u": {"mae", "relative_l2", "max_error"}}}. relative_l2 is the mean over the
  /// samples of each one's own; where a sample is a single number, that of all numbers together,
  /// and "pooled" is true.
  nlohmann::json json() const;

 private:
  const OperatorData& data_;
  at::Tensor absolute_, relative_, largest_;  // per unknown
  at::Tensor squares_;                        // of errors and targets, [2, unknowns]
  double samples_ = 0, points_ = 0;
};

/// Errors on a split by regressions that were fitted on the training split alone: the mean of its
/// outputs, and the better of linear least squares and kernel ridge regression (Baselines), every
/// channel of inputs and outputs scaled to variance 1. Where samples have points of their own, the
/// mean is one number per unknown and stands alone.
/// {"mean of the training outputs": {"u": {"mae", "relative_l2", "max_error"}}, ...}.
BANACH_API nlohmann::json baseline_errors(const OperatorData& data, const Dataset& dataset,
                                          Split split);

}  // namespace banach
