// SPDX-License-Identifier: Apache-2.0
// Which instruction set the kernels use.
#pragma once
#include "banach/export.hpp"

namespace banach {

/// "baseline", "avx2" or "avx512": the best that the processor has, and at most that of the
/// environment variable BANACH_ISA; ConfigError for another value of it.
BANACH_API const char* instruction_set();

}  // namespace banach
