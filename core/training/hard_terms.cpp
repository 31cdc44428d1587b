// SPDX-License-Identifier: Apache-2.0
#include "core/training/hard_terms.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

}  // namespace

void check_hard(const Experiment& e) {
  if (e.network->grid()) return;  // a GridEvaluator refuses what it cannot do
  at::NoGradGuard no_grad;
  const auto options = at::TensorOptions(at::kDouble);
  const Bank bank{at::full({e.network->layout.parameters()}, 0.05, options),
                  at::full({e.network->layout.buffers()}, 0.05, options)};
  const std::size_t banks = e.windows ? static_cast<std::size_t>(e.windows->number()) : 1;
  for (const Term& term : e.hard.terms()) {
    Evaluator evaluator(e.network);
    const Recorded residual = record_term(e, term, e.trained);
    evaluator.add(residual.trace, residual.root);
    GridCounts counts;
    for (const Axis& axis : e.domain) counts[axis.name] = e.domain.size() > 3 ? 3 : 5;
    const Grid box = make_grid(e.domain, counts);
    const auto axis = std::find_if(e.domain.begin(), e.domain.end(),
                                   [&](const Axis& a) { return a.name == term.region.axis; });
    const Grid grid =
        face_of(box, term.region.axis, term.region.side == Side::lower ? axis->lower : axis->upper);
    const auto points = grid.points(0, grid.size());
    const at::Tensor at = point_tensor(points, e.origins, options);
    const at::Tensor off =
        evaluator.evaluate(std::vector<Bank>(banks, bank), {{at, {}, any_functions(e)}})[0]
            .abs()
            .reshape({grid.size(), -1})
            .amax(1);
    const auto worst = off.argmax().item<std::int64_t>();
    const double error = off[worst].item<double>();
    if (error < 1e-7) continue;
    std::vector<std::string> names;
    for (const Axis& own : e.domain) names.push_back(own.name);
    throw ConfigError(fmt::format(
        "problem.hard: condition \"{}\" is missed by {:.3g} at {}: the conditions contradict each "
        "other there; leave one of them soft: hard = [names of the others]",
        term.name, error, place_text(names, e.origins, at[worst])));
  }
}

}  // namespace banach
