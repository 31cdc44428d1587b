// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include "banach/export.hpp"

namespace banach {

/// Clips in place, without a host sync: first every entry to [-max_value, max_value], then the
/// 2-norm to max_norm; a bound <= 0 is off. NaN stays NaN.
BANACH_API void clip_gradient(at::Tensor& gradient, double max_norm, double max_value);

}  // namespace banach
