// SPDX-License-Identifier: Apache-2.0
// What a run begins with.
#pragma once
#include "core/training/run_plan.hpp"
#include "core/training/run_state.hpp"

namespace banach {

/// Initial parameters and buffers of a fresh run, on the CPU in the dtype of its first stage, after
/// the architecture's own preparation; scales of a data set are fitted (`notices`: what struck).
BANACH_API RunState initial_state(const RunPlan& plan, std::vector<std::string>* notices = nullptr);

/// DataError when a saved state does not fit the plan, with the parameters that differ (run ->
/// now).
BANACH_API void check_fits(const RunState& state, const RunPlan& plan);

/// Gives the plan the scales of inputs and outputs of a saved state. Those of older runs are found
/// among its fixed numbers; what losses need beyond is fitted to the training split of `dataset`.
BANACH_API void take_scales(const RunState& state, const RunPlan& plan,
                            const Dataset* dataset = nullptr);

}  // namespace banach
