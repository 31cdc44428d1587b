// SPDX-License-Identifier: Apache-2.0
// The engine's own keys in tables of catalog entries.
#pragma once
#include "banach/parameters.hpp"

namespace banach {

/// Of [problem] or [architecture]; the entry's own parameters stand beside.
BANACH_API std::vector<ParameterInfo> table_keys(const std::string& table);

}  // namespace banach
