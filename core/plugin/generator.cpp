// SPDX-License-Identifier: Apache-2.0
#include "banach/generator.hpp"

namespace banach {
Generator::~Generator() = default;
}  // namespace banach
