// SPDX-License-Identifier: Apache-2.0
// Opens a checked plugin file for good.
#pragma once
#include <filesystem>
#include <string>

#include "banach/plugin.hpp"

namespace banach {

/// Either a descriptor, valid until the process ends, or the reason why there is none.
struct Opened {
  const banach_plugin_descriptor* descriptor = nullptr;
  std::string problem;
};
/// Opens a file whose ELF structure and stamp were checked; its static initialisers run here (one
/// that throws ends the process: nobody can catch that).
Opened open_plugin(const std::filesystem::path& file);

}  // namespace banach
