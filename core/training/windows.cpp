// SPDX-License-Identifier: Apache-2.0
#include "core/training/windows.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace banach {
namespace {

using BankOf = std::function<int(int window)>;

std::size_t axis_of(const Experiment& e) {
  const Domain own = e.problem->domain();
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i].name == e.windows->axis) return i;
  std::vector<std::string> names;
  for (const auto& axis : own) names.push_back(axis.name);
  throw ConfigError("windows.axis: there is no axis \"" + e.windows->axis + "\"; the axes are " +
                    join(names));
}

Axis cut(const Experiment& whole, int k) {
  const Axis axis = whole.problem->domain()[axis_of(whole)];
  const double length = axis.upper - axis.lower;
  const auto count = static_cast<double>(whole.windows->count);
  const auto edge = [&](int i) {
    return i == whole.windows->count ? axis.upper : axis.lower + length * i / count;
  };
  return {axis.name, edge(k), edge(k + 1)};
}

bool starts(const Experiment& e, const Term& term) {
  return term.condition && term.condition->type == Condition::Type::initial &&
         term.region.axis == e.windows->axis;
}

void refuse(const Experiment& e, const Term& term, bool hard) {
  const std::string& axis = e.windows->axis;
  const bool along = term.region.kind == Region::Kind::face && term.region.axis == axis;
  if (along && !starts(e, term))
    throw ConfigError("windows: term \"" + term.name + "\" is a condition on a face of \"" + axis +
                      "\" that only the whole solution can meet; train without [windows]");
  if (hard && term.condition && term.condition->beta != 0)
    throw ConfigError("windows: condition \"" + term.name +
                      "\" on a derivative cannot be hard together with windows; name the others: "
                      "hard = [...]");
}

void check_starts(const Experiment& e) {
  for (const auto& unknown : e.unknowns)
    if (std::none_of(e.starts.begin(), e.starts.end(), [&](const Term& t) {
          return t.condition->unknown.empty() || t.condition->unknown == unknown;
        }))
      throw ConfigError("windows: \"" + unknown + "\" has no initial condition along \"" +
                        e.windows->axis + "\", so no window knows where to begin");
}

Domain domain_of(const Experiment& whole, int k) {
  Domain out = whole.domain;
  out[axis_of(whole)] = cut(whole, k);
  return out;
}

// Conditions of window k whose initial values are those of `before`.
HardConditions hard_of(const Experiment& whole, int k, const std::optional<PointFunction>& before) {
  std::vector<Term> terms = whole.hard.terms();
  for (Term start : whole.starts) {
    if (before) start.condition->value = *before;
    terms.push_back(std::move(start));
  }
  return {domain_of(whole, k), whole.unknowns, std::move(terms)};
}

// Every window's network sees the range of the whole axis.
Solution raw_solution(const Experiment& whole, int k, int bank) {
  const Axis all = whole.problem->domain()[axis_of(whole)], own = cut(whole, k);
  const double stretch = (all.upper - all.lower) / (own.upper - own.lower);
  return [problem = whole.problem, hard = whole.hard, all, own, stretch, bank,
          outputs = static_cast<int>(whole.unknowns.size())](const Point& point) {
    const Point local = point.with(all.name, all.lower + stretch * (point[all.name] - own.lower));
    return problem->solution(
        point, call_network(bank, outputs, hard.network_point(local), problem->functions()));
  };
}

Solution window_solution(const Experiment& whole, int k, const BankOf& bank_of) {
  std::optional<PointFunction> before;
  if (k > 0) before = PointFunction(window_solution(whole, k - 1, bank_of));
  return hard_of(whole, k, before).around(raw_solution(whole, k, bank_of(k)));
}

// Points of a list that lie in the window, with their columns; the last window takes its end.
bool keep_inside(RecordedTerm& term, std::size_t axis, const Axis& own, bool last) {
  if (term.term.region.kind != Region::Kind::points) return true;
  RecordedTerm out = term;
  out.term.region.points.clear();
  for (auto& column : out.data) column.second.clear();
  const auto& points = term.term.region.points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double at = points[i][axis];
    if (at < own.lower || at > own.upper || (at == own.upper && !last)) continue;
    out.term.region.points.push_back(points[i]);
    for (auto& [name, values] : out.data) values.push_back(term.data.at(name)[i]);
  }
  term = std::move(out);
  return !term.term.region.points.empty();
}

}  // namespace

int window_count(const Experiment& e) { return e.windows ? static_cast<int>(e.windows->count) : 1; }

void prepare_windows(Experiment& e) {
  axis_of(e);
  if (e.windows->count < 1) throw ConfigError("windows.count must be at least 1");
  for (const auto& c : e.coefficients)
    if (c.role() == Coefficient::Role::learnable)
      throw ConfigError("windows: the learnable coefficient \"" + c.name() +
                        "\" would be learned anew in every window; train without [windows]");
  std::vector<Term> hard;
  for (const Term& term : e.hard.terms()) {
    refuse(e, term, true);
    (starts(e, term) ? e.starts : hard).push_back(term);
  }
  std::vector<RecordedTerm> soft;
  for (auto& t : e.terms) {
    refuse(e, t.term, false);
    if (starts(e, t.term))
      e.starts.push_back(t.term);
    else
      soft.push_back(std::move(t));
  }
  e.terms = std::move(soft);
  check_starts(e);
  if (e.terms.empty()) throw ConfigError("windows: no term is left to train on");
  e.hard = HardConditions(e.domain, e.unknowns, std::move(hard));
}

Solution whole_solution(const Experiment& e) {
  const int count = window_count(e);
  std::vector<Solution> parts;
  for (int k = 0; k < count; ++k)
    parts.push_back(window_solution(e, k, [](int window) { return window; }));
  std::vector<double> ends;
  for (int k = 0; k < count; ++k) ends.push_back(cut(e, k).upper);
  return [parts, ends, axis = e.windows->axis](const Point& point) {
    Expression out = parts.back()(point);
    for (std::size_t k = parts.size() - 1; k-- > 0;)
      out = where(ends[k] - point[axis], parts[k](point), out);
    return out;
  };
}

Experiment make_window(const Experiment& whole, int k,
                       const std::optional<std::vector<double>>& start) {
  Experiment out = whole;
  out.domain = domain_of(whole, k);
  out.fixed_axis = whole.windows->axis;
  if (k > 0 && start) {
    const PointFunction numbers = [values = *start](const Point&) {
      if (values.size() == 1) return Expression(values[0]);
      return concat({values.begin(), values.end()});
    };
    out.trained = hard_of(whole, k, numbers).around(raw_solution(whole, k, 0));
  } else {
    out.trained =
        window_solution(whole, k, [k](int window) { return window == k ? 0 : 1 + window; });
  }
  const std::size_t axis = axis_of(whole);
  for (auto* list : {&out.terms, &out.held_out}) {
    std::vector<RecordedTerm> inside;
    for (auto& term : *list)
      if (keep_inside(term, axis, out.domain[axis], k + 1 == whole.windows->count))
        inside.push_back(std::move(term));
    *list = std::move(inside);
  }
  record_experiment(out);
  return out;
}

std::vector<double> end_state(const Experiment& window, const std::vector<Bank>& banks) {
  at::NoGradGuard no_grad;
  BANACH_ASSERT(window.domain.size() == 1);
  Evaluator evaluator(window.network);
  evaluator.add(window.solution.trace, window.solution.root);
  const at::Tensor end =
      at::full({1, 1}, window.domain[0].upper, banks[0].parameters.options().requires_grad(false));
  const at::Tensor state =
      evaluator.evaluate(banks, {{end, {}, {}}})[0].to(at::kCPU, at::kDouble).contiguous();
  return {state.data_ptr<double>(), state.data_ptr<double>() + state.numel()};
}

}  // namespace banach
