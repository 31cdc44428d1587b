// SPDX-License-Identifier: Apache-2.0
// Sequential windows along one axis: each has parameters of its own and begins where the one before
// ends: exactly, or by a term of its loss. Evaluation sees one solution.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

/// Windows of an experiment; 1 without [windows].
int window_count(const Experiment& experiment);
/// Checks the windows and finds the initial conditions along their axis; those of hard starts are
/// no terms any more.
/// ConfigError with the reason where a problem cannot be cut.
void prepare_windows(Experiment& experiment);
/// The solution over the whole axis: bank k holds the parameters of window k.
Solution whole_solution(const Experiment& experiment);
/// What is trained in window k: bank 0 is its own, bank 1 + j that of window j < k. `start`: the
/// state [unknowns] in which it begins, where starts are hard and the axis is the only one.
BANACH_API Experiment make_window(const Experiment& whole, int k,
                                  const std::optional<std::vector<double>>& start);
/// The state [unknowns] at the end of a window whose axis is the only one.
BANACH_API std::vector<double> end_state(const Experiment& window, const std::vector<Bank>& banks);

}  // namespace banach
