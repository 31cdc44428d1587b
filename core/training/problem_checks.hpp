// SPDX-License-Identifier: Apache-2.0
// What a problem must have; each ConfigError names the problem.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// `problem "heat" (/plugins/problem.heat.so)`, as the errors below begin.
std::string problem_name(const EntryInfo& item);
/// ConfigError without axes or unknowns, for an axis that is no range, and where a name of axes,
/// unknowns, input functions or terms is missing, there twice or not printable. Terms may be
/// missing: observations can stand in for them.
void check_problem(const Experiment& experiment, const std::string& who);
/// The same for the terms alone.
void check_terms(const Experiment& experiment, const std::string& who);
/// ConfigError where exact() has another width than the unknowns.
void check_exact(const Experiment& experiment, const Recorded& exact, const std::string& type);

}  // namespace banach
