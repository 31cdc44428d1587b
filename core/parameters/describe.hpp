// SPDX-License-Identifier: Apache-2.0
// Catalog entries and parameters, told to people and to programs.
#pragma once
#include "banach/registry.hpp"

namespace banach {

/// "problem heat - 1-D heat equation  [heat 1.0.0]" and one line for each parameter.
BANACH_API std::string describe_text(const std::vector<EntryInfo>& entries);
/// One line for each parameter, children indented: "  length : number = 1.0   doc (rule)".
BANACH_API std::string describe_text(const std::vector<ParameterInfo>& parameters);

/// A JSON list of {kind, name, doc, plugin, version, path, parameters}.
BANACH_API std::string describe_json(const std::vector<EntryInfo>& entries);
/// A JSON list of {name, type, default, required, rule, doc, children}; `default` is TOML text, or
/// null.
BANACH_API std::string describe_json(const std::vector<ParameterInfo>& parameters);

/// A section for each entry: "## problem `heat`", what it is, the table of its parameters.
BANACH_API std::string describe_markdown(const std::vector<EntryInfo>& entries);
/// A table with a row for each parameter, those of children as `parent.child`; empty without any.
BANACH_API std::string describe_markdown(const std::vector<ParameterInfo>& parameters);

}  // namespace banach
