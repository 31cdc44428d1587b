// SPDX-License-Identifier: Apache-2.0
// What is said about the search for plugins: where it was, what gave none, what hides what.
#pragma once
#include "core/plugin/plugin_manager.hpp"

namespace banach {

/// "; plugins searched in: ...", and the libraries there that gave no plugin: those that were
/// refused, and those with `name` in a file name that is not KIND.NAME.so. `kind` may be empty.
BANACH_API std::string searched_text(const PluginManager& plugins, const std::string& kind,
                                     const std::string& name);

/// A line for every file that also brings this entry and is left out: "problem "heat" comes from
/// A; B is left out".
BANACH_API std::vector<std::string> left_out(const PluginManager& plugins, const Registry& registry,
                                             const std::string& kind, const std::string& name);

}  // namespace banach
