// SPDX-License-Identifier: Apache-2.0
// Which plugin does an address of code belong to? Answered in a signal handler, too.
#pragma once
#include <cstdint>
#include <string>

#include "banach/export.hpp"

namespace banach {

/// Notes where the code of an open library (a handle of dlopen) lies, under the file's name.
void remember_code(void* handle, const std::string& file);

/// The file whose code holds the address; nullptr: no plugin's. Safe in a signal handler.
BANACH_API const char* plugin_with_code(std::uintptr_t address) noexcept;

}  // namespace banach
