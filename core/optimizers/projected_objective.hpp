// SPDX-License-Identifier: Apache-2.0
// Variable projection (Golub, Pereyra 1973): parameters that the residuals depend on linearly are
// eliminated by least squares.
#pragma once
#include "core/optimizers/objective.hpp"

namespace banach {

/// min over c of |r(theta, c)|^2 + ridge |c|^2 as a function of theta, where r is linear in c (the
/// parameters in `linear`) and `whole` has r for residuals. Its gradient is exact, its Jacobian
/// that of Kaufman (1975): the same gradient, without the derivative of the projection along r.
class BANACH_API ProjectedObjective final : public Objective {
 public:
  /// `whole` outlives it and keeps the same loss. The ridge is there to keep c unique; ConfigError
  /// unless the loss is a sum of squares and some parameters are not in `linear`.
  ProjectedObjective(Objective& whole, const Ranges& linear, double ridge = 1e-20);

  at::Tensor& parameters() override { return theta_; }
  at::Tensor value() override;
  Evaluation gradient() override;
  Evaluation trial() override;
  bool sum_of_squares() const override { return true; }
  /// [R + C]: those of `whole`, then sqrt(ridge) c.
  at::Tensor residuals() override;
  at::Tensor jacobian() override;
  /// Leaves theta and its c in the parameters of `whole`, whose loss is that of this point then.
  void settle() { value(); }

 private:
  void solve();
  void write(const at::Tensor& c);
  void break_down(std::int64_t unknowns, std::int64_t rows);
  Evaluation reduced(Evaluation whole) const;

  Objective& whole_;
  double ridge_;
  at::Tensor linear_, nonlinear_;         // indices
  at::Tensor theta_;                      // [P - C]
  at::Tensor solved_at_, c_, q_, extra_;  // of the latest solve(): basis of the columns of A
};

}  // namespace banach
