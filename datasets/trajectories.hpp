// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "datasets/dataset.hpp"

namespace banach {

/// Number of the first sample of every trajectory of a split, and the total. Windows of one
/// trajectory are neighbours, each starting one time after the one before; without windows every
/// sample is a trajectory.
BANACH_API std::vector<std::int64_t> trajectories(const Dataset& dataset, Split split);

}  // namespace banach
