// SPDX-License-Identifier: Apache-2.0
#include "core/training/regularisation.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace banach {

Regularisation::Regularisation(const RegularisationParameters& strength, const Layout& layout,
                               const at::Tensor& parameters)
    : l1_(strength.l1), l2_(strength.l2) {
  if (!active()) return;
  mask_ = at::zeros_like(parameters.detach());
  for (const auto& slot : layout.slots())
    if (slot.trainable && slot.shape.size() == 2) mask_.narrow(0, slot.offset, slot.size).fill_(1);
}

at::Tensor Regularisation::value(const at::Tensor& parameters) const {
  const at::Tensor w = parameters.detach() * mask_;
  return l1_ * w.abs().sum() + l2_ * w.square().sum();
}

void Regularisation::add_gradient(const at::Tensor& parameters, at::Tensor& gradient) const {
  const at::Tensor w = parameters.detach() * mask_;
  if (l1_ > 0) gradient.add_(w.sign(), l1_);
  if (l2_ > 0) gradient.add_(w, 2 * l2_);
}

at::Tensor Regularisation::residuals(const at::Tensor& parameters) const {
  return parameters.detach().masked_select(mask_ > 0) * std::sqrt(l2_);
}

at::Tensor Regularisation::jacobian(const at::Tensor& parameters) const {
  const at::Tensor places = (mask_ > 0).nonzero().squeeze(1);
  at::Tensor out = at::zeros({places.size(0), parameters.size(0)}, mask_.options());
  out.scatter_(1, places.unsqueeze(1), std::sqrt(l2_));
  return out;
}

}  // namespace banach
