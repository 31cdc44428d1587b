// SPDX-License-Identifier: Apache-2.0
// What a program may know of the rules of a parameter.
#pragma once
#include "banach/parameters.hpp"

namespace banach {

/// Bounds as TOML numbers, empty where there is none (any finite number then); the values of a
/// choice. Of lists and tables: of every element.
struct Limits {
  std::string minimum, maximum;
  bool above = false, below = false;  // the bound itself is not allowed
  std::vector<std::string> options;
};

/// From the text of the rules: "> 0", ">= 1", "<= 1", "in [0, 1)", "at least 1 ...", "one of ...".
/// Integers without a bound of their own are those of 32 bits.
BANACH_API Limits limits_of(const ParameterInfo& info);

}  // namespace banach
