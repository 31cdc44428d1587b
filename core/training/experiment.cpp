// SPDX-License-Identifier: Apache-2.0
#include "core/training/experiment.hpp"

#include <algorithm>
#include <cmath>

namespace banach {

namespace {

Table without_type(const Table& table) {
  Table out = table;
  out.erase("type");
  return out;
}

Table with_type(const std::string& type, const Table& table) {
  Table out;
  out.path = table.path;
  out.set("type", type);
  for (const auto& [key, value] : table.entries) out.set(key, value);
  return out;
}

// Plugin code may throw anything; its own words become one error that names the plugin.
template <class F>
auto guarded(const EntryInfo& item, const F& call) {
  const std::string who = item.kind + " \"" + item.name + "\"" +
                          (item.origin.path.empty() ? "" : " (" + item.origin.path + ")");
  try {
    return call();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
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

Recorded record_twice(const std::vector<std::string>& coordinates, const std::string& what,
                      const std::function<Expression(Trace&)>& body) {
  const auto once = [&] {
    Recorded out{std::make_shared<Trace>(coordinates), -1};
    Trace::Scope scope(*out.trace);
    out.root = out.trace->node_of(body(*out.trace));
    return out;
  };
  Recorded first = once();
  const Recorded second = once();
  if (first.root != second.root || !(first.trace->nodes() == second.trace->nodes()))
    throw ConfigError(what +
                      " gave two different records when called twice; it must be pure (no random "
                      "numbers, no state)");
  return first;
}

std::vector<std::string> names_of(const Domain& domain) {
  std::vector<std::string> out;
  for (const auto& axis : domain) out.push_back(axis.name);
  return out;
}

void check_domain(const Experiment& e) {
  const auto names = names_of(e.domain);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!(e.domain[i].lower < e.domain[i].upper))
      throw ConfigError("problem: axis \"" + names[i] + "\" must have lower < upper");
    if (std::count(names.begin(), names.end(), names[i]) > 1)
      throw ConfigError("problem: two axes are called \"" + names[i] + "\"");
  }
}

void check_region(const Experiment& e, const Term& term) {
  const auto names = names_of(e.domain);
  if (term.region.kind == Region::Kind::face &&
      std::find(names.begin(), names.end(), term.region.axis) == names.end())
    throw ConfigError("term \"" + term.name + "\": there is no axis \"" + term.region.axis +
                      "\"; the axes are " + join(names));
  for (const auto& point : term.region.points)
    if (point.size() != names.size())
      throw ConfigError("term \"" + term.name + "\": a point has " + std::to_string(point.size()) +
                        " coordinates; the domain has " + std::to_string(names.size()));
}

}  // namespace

std::string coefficient_slot(const Coefficient& c) { return "problem." + c.name(); }

double coefficient_value(const Coefficient& c, double raw) {
  const bool low = std::isfinite(c.lower()), high = std::isfinite(c.upper());
  const double soft = raw > 30 ? raw : std::log1p(std::exp(raw));
  if (low && high) return c.lower() + (c.upper() - c.lower()) / (1 + std::exp(-raw));
  if (low) return c.lower() + soft;
  return high ? c.upper() - soft : raw;
}

double coefficient_raw(const Coefficient& c) {
  const auto inverse_softplus = [](double y) { return y > 30 ? y : std::log(std::expm1(y)); };
  const bool low = std::isfinite(c.lower()), high = std::isfinite(c.upper());
  const double v = c.value();
  if (low && high) return std::log((v - c.lower()) / (c.upper() - v));
  if (low) return inverse_softplus(v - c.lower());
  return high ? inverse_softplus(c.upper() - v) : v;
}

Solution network_solution(const Experiment& e, int bank) {
  return [problem = e.problem, bank,
          outputs = static_cast<int>(e.unknowns.size())](const Point& point) {
    return problem->solution(point, call_network(bank, outputs, point, problem->functions()));
  };
}

Recorded record_term(const Experiment& e, const Term& term, const Solution& solution) {
  check_region(e, term);
  try {
    return record_twice(names_of(e.domain), "term \"" + term.name + "\"", [&](Trace& trace) {
      return term.body(make_field(trace, e.domain, e.unknowns, e.problem->functions(), solution));
    });
  } catch (const ConfigError& error) {
    throw ConfigError("term \"" + term.name + "\": " + error.what());
  }
}

namespace {

void build_problem(Experiment& e, const Registry& registry, const Table& table,
                   const UnknownType& unknown_type, Diagnostics& diagnostics) {
  const std::string type = table.text("type");
  const auto* item = registry.problems.find(type);
  if (!item) unknown_type("problem", type, table.source);
  const Table own = without_type(table);
  e.problem_table = with_type(type, item->resolve(own, diagnostics));
  diagnostics.throw_if_any();
  guarded(*item, [&] {
    e.problem = item->create(own, diagnostics);
    diagnostics.throw_if_any();
    e.domain = e.problem->domain();
    e.unknowns = e.problem->unknowns();
    e.coefficients = coefficients_of(item->parameters, e.problem_table);
    for (const auto& c : e.coefficients)
      if (c.role() == Coefficient::Role::input)
        e.domain.push_back({c.name(), c.lower(), c.upper()});
    for (const auto& term : e.problem->terms()) e.terms.push_back({term, {}});
  });
  check_domain(e);
  std::vector<std::string> names;
  for (const auto& t : e.terms) {
    if (std::find(names.begin(), names.end(), t.term.name) != names.end())
      throw ConfigError("problem \"" + type + "\": two terms are called \"" + t.term.name + "\"");
    names.push_back(t.term.name);
  }
}

void build_network(Experiment& e, const Registry& registry, const Table& table,
                   const UnknownType& unknown_type, Diagnostics& diagnostics) {
  e.network = std::make_shared<Network>();
  e.network->signature = {e.domain, e.problem->functions(), static_cast<int>(e.unknowns.size())};
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
}

void record_solutions(Experiment& e) {
  const auto names = names_of(e.domain);
  const Solution solution = network_solution(e);
  e.solution =
      record_twice(names, "solution()", [&](Trace& trace) { return solution(trace_point(trace)); });
  for (auto& t : e.terms) t.residual = record_term(e, t.term, solution);
  const auto exact = e.problem->exact();
  if (!exact) return;
  Recorded recorded =
      record_twice(names, "exact()", [&](Trace& trace) { return (*exact)(trace_point(trace)); });
  const auto& nodes = recorded.trace->nodes();
  const bool learnable = std::any_of(nodes.begin(), nodes.end(),
                                     [](const Node& n) { return n.op == Op::coefficient; });
  if (!learnable) e.exact = recorded;
}

}  // namespace

Experiment make_experiment(const Registry& registry, const Table& problem,
                           const Table& architecture, const UnknownType& unknown_type) {
  Experiment e;
  Diagnostics diagnostics;
  build_problem(e, registry, problem, unknown_type, diagnostics);
  build_network(e, registry, architecture, unknown_type, diagnostics);
  guarded(*registry.problems.find(problem.text("type")), [&] { record_solutions(e); });
  return e;
}

}  // namespace banach
