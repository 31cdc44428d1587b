// SPDX-License-Identifier: Apache-2.0
// What the last bits of a run depend on beside its configuration.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "banach/export.hpp"

namespace banach {

/// {"instruction_set", "rounding", "flush_to_zero", "threads", "libtorch"} of this process.
BANACH_API nlohmann::json process_state();

/// What of it is not as in the environment.json of a run, as one sentence; "" where all is, or
/// where nothing was recorded.
BANACH_API std::string process_changes(const nlohmann::json& recorded, const nlohmann::json& now);

}  // namespace banach
