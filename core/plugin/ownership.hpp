// SPDX-License-Identifier: Apache-2.0
// Who else could have written this file?
#pragma once
#include <filesystem>
#include <string>

#include "banach/export.hpp"

namespace banach {

/// Whether a sticky folder keeps others from replacing the file that lies right in it. It does not
/// keep them from adding files, which matters where every file of a folder is taken.
enum class StickyFolder { protects, is_shared };

/// Empty when only root, this user and the owner of this library can write `file` or replace it
/// (any folder above it); else who else can, and what to do. `file` is canonical.
BANACH_API std::string ownership_problem(const std::filesystem::path& file,
                                         StickyFolder sticky = StickyFolder::is_shared);
/// The file that this library, or the program that contains it, was loaded from.
BANACH_API std::filesystem::path library_file();

}  // namespace banach
