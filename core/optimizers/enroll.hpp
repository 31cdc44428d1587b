// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "banach/registry.hpp"

namespace banach {

/// sgd, adam, adamw, soap; lbfgs, bfgs, ssbfgs, ssbroyden; levenberg_marquardt, gauss_newton,
/// natural_gradient.
BANACH_API void enroll_optimizers(Registry& registry);

}  // namespace banach
