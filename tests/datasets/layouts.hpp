// SPDX-License-Identifier: Apache-2.0
// The small files of make_layouts.py.
#pragma once
#include <filesystem>

namespace banach {

inline std::filesystem::path layouts() {
  return std::filesystem::path(__FILE__).parent_path() / "layouts";
}

}  // namespace banach
