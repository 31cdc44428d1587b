// SPDX-License-Identifier: Apache-2.0
#include "core/training/problem_checks.hpp"

#include <algorithm>
#include <cmath>

#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"

namespace banach {

namespace {

[[noreturn]] void refuse(const std::string& who, const std::string& text) {
  throw ConfigError(who + text);
}

// Names become columns of files and words of messages.
void check_name(const std::string& who, const std::string& what, const std::string& name) {
  if (name.empty()) refuse(who, ": " + what + " has no name");
  require_name(who + ": " + what, name);
}

// `what` with its article, "an axis"; `several`: "axes".
void check_list(const std::string& who, const std::string& what, const std::string& several,
                const std::vector<std::string>& names) {
  for (const auto& name : names) {
    check_name(who, what, name);
    if (std::count(names.begin(), names.end(), name) > 1)
      refuse(who, ": two " + several + " are called \"" + name + "\"");
  }
}

void check_axes(const Experiment& e, const std::string& who) {
  std::vector<std::string> names;
  for (const auto& axis : e.domain) {
    names.push_back(axis.name);
    const std::string this_axis = ": axis \"" + axis.name + "\"";
    if (!(axis.lower < axis.upper))
      refuse(who, this_axis + " must have lower < upper, not " + to_text(axis.lower) + " and " +
                      to_text(axis.upper));
    if (!std::isfinite(axis.upper - axis.lower))
      refuse(who, this_axis + " is longer than any number");
  }
  if (names.empty()) refuse(who, " has no axis: domain() is empty");
  check_list(who, "an axis", "axes", names);
}

void check_functions(const Experiment& e, const std::string& who) {
  std::vector<std::string> names;
  for (const auto& function : e.problem->functions()) names.push_back(function.name);
  check_list(who, "an input function", "input functions", names);
}

}  // namespace

std::string problem_name(const EntryInfo& item) {
  return "problem \"" + item.name + "\"" +
         (item.origin.path.empty() ? "" : " (" + item.origin.path + ")");
}

void check_terms(const Experiment& e, const std::string& who) {
  std::vector<std::string> names;
  for (const auto& t : e.terms) names.push_back(t.term.name);
  check_list(who, "a term", "terms", names);
}

void check_problem(const Experiment& e, const std::string& who) {
  check_axes(e, who);
  if (e.unknowns.empty()) refuse(who, " has no unknown: unknowns() is empty");
  check_list(who, "an unknown", "unknowns", e.unknowns);
  check_functions(e, who);
  check_terms(e, who);
  for (const auto& c : e.coefficients) require_name(who + ": a coefficient", c.name());
}

void check_exact(const Experiment& e, const Recorded& exact, const std::string& type) {
  const auto width = static_cast<std::size_t>(exact.trace->node(exact.root).width);
  const std::size_t unknowns = e.unknowns.size();
  if (width == unknowns) return;
  throw ConfigError("problem \"" + type + "\": exact() has " + std::to_string(width) +
                    (width == 1 ? " column" : " columns") + ", but " + std::to_string(unknowns) +
                    (unknowns == 1 ? " unknown is" : " unknowns are") + " solved for (" +
                    join(e.unknowns) + "): return one column per unknown, concat({...})");
}

}  // namespace banach
