// SPDX-License-Identifier: Apache-2.0
// What memory there is, and errors that say how much was needed and what to lower.
#pragma once
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>

#include "banach/export.hpp"

namespace banach {

/// Bytes that this process can still have: of the machine, of its control group, of its own limit;
/// -1 where nothing says.
BANACH_API std::int64_t available_memory();

/// "17.2 GB", in powers of ten.
BANACH_API std::string bytes_text(double bytes);

/// ConfigError "<what> needs 17.2 GB of memory, 3.1 GB are free: <remedy>" when that is more than
/// there is.
BANACH_API void require_memory(double bytes, const std::string& what, const std::string& remedy);
/// The same text; empty when there is enough.
BANACH_API std::string memory_shortage(double bytes, const std::string& what,
                                       const std::string& remedy);

/// Remembers the size of an allocation that failed, for memory_failure(); allocates nothing.
BANACH_API void note_failed_allocation(std::size_t bytes) noexcept;

/// What to tell the user when this exception means that memory could not be had; empty for all
/// others.
BANACH_API std::optional<std::string> memory_failure(const std::exception& error);

}  // namespace banach
