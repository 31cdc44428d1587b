// SPDX-License-Identifier: Apache-2.0
// Integers as people write them: 200, and 2e2.
#pragma once
#include <optional>

#include "banach/config.hpp"

namespace banach {

/// The integer that a value is: written as one, or as a number without a fraction of at most 2^53.
std::optional<std::int64_t> whole_number(const Value& value);

}  // namespace banach
