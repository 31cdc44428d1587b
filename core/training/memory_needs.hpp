// SPDX-License-Identifier: Apache-2.0
// What a run will hold in memory at least, found before anything of it is allocated.
#pragma once
#include "core/training/run_plan.hpp"

namespace banach {

/// ConfigError for points, residuals and grids that are larger than the memory there is: with the
/// key, the number of bytes and what to lower. `table`: the configuration as it was written.
BANACH_API void require_memory(const RunPlan& plan, const Table& table);

}  // namespace banach
