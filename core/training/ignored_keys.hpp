// SPDX-License-Identifier: Apache-2.0
// Keys that nothing would read in the kind of learning that a configuration asks for.
#pragma once
#include "core/training/run_plan.hpp"

namespace banach {

/// ConfigError for every key that was changed from its default and has no effect on this plan, with
/// the key that does what was meant. `table`: the configuration as it was written.
BANACH_API void refuse_ignored_keys(const RunPlan& plan, const Table& table);

}  // namespace banach
