// SPDX-License-Identifier: Apache-2.0
// Where Gauss and Newton's method begins: frozen features that have just been drawn take over a
// function that is known by its values.
#pragma once
#include "core/training/residual_objective.hpp"

namespace banach {

class BANACH_API FeatureGuess {
 public:
  /// `own`: any parameters of the experiment; `frozen`: of earlier windows.
  FeatureGuess(const Experiment& experiment, const Bank& own, std::vector<Bank> frozen, bool fused);
  /// Whether there is something to take over: a guess of the experiment, or what remember() saw.
  bool known() const { return values_.defined(); }
  /// Evaluates the experiment's guess at points [N, axes]; nothing where there is none.
  void begin(const at::Tensor& points);
  /// Evaluates the solution with these parameters at points [N, axes].
  void remember(const at::Tensor& points, const at::Tensor& parameters, const at::Tensor& buffers);
  /// Parameters with which the solution comes closest to the values, in the mean square.
  at::Tensor fit(const at::Tensor& parameters, const at::Tensor& buffers, double rcond);

 private:
  at::Tensor look(ResidualObjective& at, const at::Tensor& points);

  const Experiment& experiment_;
  Bank own_;
  std::vector<Bank> frozen_;
  bool fused_;
  ResidualObjective solution_, difference_;
  at::Tensor points_, values_;  // [N, axes], [N, unknowns]
};

}  // namespace banach
