// SPDX-License-Identifier: Apache-2.0
// Problem and architecture put together: everything that training, evaluation and prediction share.
#pragma once
#include <functional>

#include "core/executor/evaluator.hpp"
#include "core/expression/field.hpp"

namespace banach {

/// An expression with the trace that owns it.
struct Recorded {
  std::shared_ptr<Trace> trace;
  int root = -1;
};

struct RecordedTerm {
  Term term;
  Recorded residual;
};

struct Experiment {
  std::shared_ptr<const Problem> problem;
  std::shared_ptr<Network> network;  // its layout ends with the learnable coefficients
  Domain domain;                     // the problem's axes, then coefficients that are inputs
  Unknowns unknowns;
  std::vector<Coefficient> coefficients;  // all that the problem's table names
  std::vector<RecordedTerm> terms;
  Recorded solution;                        // all unknowns at a point
  std::optional<Recorded> exact;            // all unknowns; absent where a learnable value is in it
  Table problem_table, architecture_table;  // with every default
};

/// Throws the complete error for a type that no plugin provides: kind, type, its place.
using UnknownType =
    std::function<void(const std::string& kind, const std::string& type, const Source& source)>;

/// Builds and records everything. Throws ConfigError with all errors of both tables; errors thrown
/// by plugin code become PluginError with the plugin's name.
BANACH_API Experiment make_experiment(const Registry& registry, const Table& problem,
                                      const Table& architecture, const UnknownType& unknown_type);

/// Slot name of a learnable coefficient.
BANACH_API std::string coefficient_slot(const Coefficient& coefficient);
/// Physical value of a learnable coefficient from its raw parameter.
BANACH_API double coefficient_value(const Coefficient& coefficient, double raw);

/// Raw parameter of a learnable coefficient's start value.
BANACH_API double coefficient_raw(const Coefficient& coefficient);

/// Records a term (twice, compared) with the given solution in place of the network.
BANACH_API Recorded record_term(const Experiment& experiment, const Term& term,
                                const Solution& solution);
/// The network inside the problem's ansatz, parameters of bank k.
BANACH_API Solution network_solution(const Experiment& experiment, int bank = 0);

}  // namespace banach
