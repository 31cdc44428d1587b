// SPDX-License-Identifier: Apache-2.0
// A checkpoint container that lies in a file.
#pragma once
#include "core/run/atomic_file.hpp"
#include "core/run/container.hpp"

namespace banach {

/// Looks at both ends of the file before the rest is read, so that a file that only claims to be
/// large costs nothing. DataError for each defect, and where memory is too small for it; `path`
/// opens every message.
BANACH_API Container read_container(const Descriptor& file, const std::filesystem::path& path);

}  // namespace banach
