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
/// A JSON list of {name, type, default, required, rule, minimum, maximum, options, doc, children};
/// `default` is TOML text, or null. Bounds are numbers or null, `exclusive_minimum` and
/// `exclusive_maximum` where the bound itself is not allowed; those of lists and tables hold for
/// every element. `options`: the TOML text of all values of a choice.
BANACH_API std::string describe_json(const std::vector<ParameterInfo>& parameters);

/// Words of a cell of a Markdown table, as code and as prose.
BANACH_API std::string code_text(const std::string& text);
BANACH_API std::string prose_text(const std::string& text);

/// A section for each entry: "## problem `heat`", what it is, the table of its parameters.
BANACH_API std::string describe_markdown(const std::vector<EntryInfo>& entries);
/// A table with a row for each parameter, those of children as `parent.child`; empty without any.
BANACH_API std::string describe_markdown(const std::vector<ParameterInfo>& parameters);

}  // namespace banach
