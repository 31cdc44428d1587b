// SPDX-License-Identifier: Apache-2.0
// Whether the data set of a configuration can be read, and what comes out.
#pragma once
#include "datasets/dataset.hpp"

namespace banach {

struct CheckResult {
  std::string text;   // a report for people
  std::string error;  // of the first sample that cannot be read; empty where all can
};

/// Opens the data set, reads samples of every split and further test set (all of them up to 64 MB,
/// else some, evenly spread), and tells canonical shapes, smallest, largest and mean values,
/// samples that cannot be read, the read plan and the rate of reading. Throws what Dataset::open
/// throws.
BANACH_API CheckResult check_dataset(const DatasetParameters& parameters);

}  // namespace banach
