// SPDX-License-Identifier: Apache-2.0
// Names that a data set or the record of one brings.
#pragma once
#include "datasets/dataset.hpp"

namespace banach {

/// Names of variables, channels and axes must be names, else DataError "<origin>: a variable: ...";
/// in units, control characters are escaped.
BANACH_API void check_names(DatasetInfo& info, const std::string& origin);

}  // namespace banach
