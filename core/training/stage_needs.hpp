// SPDX-License-Identifier: Apache-2.0
// What optimizers ask of their stages.
#pragma once
#include "core/training/run_plan.hpp"

namespace banach {

/// Gives stages without a learning rate that of their optimizer, tells optimizers the shapes of the
/// parameters, and reports stages that do not give their optimizer what it needs.
void settle_optimizers(RunPlan& plan, const Table& table, Diagnostics& diagnostics);

/// What a run should know before it starts: stages in float32 whose optimizers need float64.
BANACH_API std::vector<std::string> stage_warnings(const RunPlan& plan);

}  // namespace banach
