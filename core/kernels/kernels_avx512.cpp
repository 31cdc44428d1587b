// SPDX-License-Identifier: Apache-2.0
#define BANACH_ISA avx512
#include "core/kernels/instruction_set.hpp"
