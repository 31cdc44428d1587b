// SPDX-License-Identifier: Apache-2.0
#include "core/training/windows.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "core/training/points.hpp"
#include "core/training/window_axis.hpp"

namespace banach {
namespace {

using BankOf = std::function<int(int window)>;

Axis cut(const Experiment& whole, int k) {
  const Axis axis = whole.problem->domain()[window_axis(whole)];
  const double length = axis.upper - axis.lower;
  const WindowsParameters& windows = *whole.windows;
  const auto count = static_cast<int>(windows.number());
  const auto edge = [&](int i) {
    if (i == 0 || i == count) return i == 0 ? axis.lower : axis.upper;
    if (!windows.edges.empty()) return windows.edges[static_cast<std::size_t>(i) - 1];
    return axis.lower + length * i / static_cast<double>(count);
  };
  return {axis.name, edge(k), edge(k + 1)};
}

Domain domain_of(const Experiment& whole, int k) {
  Domain out = whole.domain;
  out[window_axis(whole)] = cut(whole, k);
  return out;
}

// Conditions of window k whose initial values, where they are hard, are those of `before`.
HardConditions hard_of(const Experiment& whole, int k, const std::optional<PointFunction>& before) {
  std::vector<Term> terms = whole.hard.terms();
  if (whole.windows->soft()) return {domain_of(whole, k), whole.unknowns, std::move(terms)};
  for (Term start : whole.starts) {
    if (before) start.condition->value = *before;
    terms.push_back(std::move(start));
  }
  return {domain_of(whole, k), whole.unknowns, std::move(terms)};
}

// Every window's network sees the range of the whole axis.
Solution raw_solution(const Experiment& whole, int k, int bank) {
  const Axis all = whole.problem->domain()[window_axis(whole)], own = cut(whole, k);
  const double stretch = (all.upper - all.lower) / (own.upper - own.lower);
  return [problem = whole.problem, hard = whole.hard, all, own, stretch, bank,
          outputs = static_cast<int>(whole.unknowns.size())](const Point& point) {
    const Point local = point.with(all.name, all.lower + stretch * (point[all.name] - own.lower));
    return problem->solution(
        point, call_network(bank, outputs, hard.network_point(local), problem->functions()));
  };
}

// The unknowns ask at the same point, each for itself: recorded once, or the work would double in
// every window.
PointFunction once(const Solution& f) {
  struct Memory {
    long trace = -1;
    std::map<std::vector<int>, Expression> values;
  };
  return [f, memory = std::make_shared<Memory>()](const Point& point) {
    Trace& trace = Trace::current();
    if (memory->trace != trace.serial()) *memory = {trace.serial(), {}};
    std::vector<int> key;
    for (const auto& [name, value] : point.coordinates()) key.push_back(trace.node_of(value));
    const auto known = memory->values.find(key);
    if (known != memory->values.end()) return known->second;
    return memory->values[key] = f(point);
  };
}

// Windows 0 to `count` - 1, each beginning where the one before ends.
std::vector<Solution> window_solutions(const Experiment& whole, int count, const BankOf& bank_of) {
  std::vector<Solution> out;
  std::optional<HardConditions> second;
  for (int k = 0; k < count; ++k) {
    std::optional<PointFunction> before;
    if (k > 0 && !whole.windows->soft()) before = once(out.back());
    HardConditions hard = hard_of(whole, k, before);
    // Looking for the axes asks for all windows before: what the second finds holds for the rest.
    if (k > 1) hard.choose_axes_of(*second);
    if (k == 1) second = hard.choose_axes();
    out.push_back(hard.around(raw_solution(whole, k, bank_of(k))));
  }
  return out;
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

// Column `i` of a value of all unknowns, or the value of that one.
Expression part_of(const Expression& value, std::size_t i) {
  return value.trace() && value.width() > 1 ? value[static_cast<int>(i)] : value;
}

// What a window begins with, all unknowns.
Solution start_of(const Experiment& whole, int k) {
  if (k > 0) return once(window_solutions(whole, k, [](int j) { return 1 + j; }).back());
  std::vector<PointFunction> values(whole.unknowns.size());
  for (const Term& start : whole.starts)
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string& unknown = start.condition->unknown;
      if (unknown.empty() || unknown == whole.unknowns[i]) values[i] = start.condition->value;
    }
  return [values](const Point& point) {
    std::vector<Expression> columns;
    for (std::size_t i = 0; i < values.size(); ++i) columns.push_back(part_of(values[i](point), i));
    return columns.size() == 1 ? columns[0] : concat(columns);
  };
}

// The terms of the start ask for the end of the window before, which the window resembles.
void start_softly(const Experiment& whole, int k, Experiment& window) {
  const Axis own = cut(whole, k);
  const Solution before = start_of(whole, k);
  window.guess = [before, own](const Point& p) { return before(p.with(own.name, own.lower)); };
  if (k == 0) return;
  for (auto& t : window.terms) {
    if (!starts_window(whole, t.term)) continue;
    const std::string unknown = t.term.condition->unknown;
    const auto& names = whole.unknowns;
    const auto column =
        static_cast<std::size_t>(std::find(names.begin(), names.end(), unknown) - names.begin());
    const PointFunction value = [before, unknown, column](const Point& p) {
      return unknown.empty() ? before(p) : part_of(before(p), column);
    };
    t.term = initial(t.term.name, own.name, value, unknown);
  }
}

}  // namespace

int window_count(const Experiment& e) {
  return e.windows ? static_cast<int>(e.windows->number()) : 1;
}

Solution whole_solution(const Experiment& e) {
  const int count = window_count(e);
  const auto parts = window_solutions(e, count, [](int window) { return window; });
  std::vector<double> ends;
  for (int k = 0; k < count; ++k) ends.push_back(cut(e, k).upper);
  return [parts, ends, axis = e.windows->axis](const Point& point) {
    std::vector<Expression> values;  // the first one first: each remembers the end of the last
    values.reserve(parts.size());
    for (const Solution& part : parts) values.push_back(part(point));
    Expression out = values.back();
    for (std::size_t k = parts.size() - 1; k-- > 0;)
      out = where(ends[k] - point[axis], values[k], out);
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
    out.trained = window_solutions(whole, k + 1, [k](int window) {
                    return window == k ? 0 : 1 + window;
                  }).back();
  }
  if (whole.windows->soft()) start_softly(whole, k, out);
  const std::size_t axis = window_axis(whole);
  for (auto* list : {&out.terms, &out.held_out}) {
    std::vector<RecordedTerm> inside;
    for (auto& term : *list)
      if (keep_inside(term, axis, out.domain[axis], k + 1 == window_count(whole)))
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
  const at::Tensor end = point_tensor(std::vector<double>{window.domain[0].upper}, window.origins,
                                      banks[0].parameters.options().requires_grad(false));
  const at::Tensor state =
      evaluator.evaluate(banks, {{end, {}, {}}})[0].to(at::kCPU, at::kDouble).contiguous();
  return {state.data_ptr<double>(), state.data_ptr<double>() + state.numel()};
}

}  // namespace banach
