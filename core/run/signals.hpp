// SPDX-License-Identifier: Apache-2.0
// Signals as a flag that the training loop reads between two steps.
#pragma once
#include "banach/export.hpp"

namespace banach {

/// What holds from the start of a process: SIGUSR1 (the warning of a batch system) sets the flag,
/// also one that came while whoever started the process had it blocked,
/// SIGPIPE (a closed pipe behind stdout or stderr) and SIGXFSZ (`ulimit -f`) become errors of
/// write(2). May be called before static objects are made.
BANACH_API void install_early_handlers();

/// That, and SIGINT, SIGTERM and SIGHUP set the flag; a second one of the first two ends the
/// process at once with 128 + n. SIGHUP never counts as the second one, since a terminal that goes
/// away may send several signals, and stays ignored where nohup has asked for that.
BANACH_API void install_signal_handlers();

/// The signal that asks for the end; 0 if there is none. SIGINT and SIGTERM win over SIGHUP, and
/// that over SIGUSR1.
BANACH_API int pending_signal();

/// Error with the exit code of the signal, once one has come: "stopped by SIGINT; nothing was
/// written". Whatever was being written goes away on its way out.
BANACH_API void require_no_signal();

/// Forgets the signal.
BANACH_API void clear_pending_signal();

/// 75 (saved, resume me) for SIGUSR1, 128 + n for the others.
BANACH_API int exit_code_of(int signal);

/// "SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1" or "a signal".
BANACH_API const char* signal_name(int signal);

}  // namespace banach
