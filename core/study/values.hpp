// SPDX-License-Identifier: Apache-2.0
// Parameters that take a value of any kind.
#pragma once
#include "banach/parameters.hpp"

namespace banach {

template <>
struct Convert<Value> {
  static std::string type() { return "value"; }
  static std::vector<ParameterInfo> children() { return {}; }
  static bool read(const Value& v, const std::string&, Diagnostics&, Value& out) {
    out = v;
    return true;
  }
  static Value write(const Value& value) { return value; }
};

}  // namespace banach
