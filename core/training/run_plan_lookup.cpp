// SPDX-License-Identifier: Apache-2.0
// What a plan knows by name, and its data set.
#include "core/training/run_plan.hpp"
#include "datasets/axis_match.hpp"

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
  if (opened) return opened;
  auto now = Dataset::open(*configuration.dataset);
  // A saved run remembers what its files were like; arrays of another shape are no data for it.
  if (experiment.data)
    if (const auto why = shapes_differ(experiment.data->info, now->info()); !why.empty())
      throw DataError("dataset: the files changed since the run learnt from them: " + why);
  opened = std::move(now);
  return opened;
}

}  // namespace banach
