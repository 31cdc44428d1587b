// SPDX-License-Identifier: Apache-2.0
// What an experiment records: terms, the trained solution, coefficients.
#include <algorithm>
#include <cmath>

#include "core/training/experiment.hpp"

namespace banach {
namespace {

std::vector<std::string> names_of(const Domain& domain) {
  std::vector<std::string> out;
  for (const auto& axis : domain) out.push_back(axis.name);
  return out;
}

std::vector<double> factors(const std::vector<UnknownScale>& scales) {
  std::vector<double> out;
  for (const auto& unknown : scales) out.push_back(unknown.scale);
  return out;
}

std::vector<double> shifts(const std::vector<UnknownScale>& scales) {
  std::vector<double> out;
  for (const auto& unknown : scales) out.push_back(unknown.shift);
  return out;
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

Recorded record_twice(const Experiment& e, const std::string& what,
                      const std::function<Expression(Trace&)>& body) {
  const auto once = [&] {
    Recorded out{std::make_shared<Trace>(names_of(e.domain), false, e.origins), -1};
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

Solution network_solution(const Experiment& e, int bank) {
  return [problem = e.problem, hard = e.hard, bank, functions = e.functions, data = e.normaliser,
          scales = e.scales, outputs = static_cast<int>(e.unknowns.size())](const Point& point) {
    const Expression network = call_network(bank, outputs, hard.network_point(point), functions);
    if (scales.empty()) return problem->solution(point, data.output(network));
    return problem->solution(point, shifted(network, factors(scales), shifts(scales)));
  };
}

Solution in_scales(const Experiment& e, const Solution& solution) {
  if (e.scales.empty()) return solution;
  return [solution, scales = e.scales](const Point& point) {
    return standardised(solution(point), factors(scales), shifts(scales));
  };
}

Recorded record_term(const Experiment& e, const Term& term, const Solution& solution) {
  check_region(e, term);
  try {
    return record_twice(e, "term \"" + term.name + "\"", [&](Trace& trace) {
      return term.body(
          make_field(trace, e.domain, e.unknowns, e.functions, solution, e.fixed_axis));
    });
  } catch (const ConfigError& error) {
    throw ConfigError("term \"" + term.name + "\": " + error.what());
  }
}

std::vector<std::string> loss_terms(const Experiment& e) {
  std::vector<std::string> out;
  if (e.data && !e.data->outputs.empty()) out.push_back("data");
  for (const auto& term : e.terms) out.push_back(term.term.name);
  return out;
}

void record_experiment(Experiment& e) {
  const Solution solution = in_scales(e, e.trained);
  e.solution =
      record_twice(e, "solution()", [&](Trace& trace) { return solution(trace_point(trace)); });
  for (auto* list : {&e.terms, &e.held_out})
    for (auto& t : *list) t.residual = record_term(e, t.term, e.trained);
}

}  // namespace banach
