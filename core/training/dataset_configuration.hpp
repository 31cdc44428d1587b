// SPDX-License-Identifier: Apache-2.0
// The data set of a configuration on its own, for commands that train nothing.
#pragma once
#include "core/training/configuration.hpp"

namespace banach {

/// The [dataset] of a configuration alone, its files with folders in front. ConfigError with every
/// problem of it; `path` is named where there is none.
BANACH_API DatasetParameters dataset_of(const Table& configuration, const std::string& path);

}  // namespace banach
