// SPDX-License-Identifier: Apache-2.0
// Linear least squares whose columns may be dependent.
#pragma once
#include <ATen/core/Tensor.h>

#include "banach/export.hpp"

namespace banach {

/// The shortest step [P] that minimises |j step + r| for j [R, P], r [R], float64 on the CPU;
/// directions below rcond of the largest are left out. By a QR factorisation with pivots, of the
/// triangle alone where j is tall; `svd`: by singular values.
BANACH_API at::Tensor least_squares_step(const at::Tensor& j, const at::Tensor& r, double rcond,
                                         bool svd = false);

}  // namespace banach
