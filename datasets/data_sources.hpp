// SPDX-License-Identifier: Apache-2.0
// Files behind files: what virtual datasets take their numbers from.
#pragma once
#include <filesystem>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// The files, each once, and behind every HDF5 file those that its virtual datasets take numbers
/// from, through any number of them. A file that cannot be read stands for itself.
BANACH_API std::vector<std::filesystem::path> with_sources(
    const std::vector<std::filesystem::path>& files);

}  // namespace banach
