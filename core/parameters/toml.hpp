// SPDX-License-Identifier: Apache-2.0
// TOML files to tables. The only place that knows toml++.
#pragma once
#include "banach/config.hpp"

namespace banach {

/// The table of one TOML text; `name` is the file in every place. Throws ConfigError
/// "name:line:column: ...", whatever the text holds.
BANACH_API Table parse_toml(const std::string& text, const std::string& name);

/// A configuration file with the files that it extends (`extends = "base.toml"`, relative to the
/// file; tables merge key by key, the extending file wins, lists replace), then `key=value`
/// overrides in order. The standard input and other descriptors of the caller (/dev/stdin,
/// /dev/fd/63) are read once: places name them "input", their relative paths start at the working
/// directory. `text`: takes the content of the file. Throws DataError (exit 66) for a file that
/// cannot be read, else ConfigError.
BANACH_API Table load_configuration(const std::string& path,
                                    const std::vector<std::string>& overrides = {},
                                    std::string* text = nullptr);

/// Sets one `key=value`: the value is TOML, or plain text where it is none; `stage.0.steps=400`
/// reaches into lists. Throws ConfigError "command line: stage.0.steps=400: ...".
BANACH_API void apply_override(Table& table, const std::string& assignment);

/// The path that a text means: relative to the folder of the file that says it; as it is when it
/// comes from the command line.
BANACH_API std::string resolve_path(const Value& value);

}  // namespace banach
