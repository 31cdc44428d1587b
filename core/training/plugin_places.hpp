// SPDX-License-Identifier: Apache-2.0
// Where a configuration or a run says that plugins lie, and who says so.
#pragma once
#include "banach/config.hpp"
#include "core/plugin/trust.hpp"

namespace banach {

/// The places of [plugins] paths: the user's own where the command line names them, a run's where
/// the TOML is one that a run has left (resolved.toml, or a file beside run.lock), else the
/// configuration's.
BANACH_API std::vector<PluginPlace> configured_places(const Table& table);
/// The same for what a run has recorded; overrides of the command line stay the user's.
BANACH_API std::vector<PluginPlace> recorded_places(const Table& table,
                                                    const std::filesystem::path& run);

}  // namespace banach
