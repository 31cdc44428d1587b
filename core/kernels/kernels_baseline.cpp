// SPDX-License-Identifier: Apache-2.0
#define BANACH_ISA baseline
#include "core/kernels/instruction_set.hpp"
