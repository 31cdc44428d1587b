// SPDX-License-Identifier: Apache-2.0
// What an experiment must be like to be cut into windows.
#include <fmt/format.h>

#include <algorithm>

#include "core/training/window_axis.hpp"
#include "core/training/windows.hpp"

namespace banach {

std::size_t window_axis(const Experiment& e) {
  const Domain own = e.problem->domain();
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i].name == e.windows->axis) return i;
  std::vector<std::string> names;
  for (const auto& axis : own) names.push_back(axis.name);
  throw ConfigError("windows.axis: there is no axis \"" + e.windows->axis + "\"; the axes are " +
                    join(names));
}

bool starts_window(const Experiment& e, const Term& term) {
  return term.condition && term.condition->type == Condition::Type::initial &&
         term.region.axis == e.windows->axis;
}

namespace {

void refuse(const Experiment& e, const Term& term, bool hard) {
  const std::string& axis = e.windows->axis;
  const bool along = term.region.kind == Region::Kind::face && term.region.axis == axis;
  if (along && !starts_window(e, term))
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

void check_edges(const WindowsParameters& windows, const Axis& axis) {
  if (windows.count.has_value() == !windows.edges.empty())
    throw ConfigError("windows: give either count or edges");
  if (windows.number() < 1) throw ConfigError("windows.count must be at least 1");
  double last = axis.lower;
  for (const double edge : windows.edges) {
    if (!(edge > last && edge < axis.upper))
      throw ConfigError(
          fmt::format("windows.edges: {} is not between {} and {}; they ascend, inside "
                      "the axis \"{}\"",
                      edge, last, axis.upper, axis.name));
    last = edge;
  }
}

// A start that is a term of the loss cannot be built in, too.
void refuse_hard_start(const Term& term) {
  throw ConfigError("windows.start = \"soft\" contradicts problem.hard: condition \"" + term.name +
                    "\" is hard; leave it out there, or start = \"hard\"");
}

}  // namespace

void prepare_windows(Experiment& e) {
  check_edges(*e.windows, e.problem->domain()[window_axis(e)]);
  for (const auto& c : e.coefficients)
    if (c.role() == Coefficient::Role::learnable)
      throw ConfigError("windows: the learnable coefficient \"" + c.name() +
                        "\" would be learned anew in every window; train without [windows]");
  const bool keep = e.windows->soft();
  std::vector<Term> hard;
  for (const Term& term : e.hard.terms()) {
    refuse(e, term, true);
    if (keep && starts_window(e, term)) refuse_hard_start(term);
    (starts_window(e, term) ? e.starts : hard).push_back(term);
  }
  std::vector<RecordedTerm> soft;
  for (auto& t : e.terms) {
    refuse(e, t.term, false);
    const bool start = starts_window(e, t.term);
    if (start) e.starts.push_back(t.term);
    if (keep || !start) soft.push_back(std::move(t));
  }
  e.terms = std::move(soft);
  check_starts(e);
  if (e.terms.empty()) throw ConfigError("windows: no term is left to train on");
  e.hard = HardConditions(e.domain, e.unknowns, std::move(hard));
}

}  // namespace banach
