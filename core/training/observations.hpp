// SPDX-License-Identifier: Apache-2.0
// Measured values as terms of the loss.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// Adds one term per entry of [observations]: residual u - value at the observed points. Reads the
/// files or draws from the known solution. ConfigError or DataError that name the observation, file
/// and row for what is missing, not a number or outside the domain.
/// `notice` is told what a file leaves open, such as the order of its columns.
void add_observations(Experiment& experiment, const Observations& observations, std::uint64_t seed,
                      const std::function<void(const std::string&)>& notice = {});

}  // namespace banach
