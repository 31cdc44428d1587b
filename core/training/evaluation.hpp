// SPDX-License-Identifier: Apache-2.0
// What a saved run has achieved.
#pragma once
#include "core/operators/operator_report.hpp"
#include "core/training/run_loader.hpp"
#include "core/training/validation.hpp"

namespace banach {

/// The keys of result.json, measured anew: errors on the grid, residuals on the run's own
/// validation points; beside them "checkpoint" and "grid". stop_reason is "not finished" where that
/// is so. ConfigError for a grid of more than 10^8 points.
BANACH_API nlohmann::json evaluate_run(const LoadedRun& run, const Grid& grid);

/// The same of a run with a data set: operator_report() and what the run says of itself.
BANACH_API nlohmann::json evaluate_operator(const LoadedRun& run,
                                            const OperatorReportOptions& options);

/// The grid of the run's [evaluate] table; counts by name win over it.
BANACH_API Grid evaluation_grid(const LoadedRun& run, const GridCounts& counts = {});

}  // namespace banach
