// SPDX-License-Identifier: Apache-2.0
// The stamp that a plugin carries in its bytes: what it was built against.
#pragma once
#include <string>
#include <string_view>

#include "banach/export.hpp"

namespace banach {

/// This library's own stamp: "api=3 torch=1.13.0 cxx11abi=1 glibcxxdebug=0 asan=0".
BANACH_API std::string engine_stamp();
/// "0.1.0"
BANACH_API const char* engine_version();
/// The version of LibTorch that this library was built with.
BANACH_API const char* engine_torch_version();
/// The first stamp in the bytes of a plugin, without its mark; empty when there is none.
BANACH_API std::string find_stamp(std::string_view bytes);
/// Empty when a plugin with this stamp fits an engine with that one; else what differs. A plugin
/// with torch=none fits every LibTorch.
BANACH_API std::string stamp_problem(const std::string& plugin, const std::string& engine);

}  // namespace banach
