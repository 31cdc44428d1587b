// SPDX-License-Identifier: Apache-2.0
// The axis that windows cut.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// Its number among the problem's own axes; ConfigError that lists them.
std::size_t window_axis(const Experiment& experiment);
/// Whether a term is an initial condition along it.
bool starts_window(const Experiment& experiment, const Term& term);

}  // namespace banach
