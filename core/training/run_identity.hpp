// SPDX-License-Identifier: Apache-2.0
// What makes a run this one: which of its keys may change when it is resumed, and whether a
// checkpoint is its own.
#pragma once
#include "core/run/folder.hpp"
#include "core/training/run_state.hpp"

namespace banach {

/// How long, when to stop, what is written.
BANACH_API bool may_change_on_resume(const std::string& key);

/// DataError with the first keys that differ when the state was saved with another problem,
/// network, plan, seed or data than resolved.toml of the folder names. `checkpoint` opens the
/// message.
BANACH_API void require_of_run(const RunState& state, const Folder& run,
                               const std::filesystem::path& checkpoint);

}  // namespace banach
