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

}  // namespace banach
