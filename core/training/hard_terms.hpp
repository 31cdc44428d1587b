// SPDX-License-Identifier: Apache-2.0
// Which terms of a problem become hard, and whether that worked.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// Moves the conditions that `hard` in the problem's table names (true: all) out of the terms.
/// ConfigError for names that are no conditions and for conditions that exclude each other.
HardConditions take_hard_terms(Experiment& experiment, const Table& problem);

/// ConfigError when a hard condition does not hold: values that disagree where faces meet.
void check_hard(const Experiment& experiment);

}  // namespace banach
