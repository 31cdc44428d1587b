// SPDX-License-Identifier: Apache-2.0
// Which trajectories train, validate and test.
#pragma once
#include <array>

#include "datasets/dataset.hpp"
#include "datasets/selection.hpp"

namespace banach {

/// Which splits have data of their own and take nothing from the files of the data set.
struct SeparateSplits {
  bool train = false, validation = false, test = false;
};

/// Trajectory numbers of train, validation, test, each ascending. Fractions are shares of `count`
/// in an order drawn from the seed; the share of a separate validation or test goes to the
/// training. ConfigError for what is neither fraction nor slice, shares above 1, overlapping
/// slices, and, unless `lenient`, slices beyond the samples and fractions beside slices.
BANACH_API std::array<Indices, 3> divide(const SplitParameters& parameters, std::int64_t count,
                                         const SeparateSplits& separate, bool lenient = false);

}  // namespace banach
