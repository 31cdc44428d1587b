// SPDX-License-Identifier: Apache-2.0
// What a run begins with.
#pragma once
#include "core/training/run_plan.hpp"
#include "core/training/run_state.hpp"

namespace banach {

/// Initial parameters and buffers of a fresh run, on the CPU in the dtype of its first stage, after
/// the architecture's own preparation.
BANACH_API RunState initial_state(const RunPlan& plan);

/// DataError when a saved state does not fit the plan, with the parameters that differ (run ->
/// now).
BANACH_API void check_fits(const RunState& state, const RunPlan& plan);

}  // namespace banach
