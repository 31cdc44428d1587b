// SPDX-License-Identifier: Apache-2.0
// What a file is by its first bytes; its name does not matter.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "banach/export.hpp"

namespace banach {

enum class FileKind { text, hdf5 };

/// By the signature of HDF5 at 0, 512, 1024, 2048, ... (MATLAB 7.3 and others keep bytes of their
/// own in front), else text. DataError that names the format, and how to convert it, for everything
/// else; Exit::no_input where there is no file.
BANACH_API FileKind kind_of_file(const std::filesystem::path& file);

/// The same where only HDF5 can be read.
BANACH_API void require_hdf5(const std::filesystem::path& file);

/// Of a file that begins with these bytes: "a MATLAB 5 file; in MATLAB: save(..., '-v7.3')". Empty
/// for what may be text, or HDF5 behind a user block.
BANACH_API std::string foreign_format(std::string_view head);

}  // namespace banach
