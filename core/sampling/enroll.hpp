// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "banach/registry.hpp"

namespace banach {

/// uniform, grid, latin_hypercube, sobol, halton.
BANACH_API void enroll_samplers(Registry& registry);
/// constant, step, multi_step, exponential, cosine, one_cycle, plateau.
BANACH_API void enroll_schedules(Registry& registry);

}  // namespace banach
