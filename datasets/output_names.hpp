// SPDX-License-Identifier: Apache-2.0
// Names of what is written into one file, none of them twice.
#pragma once
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Paths in an HDF5 file ("u/prediction"), or columns of a table. Whoever asks first keeps the
/// name.
class BANACH_API OutputNames {
 public:
  /// The name itself, or with as many endings as it takes to be neither there already nor inside or
  /// around a dataset that is.
  std::string take(const std::string& name, const std::string& ending = "_");

 private:
  std::vector<std::string> names_;
};

}  // namespace banach
