// SPDX-License-Identifier: Apache-2.0
#include "core/training/experiment.hpp"

#include <algorithm>
#include <cmath>

#include "core/parameters/memory.hpp"
#include "core/parameters/text.hpp"
#include "core/plugin/running.hpp"
#include "core/training/guilty_key.hpp"
#include "core/training/hard_terms.hpp"
#include "core/training/known_solution.hpp"
#include "core/training/observations.hpp"
#include "core/training/observed_scales.hpp"
#include "core/training/problem_checks.hpp"
#include "core/training/windows.hpp"

namespace banach {

namespace {

// Plugin code may throw anything; its own words become one error that names the plugin.
template <class F>
auto guarded(const EntryInfo& item, const F& call) {
  const std::string who = item.kind + " \"" + item.name + "\"" +
                          (item.origin.path.empty() ? "" : " (" + item.origin.path + ")");
  const Running running("building", who.c_str());
  try {
    return call();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    if (const auto text = memory_failure(e)) throw ConfigError(item.kind + ": " + *text);
    throw PluginError(who + " failed: " + e.what());
  } catch (...) {
    throw PluginError(who + " failed with an exception that is no std::exception");
  }
}

std::vector<Coefficient> coefficients_of(const std::vector<ParameterInfo>& parameters,
                                         const Table& table) {
  std::vector<Coefficient> out;
  Diagnostics ignored;
  for (const auto& p : parameters) {
    const Value* value = p.type == "coefficient" ? table.find(p.name) : nullptr;
    if (!value) continue;
    Coefficient c;
    Convert<Coefficient>::read(*value, "problem." + p.name, ignored, c);
    out.push_back(c);
  }
  return out;
}

// The plugin's own parameters: without what the engine reads.
Table own_table(const Table& table) {
  Table out = table;
  out.erase("type");
  out.erase("hard");
  return out;
}

// Learnable coefficients at their stated truth: what exact solutions and references refer to.
Table at_truth(const Table& own, const std::vector<Coefficient>& coefficients) {
  Table out = own;
  for (const auto& c : coefficients)
    if (c.role() == Coefficient::Role::learnable && std::isfinite(c.truth()))
      out.set(c.name(), c.truth());
  return out;
}

Table with_engine_keys(const std::string& type, const Table& given, const Table& resolved) {
  Table out;
  out.path = resolved.path;
  out.set("type", type);
  const Value* hard = given.find("hard");
  out.set("hard", hard ? *hard : Value(false));
  for (const auto& [key, value] : resolved.entries) out.set(key, value);
  return out;
}

// The problem's ranges in the order in which the data set has them.
Domain in_order_of(const Domain& data, const Domain& problem) {
  Domain out;
  for (const Axis& axis : data)
    for (const Axis& own : problem)
      if (own.name == axis.name) out.push_back({own.name, own.lower, own.upper, axis.periodic});
  return out;
}

// A data set brings numbers of sensors, and a problem of its own where none was named.
void build_data(Experiment& e, const ExperimentExtras& extras) {
  if (extras.dataset) e.data = make_operator_data(*extras.dataset, extras.info, e.problem.get());
  if (!e.problem) {
    if (e.data->outputs.empty())
      throw ConfigError(
          "dataset: outputs are missing, and without a [problem] there is nothing to learn; with "
          "[dataset.window] they are the inputs later in time");
    e.problem = std::make_shared<DataProblem>(e.data);
    e.domain = e.data->network_domain(), e.unknowns = e.data->unknowns;
  } else if (e.data && e.data->points.defined()) {
    e.domain = in_order_of(e.data->domain, e.domain);
  }
  e.functions = e.data ? e.data->functions : e.problem->functions();
  if (!e.functions.empty() && !e.data)
    throw ConfigError(
        "the problem has input functions; a [dataset] must bring them (its outputs are optional)");
  if (e.data && extras.windows)
    throw ConfigError(
        "[windows] cuts the solution of one problem; it has no meaning with a [dataset]");
}

// What the problem says of itself; what it complains about is said of its table.
void take_problem(Experiment& e, const std::vector<ParameterInfo>& parameters) try {
  e.domain = e.problem->domain();
  e.unknowns = e.problem->unknowns();
  e.coefficients = coefficients_of(parameters, e.problem_table);
  for (const auto& c : e.coefficients)
    if (c.role() == Coefficient::Role::input) e.domain.push_back({c.name(), c.lower(), c.upper()});
  for (const auto& term : e.problem->terms()) e.terms.push_back({term, {}, {}, 0});
} catch (const ConfigError& error) {
  const std::string text = error.what();
  throw ConfigError(text.rfind("problem", 0) == 0 || has_place(text) ? text : "problem: " + text);
}

void build_problem(Experiment& e, const Registry& registry, const Table& table,
                   const UnknownType& unknown_type, const ExperimentExtras& extras,
                   Diagnostics& diagnostics) {
  const std::string type = table.text("type");
  const auto* item = registry.problems.find(type);
  if (!item) unknown_type("problem", type, table.source);
  const Table own = own_table(table);
  e.problem_table = with_engine_keys(type, table, item->resolve(own, diagnostics));
  diagnostics.throw_if_any();
  guarded(*item, [&] {
    e.problem = item->create(own, diagnostics);
    diagnostics.throw_if_any();
    take_problem(e, item->parameters);
  });
  check_problem(e, problem_name(*item));
  build_data(e, extras);
  e.hard = take_hard_terms(e, table);
}

void build_network(Experiment& e, const Registry& registry, const Table& table,
                   const UnknownType& unknown_type, Diagnostics& diagnostics) {
  e.network = std::make_shared<Network>();
  e.network->signature = {
      relative_to(e.domain, e.origins, e.hard.empty() ? e.domain : e.hard.network_domain()),
      e.functions, static_cast<int>(e.unknowns.size())};
  if (e.data && e.data->grid) {
    e.network->signature.channels = e.data->channels();
    e.network->signature.grid = e.data->extents;
  }
  const auto unknown = [&](const Table& where, const std::string& type) {
    unknown_type("architecture", type, where.source);
  };
  LayoutBuilder builder(e.network->layout, registry, unknown, diagnostics);
  const auto* item = registry.architectures.find(table.text("type"));
  if (!item) unknown(table, table.text("type"));
  guarded(*item, [&] {
    e.network->architecture = builder.build(table, e.network->signature);
    record(*e.network);
  });
  e.architecture_table = builder.resolved();
  for (const auto& c : e.coefficients)
    if (c.role() == Coefficient::Role::learnable)
      e.network->layout.add({coefficient_slot(c),
                             {1},
                             Init{Init::Kind::constant, 1, coefficient_raw(c)},
                             1,
                             1,
                             true,
                             0,
                             0});
  if (e.data) e.normaliser = Normaliser(e.data, e.network->layout, e.origins);
}

// A network that ignores its input functions can only learn the mean of the outputs.
void check_reads_functions(const Experiment& e, const std::string& type) {
  if (!e.data) return;
  if (e.network->grid()) {
    if (!e.data->grid)
      throw ConfigError(
          "architecture \"" + type +
          "\" maps grids, but the data set has listed points; choose one that maps points");
    return;
  }
  const Plan used = plan(*e.network->trace, {{e.network->root, {Polynomial(1.0)}}});
  std::vector<bool> read(e.functions.size(), false);
  for (std::size_t i = 0; i < e.network->trace->nodes().size(); ++i) {
    const Node& n = e.network->trace->nodes()[i];
    if (n.op == Op::input && n.index > 0 && used.used(static_cast<int>(i)))
      read[static_cast<std::size_t>(n.index) - 1] = true;
  }
  for (std::size_t i = 0; i < read.size(); ++i)
    if (!read[i])
      throw ConfigError("architecture \"" + type + "\" has no use for the input function \"" +
                        e.functions[i].name +
                        "\" of the data set; choose an architecture of operators (banach plugins)");
}

void find_known(Experiment& e, const Registry& registry, const Table& table,
                Diagnostics& diagnostics) {
  const auto* item = registry.problems.find(table.text("type"));
  e.truth = item->create(at_truth(own_table(table), e.coefficients), diagnostics);
  diagnostics.throw_if_any();
  const bool all_known =
      std::none_of(e.coefficients.begin(), e.coefficients.end(), [](const Coefficient& c) {
        return c.role() == Coefficient::Role::learnable && !std::isfinite(c.truth());
      });
  if (all_known) e.reference = e.truth->reference(), e.baselines = e.truth->baselines();
  const auto exact = e.truth->exact();
  if (!exact) return;
  Recorded recorded =
      record_twice(e, "exact()", [&](Trace& trace) { return (*exact)(trace_point(trace)); });
  check_exact(e, recorded, table.text("type"));
  const auto& nodes = recorded.trace->nodes();
  const bool learnable = std::any_of(nodes.begin(), nodes.end(),
                                     [](const Node& n) { return n.op == Op::coefficient; });
  if (!learnable) e.exact = recorded;
}

}  // namespace

Experiment make_experiment(const Registry& registry, const Table& problem,
                           const Table& architecture, const UnknownType& unknown_type,
                           const ExperimentExtras& extras) {
  Experiment e;
  Diagnostics diagnostics;
  const bool named = problem.find("type");
  if (named)
    build_problem(e, registry, problem, unknown_type, extras, diagnostics);
  else
    build_data(e, extras);
  e.origins = extras.normalisation.coordinates ? origins_of(e.domain) : Origins(e.domain.size());
  build_network(e, registry, architecture, unknown_type, diagnostics);
  check_reads_functions(e, architecture.text("type"));
  const auto finish = [&] {
    if (named) find_known(e, registry, problem, diagnostics);
    add_observations(e, extras.observations, extras.seed, extras.notice);
    scale_observations(e, extras.normalisation);
    check_terms(e, "problem \"" + problem.text("type") + "\"");
    e.windows = extras.windows;
    if (e.windows) prepare_windows(e);
    e.trained = e.windows ? whole_solution(e) : e.hard.around(network_solution(e));
    record_experiment(e);
  };
  if (named)
    guarded(*registry.problems.find(problem.text("type")), finish);
  else
    finish();
  check_hard(e);
  return e;
}

}  // namespace banach
