// SPDX-License-Identifier: Apache-2.0
// Patterns of file names from configurations, matched in bounded time whatever they are.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// What stands for the placeholders of a pattern in a name, in their order; nullopt where it does
/// not match. * stands for any characters, ? for one, {name} for at least one and as few as
/// possible; none of them for a dot in front. Time: at most pattern x name^2.
BANACH_API std::optional<std::vector<std::string>> match_name(const std::string& pattern,
                                                              const std::string& name);

struct MatchedPath {
  std::string path;
  std::vector<std::string> values;  // of the placeholders
};
/// Everything but folders that a pattern with folders names, in the order of the folders.
/// ConfigError for more than 10 million names on the way.
BANACH_API std::vector<MatchedPath> match_paths(const std::string& pattern);

/// Group 1 of the first place where a regular expression (ECMAScript without back-references) fits
/// a name; nullopt where there is none. Time: linear in the name. ConfigError for what is no
/// expression, or a larger one than 256 bytes or 1000 characters with its repetitions written out.
BANACH_API std::optional<std::string> first_group(const std::string& expression,
                                                  const std::string& name);

}  // namespace banach
