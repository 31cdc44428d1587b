// SPDX-License-Identifier: Apache-2.0
#define BANACH_ISA avx2
#include "core/kernels/instruction_set.hpp"
