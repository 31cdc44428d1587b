// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include "banach/export.hpp"

namespace banach {

/// tanh(x), to 4 units in the last place in float32 on the CPU, where it is several times faster
/// than ATen's for large tensors; all derivatives.
BANACH_API at::Tensor fast_tanh(const at::Tensor& x);

}  // namespace banach
