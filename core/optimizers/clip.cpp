// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/clip.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace banach {

void clip_gradient(at::Tensor& gradient, double max_norm, double max_value) {
  c10::NoGradGuard no_grad;
  if (max_value > 0) gradient.clamp_(-max_value, max_value);
  if (max_norm <= 0) return;
  // As PyTorch's clip_grad_norm_, the small number included.
  gradient.mul_(gradient.norm().add_(1e-6).reciprocal_().mul_(max_norm).clamp_max_(1.0));
}

}  // namespace banach
