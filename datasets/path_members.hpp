// SPDX-License-Identifier: Apache-2.0
// Which files belong together, and which datasets of a file a pattern means.
#pragma once
#include "datasets/array_layout.hpp"

namespace banach {

/// A dataset that a pattern like "/{sample}/data" means.
struct PathMember {
  std::string path;
  std::map<std::string, std::string> names;  // placeholder -> what stands there
};

/// Every dataset that `pattern` means, names in natural order, times by their numbers. DataError
/// where there is none, or where a numbered group lacks the rest of the path.
BANACH_API std::vector<PathMember> expand_path(const Hdf5Reader& file, const PathPattern& pattern,
                                               const std::string& time_decimal);

}  // namespace banach
