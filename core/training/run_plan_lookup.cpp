// SPDX-License-Identifier: Apache-2.0
// What a plan knows by name, and its data set.
#include "core/training/run_plan.hpp"

namespace banach {

std::size_t RunPlan::place(const std::string& term) const {
  for (std::size_t i = 0; i < experiment.terms.size(); ++i)
    if (experiment.terms[i].term.name == term) return i;
  BANACH_ASSERT(false);
  return 0;
}

double RunPlan::loss_weight(const std::string& name) const {
  const auto given = configuration.weights.find(name);
  return given == configuration.weights.end() ? 1.0 : given->second;
}

std::shared_ptr<const Dataset> RunPlan::dataset() const {
  if (!opened) opened = Dataset::open(*configuration.dataset);
  return opened;
}

}  // namespace banach
