// SPDX-License-Identifier: Apache-2.0
// Is this file a complete shared library for this machine, and what does it export? Asked before
// the dynamic loader sees it, which dies of SIGBUS on a truncated one.
#pragma once
#include <string>
#include <string_view>

#include "banach/export.hpp"

namespace banach {

/// Empty when `bytes`, a whole file, is a shared library that this process could load; else why
/// not.
BANACH_API std::string elf_problem(std::string_view bytes);
/// Whether that library, of which elf_problem has nothing to say, defines a dynamic symbol of this
/// name. Nothing of it is run, unlike by dlopen, which runs its constructors first.
BANACH_API bool elf_exports(std::string_view bytes, std::string_view symbol);

}  // namespace banach
