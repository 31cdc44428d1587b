// SPDX-License-Identifier: Apache-2.0
// Every TOML file that a command reads, with all of its keys, as `banach describe` prints them.
#pragma once
#include "banach/registry.hpp"

namespace banach {

/// One entry of the kind "configuration" for each: train, sweep, tune, generate.
std::vector<EntryInfo> configuration_files();

}  // namespace banach
