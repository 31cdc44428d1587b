// SPDX-License-Identifier: Apache-2.0
#include "core/training/hard_terms.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/stream.hpp"
#include "core/parameters/text.hpp"
#include "core/training/grid.hpp"
#include "core/training/points.hpp"

namespace banach {
namespace {

std::vector<std::string> conditions_of(const Experiment& e) {
  std::vector<std::string> out;
  for (const auto& t : e.terms)
    if (t.term.condition) out.push_back(t.term.name);
  return out;
}

[[noreturn]] void fail(const Source& source, const std::string& text) {
  Diagnostics diagnostics;
  diagnostics.error(source, text);
  diagnostics.throw_if_any();
  throw ConfigError(text);
}

std::vector<std::string> wanted(const Experiment& e, const Value& hard) {
  const auto known = conditions_of(e);
  if (const bool* all = hard.get<bool>()) return *all ? known : std::vector<std::string>();
  const auto* list = hard.get<Value::List>();
  std::vector<std::string> out;
  if (!list) fail(hard.source, "problem.hard: must be true, false or a list of terms");
  for (const Value& item : *list) {
    const auto* name = item.get<std::string>();
    if (!name) fail(item.source, "problem.hard: a list of terms holds their names as text");
    if (std::find(known.begin(), known.end(), *name) == known.end())
      fail(item.source, "problem.hard: there is no condition " + in_quotes(*name) +
                            "; known: " + (known.empty() ? "none" : join(known)));
    out.push_back(*name);
  }
  return out;
}

}  // namespace

HardConditions take_hard_terms(Experiment& e, const Table& problem) {
  const Value* hard = problem.find("hard");
  if (!hard) return {};
  const auto names = wanted(e, *hard);
  if (names.empty()) {
    const bool* all = hard->get<bool>();
    if (all && *all) fail(hard->source, "problem.hard: the problem has no typed condition");
    return {};
  }
  std::vector<Term> terms;
  std::vector<RecordedTerm> rest;
  for (auto& t : e.terms) {
    if (std::find(names.begin(), names.end(), t.term.name) != names.end())
      terms.push_back(t.term);
    else
      rest.push_back(std::move(t));
  }
  e.terms = std::move(rest);
  if (e.terms.empty())
    fail(hard->source, "problem.hard: every term is hard, nothing is left to train on");
  return {e.domain, e.unknowns, std::move(terms)};
}

namespace {

// Conditions hold for every input function; one that is no special case tells as much as many.
std::map<std::string, at::Tensor> any_functions(const Experiment& e) {
  std::map<std::string, at::Tensor> out;
  for (const auto& f : e.functions)
    out[f.name] = at::linspace(-0.3, 1, f.sensors, at::TensorOptions(at::kDouble)).unsqueeze(0);
  return out;
}

// Corners, edges and middles of a face, [n, axes]; of many axes some of them.
std::vector<double> places_on(const Domain& domain, const Term& term) {
  constexpr std::size_t all_axes = 6;
  constexpr std::int64_t some = 729;
  GridCounts counts;
  for (const Axis& axis : domain) counts[axis.name] = domain.size() > 3 ? 3 : 5;
  const auto axis = std::find_if(domain.begin(), domain.end(),
                                 [&](const Axis& a) { return a.name == term.region.axis; });
  const double value = term.region.side == Side::lower ? axis->lower : axis->upper;
  if (domain.size() <= all_axes) {
    const Grid grid = face_of(make_grid(domain, counts), term.region.axis, value);
    return grid.points(0, grid.size());
  }
  const Stream stream(1, "places/" + term.name);
  std::vector<double> out(static_cast<std::size_t>(some) * domain.size());
  stream.uniform(static_cast<std::int64_t>(out.size()), out.data());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Axis& a = domain[i % domain.size()];
    out[i] = a.lower + (a.upper - a.lower) * std::floor(3 * out[i]) / 2;
    if (a.name == term.region.axis) out[i] = value;
  }
  return out;
}

/// All hard conditions side by side, recorded together so that the solution is recorded once.
struct Conditions {
  Recorded recorded;
  std::vector<int> widths;
};

bool same(const Point& a, const Point& b) {
  return std::equal(a.coordinates().begin(), a.coordinates().end(), b.coordinates().begin(),
                    b.coordinates().end(), [](const auto& x, const auto& y) {
                      return x.second.trace() == y.second.trace() &&
                             x.second.node() == y.second.node() &&
                             x.second.constant() == y.second.constant();
                    });
}

Conditions record_conditions(const Experiment& e) {
  Conditions out;
  out.recorded = record_twice(e, "problem.hard", [&](Trace& trace) {
    const Point own = trace_point(trace);
    const Expression there = e.trained(own);
    const Solution solution = [&](const Point& p) { return same(p, own) ? there : e.trained(p); };
    std::vector<Expression> parts;
    out.widths.clear();
    for (const Term& term : e.hard.terms()) {
      parts.push_back(
          term.body(make_field(trace, e.domain, e.unknowns, e.functions, solution, e.fixed_axis)));
      out.widths.push_back(parts.back().width());
    }
    return concat(parts);
  });
  return out;
}

// `off`: what the condition is missed by at points [n, axes].
void check_condition(const Experiment& e, const Term& term, const at::Tensor& at,
                     const at::Tensor& off) {
  const auto worst = off.argmax().item<std::int64_t>();
  const double error = off[worst].item<double>();
  if (error < 1e-7) return;
  std::vector<std::string> names;
  for (const Axis& own : e.domain) names.push_back(own.name);
  throw ConfigError(fmt::format(
      "problem.hard: condition \"{}\" is missed by {:.3g} at {}: the conditions contradict each "
      "other there; leave one of them soft: hard = [names of the others]",
      term.name, error, place_text(names, e.origins, at[worst])));
}

}  // namespace

void check_hard(const Experiment& e) {
  if (e.network->grid() || e.hard.terms().empty()) return;  // a GridEvaluator refuses by itself
  at::NoGradGuard no_grad;
  const auto options = at::TensorOptions(at::kDouble);
  const Bank bank{at::full({e.network->layout.parameters()}, 0.05, options),
                  at::full({e.network->layout.buffers()}, 0.05, options)};
  const std::size_t banks = e.windows ? static_cast<std::size_t>(e.windows->number()) : 1;
  const Conditions all = record_conditions(e);
  std::vector<at::Tensor> places;
  for (const Term& term : e.hard.terms())
    places.push_back(point_tensor(places_on(e.domain, term), e.origins, options));
  Evaluator evaluator(e.network);
  evaluator.add(all.recorded.trace, all.recorded.root);
  const at::Tensor points = at::cat(places);
  const at::Tensor off =
      evaluator.evaluate(std::vector<Bank>(banks, bank), {{points, {}, any_functions(e)}})[0]
          .abs()
          .reshape({points.size(0), -1});
  std::int64_t row = 0, column = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const at::Tensor own = off.narrow(0, row, places[i].size(0)).narrow(1, column, all.widths[i]);
    check_condition(e, e.hard.terms()[i], places[i], own.amax(1));
    row += places[i].size(0), column += all.widths[i];
  }
}

}  // namespace banach
