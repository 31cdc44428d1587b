// SPDX-License-Identifier: Apache-2.0
// Opening what is to be read, without waiting for anybody: no FIFO, terminal or device may hold a
// command up.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "banach/error.hpp"

namespace banach {

/// A descriptor of a regular file (O_RDONLY, O_CLOEXEC, `more` flags); -1 and errno where open(2)
/// fails. DataError "<path>: this is a FIFO, ..." for anything but a regular file.
BANACH_API int open_regular(const std::filesystem::path& path, int more = 0);

/// Whether a path means a descriptor of the caller: /dev/stdin, /dev/fd/63.
BANACH_API bool is_inherited(const std::string& path);

/// At most `most` bytes of a regular file or, of the caller's descriptors, also of a pipe, socket
/// or terminal. DataError "<path>: cannot be read (...)", or as of open_regular(), with
/// Exit::no_input.
BANACH_API std::string read_input(const std::string& path, std::size_t most);

}  // namespace banach
