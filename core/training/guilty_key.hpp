// SPDX-License-Identifier: Apache-2.0
// Where an error was written that says only which key it is about.
#pragma once
#include <functional>

#include "banach/config.hpp"

namespace banach {

/// Every line with a place in front: that of the key it begins with ("problem.lower must be ..."),
/// as far as the configuration has it, else that of the table `otherwise`, or of the file. Lines
/// that have one are left alone.
BANACH_API std::string with_guilty_key(const Table& configuration, const std::string& lines,
                                       const std::string& otherwise = "");
/// Does it; ConfigErrors of network and equations get the place of their key, or that of
/// [architecture].
BANACH_API void with_guilty_keys(const Table& configuration, const std::function<void()>& action);

/// Whether a line begins with a place: "case.toml:3:1: ..." or "command line: ...".
BANACH_API bool has_place(const std::string& line);

}  // namespace banach
