// SPDX-License-Identifier: Apache-2.0
// A first look at TOML text. toml++ 3.3 and 3.4 abort or run into undefined behaviour on some
// malformed input ("[\n", "[[[a]]]", a letter beyond ASCII next to a key): none of it may reach the
// parser.
#pragma once
#include <string>
#include <string_view>

#include "banach/export.hpp"

namespace banach {

constexpr std::size_t largest_toml = std::size_t{4} << 20;

/// Throws ConfigError "name:line:column: ..." for text that toml++ must not see: too large, no
/// UTF-8, control characters, letters beyond ASCII outside strings, malformed table headers,
/// strings and brackets that do not close, more than 64 nested brackets or 32 parts of one key.
BANACH_API void check_toml(std::string_view text, const std::string& name);

/// The byte where `text` stops being UTF-8, or npos.
BANACH_API std::size_t invalid_utf8(std::string_view text);

}  // namespace banach
