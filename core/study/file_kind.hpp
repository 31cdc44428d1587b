// SPDX-License-Identifier: Apache-2.0
// Which command a TOML file was written for.
#pragma once
#include "banach/config.hpp"

namespace banach {

/// ConfigError when the file is one for another command: "train", "sweep", "tune" or "generate".
BANACH_API void require_file_of(const std::string& command, const Table& table);

}  // namespace banach
