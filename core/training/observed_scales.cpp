// SPDX-License-Identifier: Apache-2.0
#include "core/training/observed_scales.hpp"

#include <algorithm>
#include <cmath>

namespace banach {
namespace {

const std::string prefix = "observed.";

std::vector<std::string> observed_in(const RecordedTerm& term, const Unknowns& unknowns) {
  std::vector<std::string> out;
  for (const auto& name : unknowns)
    if (term.data.count(prefix + name) > 0) out.push_back(name);
  return out;
}

// Whether the unknowns are the columns of the network themselves.
bool without_ansatz(const Experiment& e) {
  bool out = false;
  record_twice(e, "solution()", [&](Trace& trace) {
    const Point point = trace_point(trace);
    const auto outputs = static_cast<int>(e.unknowns.size());
    const Expression network = call_network(0, outputs, e.hard.network_point(point), e.functions);
    const Expression all = e.problem->solution(point, network);
    out = all.trace() && all.node() == network.node();
    return all;
  });
  return out;
}

// Columns of the network that a term reads.
void mark_read(const Recorded& term, std::vector<bool>& read) {
  const auto& nodes = term.trace->nodes();
  const Plan used = plan(*term.trace, {{term.root, {Polynomial(1.0)}}});
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!used.used(static_cast<int>(i))) continue;
    for (const int k : nodes[i].in) {
      if (term.trace->node(k).op != Op::network) continue;
      const bool part = nodes[i].op == Op::columns;
      const auto first = read.begin() + (part ? nodes[i].index : 0);
      std::fill(first, part ? first + nodes[i].width : read.end(), true);
    }
  }
  if (nodes[static_cast<std::size_t>(term.root)].op == Op::network)
    std::fill(read.begin(), read.end(), true);
}

// Which unknowns have equations, conditions or an ansatz.
std::vector<bool> governed(const Experiment& e) {
  std::vector<bool> out(e.unknowns.size(), e.windows || e.data || !without_ansatz(e));
  for (const Term& term : e.hard.terms())
    for (std::size_t k = 0; k < out.size(); ++k)
      if (term.condition->unknown.empty() || term.condition->unknown == e.unknowns[k])
        out[k] = true;
  for (const RecordedTerm& t : e.terms)
    if (observed_in(t, e.unknowns).empty() && std::count(out.begin(), out.end(), false) > 0)
      mark_read(record_term(e, t.term, network_solution(e)), out);
  return out;
}

void check_given(const Experiment& e, const ScalingParameters& given,
                 const std::vector<bool>& bound) {
  for (const auto& entry : given.unknowns) {
    const std::string& name = entry.first;
    const auto place = std::find(e.unknowns.begin(), e.unknowns.end(), name);
    if (place == e.unknowns.end())
      throw ConfigError("normalisation." + name + ": there is no unknown \"" + name +
                        "\"; the unknowns are " + join(e.unknowns));
    if (!std::isfinite(entry.second.shift) || !std::isfinite(1 / entry.second.scale))
      throw ConfigError("normalisation." + name + ": shift and scale must be finite numbers");
    if (bound[static_cast<std::size_t>(place - e.unknowns.begin())])
      throw ConfigError("normalisation." + name + ": equations or conditions determine \"" + name +
                        "\" in its own units; leave this table out");
  }
}

std::vector<double> trained_values(const Experiment& e, const std::string& unknown) {
  std::vector<double> out;
  for (const RecordedTerm& t : e.terms)
    if (const auto column = t.data.find(prefix + unknown); column != t.data.end())
      out.insert(out.end(), column->second.begin(), column->second.end());
  return out;
}

std::vector<UnknownScale> scales_of(const Experiment& e, const ScalingParameters& given) {
  std::vector<UnknownScale> out;
  for (const auto& name : e.unknowns) {
    const auto stated = given.unknowns.find(name);
    out.push_back(stated != given.unknowns.end() ? stated->second
                                                 : scale_of(trained_values(e, name)));
  }
  return out;
}

// Columns become (value - shift) / scale, and the residual of the table with them.
void scale_term(const Experiment& e, const std::vector<UnknownScale>& scales,
                const std::vector<bool>& bound, RecordedTerm& term) {
  const auto names = observed_in(term, e.unknowns);
  std::vector<UnknownScale> own;
  bool changes = names.size() > 1;
  for (std::size_t k = 0; k < e.unknowns.size(); ++k) {
    const auto column = term.data.find(prefix + e.unknowns[k]);
    if (column == term.data.end()) continue;
    own.push_back(scales[k]);
    if (bound[k]) own.back().shift = 0;
    changes = changes || !bound[k];
    if (!changes) return;
    for (double& value : column->second) value = (value - own.back().shift) / own.back().scale;
  }
  if (!changes) return;
  term.term.body = [names, own](const Field& u) {
    std::vector<Expression> off;
    for (std::size_t k = 0; k < names.size(); ++k)
      off.push_back(standardised(u[names[k]], {own[k].scale}, {own[k].shift}) -
                    u.data(prefix + names[k]));
    return off.size() == 1 ? off[0] : concat(off);
  };
}

}  // namespace

UnknownScale scale_of(const std::vector<double>& values) {
  double most = 0, sum = 0;
  for (const double v : values) most = std::max(most, std::abs(v));
  int exponent = 0;
  std::frexp(most, &exponent);  // sums of squares of any unit stay within range
  const auto count = static_cast<double>(values.size());
  const auto near_one = [&](double v) { return std::ldexp(v, -exponent); };
  for (const double v : values) sum += near_one(v) / count;
  double squares = 0;
  for (const double v : values) squares += (near_one(v) - sum) * (near_one(v) - sum) / count;
  const double spread = std::sqrt(squares);
  const double constant = sum == 0 ? std::ldexp(1.0, -exponent) : std::abs(sum);
  return {std::ldexp(sum, exponent), std::ldexp(spread > 1e-15 ? spread : constant, exponent)};
}

void scale_observations(Experiment& e, const ScalingParameters& given) {
  if (!given.observations) return;
  const bool any = std::any_of(e.terms.begin(), e.terms.end(), [&](const RecordedTerm& t) {
    return !observed_in(t, e.unknowns).empty();
  });
  if (!any && given.unknowns.empty()) return;
  const std::vector<bool> bound = governed(e);
  check_given(e, given, bound);
  const auto scales = scales_of(e, given);
  for (auto* list : {&e.terms, &e.held_out})
    for (RecordedTerm& term : *list) scale_term(e, scales, bound, term);
  if (std::count(bound.begin(), bound.end(), false) == 0) return;
  e.scales = scales;
  for (std::size_t k = 0; k < bound.size(); ++k)
    if (bound[k]) e.scales[k] = {};
}

}  // namespace banach
