// SPDX-License-Identifier: Apache-2.0
// Pieces of TOML text, for error messages and resolved configurations.
#pragma once
#include "banach/config.hpp"

namespace banach {

/// A TOML basic string: quoted, control characters escaped.
BANACH_API std::string in_quotes(std::string_view text);
/// The key as TOML writes it: bare where that is allowed, else quoted.
BANACH_API std::string key_text(std::string_view key);
/// The text itself, or its beginning and "..." in at most `limit` bytes; UTF-8 stays whole.
BANACH_API std::string shortened(const std::string& text, std::size_t limit = 60);

}  // namespace banach
