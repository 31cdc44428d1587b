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
  /// {"unknowns": {"u": {"mae", "relative_l2", "max_error"}}}.
  nlohmann::json json() const;

 private:
  const OperatorData& data_;
  at::Tensor absolute_, relative_, largest_;  // per unknown
  double samples_ = 0, points_ = 0;
};

/// Errors on a split by regressions that were fitted on the training split alone: the mean of its
/// outputs, and the better of linear least squares and kernel ridge regression (Baselines).
/// {"mean of the training outputs": {"u": {"mae", "relative_l2", "max_error"}}, ...}.
BANACH_API nlohmann::json baseline_errors(const OperatorData& data, const Dataset& dataset,
                                          Split split);

}  // namespace banach
