// SPDX-License-Identifier: Apache-2.0
// Is this file a complete shared library for this machine? Asked before the dynamic loader sees it,
// which dies of SIGBUS on a truncated one.
#pragma once
#include <string>
#include <string_view>

#include "banach/export.hpp"

namespace banach {

/// Empty when `bytes`, a whole file, is a shared library that this process could load; else why
/// not.
BANACH_API std::string elf_problem(std::string_view bytes);

}  // namespace banach
