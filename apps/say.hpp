// SPDX-License-Identifier: Apache-2.0
// What a command says: texts of files, plugins and runs reach no terminal but as texts.
#pragma once
#include <cstdio>

#include "core/parameters/names.hpp"

namespace banach {

/// On stdout; control characters but line ends are escaped.
inline void say_text(const std::string& text) {
  const auto shown = printable(text);
  std::fwrite(shown.data(), 1, shown.size(), stdout);
}

/// The same as a line of its own on stderr.
inline void say_line(const std::string& text) {
  std::fprintf(stderr, "%s\n", printable(text).c_str());
}

}  // namespace banach
