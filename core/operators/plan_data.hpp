// SPDX-License-Identifier: Apache-2.0
// Data sets that a training makes for itself.
#pragma once
#include "core/plugin/plugin_manager.hpp"
#include "core/training/run_plan.hpp"

namespace banach {

/// Writes the file of [dataset] with the generator of [dataset.generate], where there is such a
/// table; the same file that is there already is left alone. ConfigError where the tables do not
/// hold, DataError as generate_file (another file is there, the disk is full).
void generate_dataset(const DatasetParameters& dataset, const Registry& registry,
                      const PluginManager& plugins, std::int64_t threads, const PlanNotice& notice);

/// What the plan must know of its data set: `known` of a saved run, else that of the files, which
/// are generated and opened for it.
DatasetInfo data_info(RunConfiguration& configuration, const Registry& registry,
                      const PluginManager& plugins, const DatasetInfo* known,
                      const PlanNotice& notice, std::shared_ptr<const Dataset>& opened);

/// Turns epochs into steps (`dataset` null: they have been turned before); unless `every` was
/// given, there are twenty validations.
void count_steps(RunConfiguration& configuration, const Dataset* dataset, bool every_given);

}  // namespace banach
