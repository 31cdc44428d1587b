// SPDX-License-Identifier: Apache-2.0
// What a problem must have; each ConfigError names the problem.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// PluginError where an axis, unknown, term, coefficient or input function of the problem has no
/// name that could be shown.
void check_problem_names(const Experiment& experiment, const std::string& type);
/// ConfigError without axes or unknowns, or where two unknowns have one name.
void check_unknowns(const Experiment& experiment, const std::string& type);
/// ConfigError where exact() has another width than the unknowns.
void check_exact(const Experiment& experiment, const Recorded& exact, const std::string& type);

}  // namespace banach
