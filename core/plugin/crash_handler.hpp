// SPDX-License-Identifier: Apache-2.0
// One line of what was running when the process crashes; then it ends as it would have.
#pragma once
#include <string>

#include "banach/export.hpp"

namespace banach {

/// Handles SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT of every thread, and a stack that overflows
/// in this one: says on stderr which plugin's code it was, what was being done and `advice`, then
/// leaves the signal its default action (core file, status 128 + n). Nothing under sanitizers,
/// which have handlers of their own.
BANACH_API void install_crash_handler();

/// What to say at the end of the line, such as how to resume; empty: nothing. At most 4000 bytes.
BANACH_API void set_crash_advice(const std::string& advice);

/// "SIGSEGV" for 11; "signal 99" without a name for the others.
BANACH_API std::string signal_text(int signal);

}  // namespace banach
