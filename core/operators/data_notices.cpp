// SPDX-License-Identifier: Apache-2.0
#include "core/operators/data_notices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/operators/operator_report.hpp"
#include "datasets/axis_match.hpp"

namespace banach {
namespace {

// Steps that differ along an axis of the outputs.
void look_at_axes(const RunPlan& plan, std::vector<std::string>& notices) {
  const OperatorData& data = *plan.experiment.data;
  if (!data.grid) return;
  const bool grid = plan.experiment.network->grid() != nullptr;
  for (const auto& name : data.axes) {
    const Spacing spacing = spacing_of(data.info.axis(name)->values);
    if (spacing.even) continue;
    const std::string what = fmt::format(
        "dataset: the points along \"{}\" are not equidistant (steps differ by a "
        "factor of {:.3g}): ",
        name, spacing.ratio());
    if (grid)
      notices.push_back(what +
                        "architectures that map grids, as Fourier layers do, take them as equal; "
                        "interpolate to equal steps, or choose one that maps points");
    if (!data.weights.defined() && !data.outputs.empty())
      notices.push_back(what +
                        "losses and errors count every point alike, so that dense parts of "
                        "the domain weigh more");
  }
}

void look_at_times(const RunPlan& plan, DataFindings& out) {
  const OperatorData& data = *plan.experiment.data;
  const DatasetInfo& info = data.info;
  if (!data.parameters.window || info.time_step != 0 || info.shortest_step == 0) return;
  out.notices.push_back(
      fmt::format("dataset.window: {}: the next state depends on the step, which the network is "
                  "not told; select equidistant times",
                  step_text(info)));
  const auto& stages = plan.configuration.stages;
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (stages[i].rollout > 1)
      out.faults.push_back(fmt::format(
          "stage.{}.rollout: {}: what was learnt for one step cannot be repeated for another", i,
          step_text(info)));
  if (plan.configuration.evaluate.rollout > 0)
    out.faults.push_back(fmt::format(
        "evaluate.rollout: {}: what was learnt for one step cannot be repeated for another",
        step_text(info)));
}

void look_at_domain(const RunPlan& plan, std::vector<std::string>& faults) {
  const Experiment& e = plan.experiment;
  if (!plan.configuration.problem.find("type") || e.data->own_points) return;
  for (const Axis& axis : e.problem->domain())
    for (const Axis& data : e.data->domain) {
      if (data.name != axis.name || !e.data->points.defined()) continue;
      const double near = std::max(coordinate_tolerance({axis.lower, axis.upper}),
                                   1e-6 * (axis.upper - axis.lower));
      if (data.lower >= axis.lower - near && data.upper <= axis.upper + near) continue;
      faults.push_back(fmt::format(
          "dataset: \"{}\" runs from {:.7g} to {:.7g}, the domain of the problem from {:.7g} to "
          "{:.7g}: give both the same units",
          axis.name, data.lower, data.upper, axis.lower, axis.upper));
    }
}

void look_at_tests(const RunPlan& plan, DataFindings& out) {
  const DatasetParameters& parameters = plan.experiment.data->parameters;
  for (const auto& test : parameters.test) {
    if (test.name.empty() || test.name == "test") continue;
    const auto dataset = Dataset::open(parameters, test.name);
    if (const auto text = other_units(plan.experiment.data->info, dataset->info()); !text.empty())
      out.faults.push_back("test set \"" + test.name + "\": " + text);
    try {
      const auto found =
          match_elsewhere(plan, parameters, *dataset, "test set \"" + test.name + "\"");
      out.notices.insert(out.notices.end(), found.notices.begin(), found.notices.end());
    } catch (const DataError& error) {
      out.faults.emplace_back(error.what());
    }
  }
}

}  // namespace

DataFindings look_at_data(const RunPlan& plan) {
  DataFindings out;
  if (!plan.experiment.data) return out;
  look_at_axes(plan, out.notices);
  look_at_times(plan, out);
  look_at_domain(plan, out.faults);
  if (!plan.experiment.data->outputs.empty()) look_at_tests(plan, out);
  return out;
}

std::vector<std::string> data_notices(const RunPlan& plan, bool resumed) {
  DataFindings found = look_at_data(plan);
  if (!found.faults.empty() && !resumed) throw DataError(found.faults.front());
  found.notices.insert(found.notices.end(), found.faults.begin(), found.faults.end());
  return std::move(found.notices);
}

}  // namespace banach
