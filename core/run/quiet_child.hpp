// SPDX-License-Identifier: Apache-2.0
// What a forked copy of this process that tries something dangerous does first.
#pragma once
#include <cstdint>

#include "banach/export.hpp"

namespace banach {

/// The address space of this process in bytes.
BANACH_API std::uint64_t address_space();

/// Signals have their default actions and none is blocked, crashes leave no core file, there are
/// `room` bytes of address space at most, and standard input and output are nowhere.
BANACH_API void become_quiet_child(std::uint64_t room);

}  // namespace banach
