// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "core/training/run_plan.hpp"

namespace banach {

/// One step on every term, and what it showed: shapes, parameters, points, planes, memory. Nothing
/// is written.
BANACH_API std::string dry_run(RunPlan& plan);

}  // namespace banach
