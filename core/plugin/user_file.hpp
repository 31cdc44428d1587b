// SPDX-License-Identifier: Apache-2.0
// Small JSON files that this account keeps about itself: read only where nobody else could have
// written them, and never missed where they cannot be kept.
#pragma once
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "banach/export.hpp"

namespace banach {

/// The folder "banach" below $`variable` if that is absolute, else below `below` of the home folder
/// ($HOME, or what the user database says); empty where there is no home.
BANACH_API std::filesystem::path user_folder(const char* variable, const char* below);

/// The JSON object in a file that belongs to this user and that only he can write, in such a
/// folder; null for any other file, a damaged one, and where there is none.
BANACH_API nlohmann::json read_user_file(const std::filesystem::path& file);

/// Changes the object in such a file (an empty one at first), as a whole and one process after
/// another; creates it with mode 0600 and its folder with 0700. False where that cannot be done.
BANACH_API bool change_user_file(const std::filesystem::path& file,
                                 const std::function<void(nlohmann::json&)>& change);

}  // namespace banach
