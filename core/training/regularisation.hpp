// SPDX-License-Identifier: Apache-2.0
// L1 and L2 penalties on the weight matrices (biases, rows and coefficients are left alone).
#pragma once
#include <ATen/core/Tensor.h>

#include "core/expression/layout.hpp"
#include "core/training/configuration.hpp"

namespace banach {

class BANACH_API Regularisation {
 public:
  /// `parameters`: a flat vector whose dtype and device the mask takes.
  Regularisation(const RegularisationParameters& strength, const Layout& layout,
                 const at::Tensor& parameters);

  bool active() const { return l1_ > 0 || l2_ > 0; }
  bool sum_of_squares() const { return l1_ == 0; }
  /// l1 * sum |w| + l2 * sum w^2, a scalar tensor.
  at::Tensor value(const at::Tensor& parameters) const;
  /// Adds the gradient of value().
  void add_gradient(const at::Tensor& parameters, at::Tensor& gradient) const;
  /// sqrt(l2) * w for every entry of a weight matrix: residuals whose squares sum up to the
  /// penalty.
  at::Tensor residuals(const at::Tensor& parameters) const;
  /// Their Jacobian, [weights, parameters].
  at::Tensor jacobian(const at::Tensor& parameters) const;

 private:
  double l1_, l2_;
  at::Tensor mask_;  // 1 where a weight is, else 0
};

}  // namespace banach
