// SPDX-License-Identifier: Apache-2.0
// A part of the parameters is trained, the rest stands still.
#pragma once
#include "core/optimizers/objective.hpp"

namespace banach {

/// factor * loss as a function of a part of the parameters; the others keep their values. Loss and
/// gradient are those of `whole` times the factor, residuals and Jacobian times its root.
class BANACH_API PartialObjective final : public Objective {
 public:
  /// `whole` outlives it. The ranges of `part` are ascending; a factor that is a power of four
  /// changes exponents alone.
  PartialObjective(Objective& whole, Ranges part, double factor = 1);

  /// [size of the part], in the order of its ranges.
  at::Tensor& parameters() override { return part_; }
  at::Tensor value() override;
  Evaluation gradient() override;
  Evaluation trial() override;
  bool sum_of_squares() const override { return whole_.sum_of_squares(); }
  at::Tensor residuals() override;
  at::Tensor jacobian() override;

  /// Bounds of its own gradient, as clip_gradient; those of `whole` would count all parameters.
  void set_clip(double norm, double value) { clip_norm_ = norm, clip_value_ = value; }
  /// Leaves its parameters among those of `whole`.
  void settle();
  /// The loss of `whole` for one of this.
  at::Tensor true_loss(const at::Tensor& loss) const;

 private:
  Evaluation narrowed(const Evaluation& whole) const;
  at::Tensor columns(const at::Tensor& all, std::int64_t dim) const;

  Objective& whole_;
  Ranges ranges_;
  double factor_, root_;
  double clip_norm_ = 0, clip_value_ = 0;
  at::Tensor part_;
};

/// The power of four, at least one, that brings a loss closest to one; 1 for zero and what is not
/// finite.
BANACH_API double factor_to_one(double loss);

/// Where parameters of the whole lie in a vector of those of `part` alone; `inner` within `part`.
BANACH_API Ranges within(const Ranges& inner, const Ranges& part);

}  // namespace banach
