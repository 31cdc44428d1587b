// SPDX-License-Identifier: Apache-2.0
// Problem and architecture put together: everything that training, evaluation and prediction share.
#pragma once
#include <functional>

#include "core/executor/evaluator.hpp"
#include "core/expression/hard_conditions.hpp"
#include "core/expression/origins.hpp"
#include "core/operators/normaliser.hpp"
#include "core/training/configuration.hpp"

namespace banach {

/// An expression with the trace that owns it.
struct Recorded {
  std::shared_ptr<Trace> trace;
  int root = -1;
};

struct RecordedTerm {
  Term term;
  Recorded residual;
  std::map<std::string, std::vector<double>> data;  // columns beside listed points
  std::int64_t batch = 0;                           // listed points per step; 0: all
};

struct Experiment {
  std::shared_ptr<const Problem> problem;    // of a data set alone: what it says of itself
  std::shared_ptr<const OperatorData> data;  // of operator learning
  Normaliser normaliser;
  std::vector<InputFunction> functions;  // the problem's, with the sensors of the data set
  std::shared_ptr<Network> network;      // its layout ends with the learnable coefficients
  Domain domain;                         // the problem's axes, then coefficients that are inputs
  Origins origins;                       // of its axes: points in tensors are relative to them
  Unknowns unknowns;
  /// One per unknown: the network learns (unknown - shift) / scale, and `solution` holds that;
  /// empty where it learns the unknowns themselves.
  std::vector<UnknownScale> scales;
  std::vector<Coefficient> coefficients;  // all that the problem's table names
  HardConditions hard;
  std::vector<RecordedTerm> terms;     // what the loss consists of: neither hard nor held out
  std::vector<RecordedTerm> held_out;  // observations that are measured only
  Solution trained;                    // all unknowns: the network inside all that is around it
  std::optional<Solution> guess;       // what a window resembles before it is trained
  Recorded solution;                   // the same in units of `scales`, recorded at a point
  /// The problem with learnable coefficients at their stated truth; null for a data set alone.
  std::shared_ptr<const Problem> truth;
  /// Absent where a learnable coefficient without a stated truth is in them.
  std::optional<Recorded> exact;
  std::optional<Reference> reference;
  std::vector<Baseline> baselines;
  std::optional<WindowsParameters> windows;
  std::vector<Term> starts;                 // initial conditions along the windows' axis
  std::string fixed_axis;                   // of one window: no field may be moved along it
  Table problem_table, architecture_table;  // with every default

  /// Whether errors can be measured.
  bool known() const { return exact || reference; }
};

/// Throws the complete error for a type that no plugin provides: kind, type, its place.
using UnknownType =
    std::function<void(const std::string& kind, const std::string& type, const Source& source)>;

/// What a run adds to its problem.
struct ExperimentExtras {
  Observations observations;
  std::optional<WindowsParameters> windows;
  std::uint64_t seed = 0;  // of synthetic observations
  std::optional<DatasetParameters> dataset = {};
  DatasetInfo info = {};                                // of the data set
  std::function<void(const std::string&)> notice = {};  // what files of observations leave open
  ScalingParameters normalisation = {};
};

/// Builds and records everything; an empty table of the problem where there is a data set alone.
/// The problem's table may hold `hard`: true, or a list of terms. Throws ConfigError with all
/// errors of both tables; errors thrown by plugin code become PluginError with the plugin's name.
BANACH_API Experiment make_experiment(const Registry& registry, const Table& problem,
                                      const Table& architecture, const UnknownType& unknown_type,
                                      const ExperimentExtras& extras = {});

/// Names of the losses that training reports: "data", then the terms.
BANACH_API std::vector<std::string> loss_terms(const Experiment& experiment);

/// Slot name of a learnable coefficient.
BANACH_API std::string coefficient_slot(const Coefficient& coefficient);
/// Physical value of a learnable coefficient from its raw parameter.
BANACH_API double coefficient_value(const Coefficient& coefficient, double raw);

/// Raw parameter of a learnable coefficient's start value.
BANACH_API double coefficient_raw(const Coefficient& coefficient);

/// Records a body twice and compares; ConfigError that names `what` when the records differ.
Recorded record_twice(const Experiment& experiment, const std::string& what,
                      const std::function<Expression(Trace&)>& body);
/// A solution in units of the experiment's scales.
BANACH_API Solution in_scales(const Experiment& experiment, const Solution& solution);
/// Records a term with the given solution in place of the network.
BANACH_API Recorded record_term(const Experiment& experiment, const Term& term,
                                const Solution& solution);
/// Records a solution and the terms again after `trained`, `domain` or `terms` have changed.
void record_experiment(Experiment& experiment);
/// The network of bank k inside the problem's own ansatz.
BANACH_API Solution network_solution(const Experiment& experiment, int bank = 0);

}  // namespace banach
