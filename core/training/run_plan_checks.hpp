// SPDX-License-Identifier: Apache-2.0
// Whether what a configuration says fits the terms, axes and data of its experiment.
#pragma once
#include "core/training/run_plan.hpp"

namespace banach {

/// Complains about names of terms and axes that the plan's experiment does not have, about stages
/// that stop at an error which nobody can know, about roll-outs that cannot be, and about axes
/// beyond single precision. `table`: the configuration as it was written.
void check_run_plan(const RunPlan& plan, const Table& table, Diagnostics& diagnostics);

/// What far_coordinates() says of the plan's experiment in the formats of its stages.
std::vector<std::string> coordinate_notices(const RunPlan& plan);

/// ConfigError for a plan that would train nothing: no stage has steps, or all weights of the loss
/// are zero. Runs that are only read may be of that kind.
BANACH_API void require_training(const RunPlan& plan, const Table& table);

}  // namespace banach
