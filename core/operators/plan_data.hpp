// SPDX-License-Identifier: Apache-2.0
// Data sets that a training makes for itself.
#pragma once
#include "core/plugin/plugin_manager.hpp"
#include "core/training/run_plan.hpp"

namespace banach {

/// What the plan must know of its data set: `known` of a saved run, else that of the files, which
/// are opened for it, and generated where [dataset.generate] asks for that and they do not exist;
/// for a plan that is only shown, their shapes are. ConfigError where the tables do not hold,
/// DataError as generate_file (another file is there, the disk is full).
DatasetInfo data_info(RunPlan& plan, const Registry& registry, const PluginManager& plugins,
                      const DatasetInfo* known, const PlanNotice& notice, PlanPurpose purpose);

/// Turns epochs into steps (`dataset` null: they have been turned before); unless `every` was
/// given, there are twenty validations.
void count_steps(RunConfiguration& configuration, const Dataset* dataset, bool every_given);

}  // namespace banach
