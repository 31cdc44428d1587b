// SPDX-License-Identifier: Apache-2.0
// Whether a loss that an optimizer could not lower has nothing left to gain.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/optimizers/objective.hpp"

namespace banach {

/// The validation loss in the "start" of a state; NaN where it is not known.
double start_loss(const nlohmann::json& start);

/// True where the loss is zero or at rounding level beside the loss of the untrained network, and
/// where it grows against its gradient as around a minimum, like the square of the step: not where
/// it falls there, and not around a kink or a jump. The parameters come back as they were.
bool at_minimum(Objective& objective, double start_loss);

}  // namespace banach
