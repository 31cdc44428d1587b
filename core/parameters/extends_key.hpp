// SPDX-License-Identifier: Apache-2.0
// The key that every TOML file may have.
#pragma once
#include "banach/parameters.hpp"

namespace banach {

/// `extends`, as `banach describe` prints it.
BANACH_API ParameterInfo extends_key();

}  // namespace banach
