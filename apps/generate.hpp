// SPDX-License-Identifier: Apache-2.0
// The file that `banach generate` reads.
#pragma once
#include "banach/parameters.hpp"

namespace banach {

/// Its top-level tables; those of [generator] are its own.
std::vector<ParameterInfo> generate_file_parameters();

}  // namespace banach
