// SPDX-License-Identifier: Apache-2.0
// What errors are measured against: the exact solution, or a classical reference.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// Values [count, unknowns] at points [count, axes], both row major in double; empty when the
/// experiment knows neither. PluginError when a reference returns the wrong count or no numbers.
BANACH_API std::function<void(const double* points, std::int64_t count, double* out)>
known_solution(const Experiment& experiment);

}  // namespace banach
