// SPDX-License-Identifier: Apache-2.0
// What variable projection asks of network and equations.
#pragma once
#include "core/optimizers/projected_objective.hpp"
#include "core/training/experiment.hpp"

namespace banach {

/// Where the flat parameters hold the linear last layer, or those of a sum of networks; empty where
/// the architecture has none. `part`: look there alone; all parameters where it is empty.
BANACH_API Ranges last_layer(const Network& network, const Ranges& part = {});

/// The name of a term whose residual is not linear in the trained network; empty if all are.
BANACH_API std::string nonlinear_term(const Experiment& experiment);

}  // namespace banach
