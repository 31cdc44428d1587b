// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include "banach/export.hpp"

namespace banach {

/// Whether no entry is NaN or infinite; waits for the device.
BANACH_API bool all_finite(const at::Tensor& t);

}  // namespace banach
