// SPDX-License-Identifier: Apache-2.0
#include "core/training/problem_checks.hpp"

#include <algorithm>

#include "core/parameters/names.hpp"

namespace banach {

void check_problem_names(const Experiment& e, const std::string& type) {
  const std::string who = "problem \"" + type + "\": ";
  for (const auto& axis : e.domain) require_name<PluginError>(who + "an axis", axis.name);
  for (const auto& name : e.unknowns) require_name<PluginError>(who + "an unknown", name);
  for (const auto& term : e.terms) require_name<PluginError>(who + "a term", term.term.name);
  for (const auto& c : e.coefficients) require_name<PluginError>(who + "a coefficient", c.name());
  for (const auto& f : e.problem->functions())
    require_name<PluginError>(who + "an input function", f.name);
}

void check_unknowns(const Experiment& e, const std::string& type) {
  const std::string who = "problem \"" + type + "\"";
  if (e.domain.empty()) throw ConfigError(who + " has no axis: domain() is empty");
  if (e.unknowns.empty()) throw ConfigError(who + " has no unknown: unknowns() is empty");
  for (const auto& name : e.unknowns)
    if (std::count(e.unknowns.begin(), e.unknowns.end(), name) > 1)
      throw ConfigError(who + ": two unknowns are called \"" + name + "\"");
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
