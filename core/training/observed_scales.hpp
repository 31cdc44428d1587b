// SPDX-License-Identifier: Apache-2.0
// Units of observed values: none of them may decide how well an unknown is learned.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// Called when the observations are terms of the experiment. An unknown that no equation reads is
/// learned as (value - mean) / spread of its trained values, or as `given` says: the experiment's
/// `scales`. Where a table observes several unknowns, the others are divided by their spread.
/// ConfigError for a scale of an unknown that is none or that equations determine.
void scale_observations(Experiment& experiment, const ScalingParameters& given);

/// Mean and spread of some numbers: the standard deviation; of equal numbers their size, or 1.
/// Exactly 2^k times as large where the numbers are.
BANACH_API UnknownScale scale_of(const std::vector<double>& values);

}  // namespace banach
