// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_report.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <nlohmann/json.hpp>

#include "core/operators/metrics.hpp"
#include "core/operators/operator_errors.hpp"
#include "core/operators/operator_validation.hpp"
#include "core/operators/rollout_report.hpp"

namespace banach {
namespace {

using nlohmann::json;

const char* name_of(Split split) {
  return split == Split::train ? "train" : split == Split::validation ? "validation" : "test";
}

std::optional<std::int64_t> time_axis(const OperatorData& data) {
  for (std::size_t k = 0; k < data.domain.size(); ++k)
    if (data.grid && data.domain.size() > 1 &&
        (data.domain[k].name == "t" || data.domain[k].name == "time"))
      return static_cast<std::int64_t>(k);
  return std::nullopt;
}

json errors_on(const RunPlan& plan, const OperatorData& data, const Dataset& dataset, Split split,
               const std::vector<Bank>& banks) {
  OperatorErrors errors(data);
  OperatorMetrics metrics(data.unknowns, data.grid && data.axes.size() <= 4, time_axis(data),
                          data.weights);
  OperatorValidation::visit(
      plan, data, data, dataset, split, banks,
      [&](const at::Tensor& outputs, const OperatorBatch& batch, const auto&) {
        errors.add(outputs, batch.outputs);
        metrics.add(outputs, batch.outputs);
      });
  json out = errors.json();
  out["metrics"] = metrics.json();
  out["split"] = name_of(split);
  out["samples"] = dataset.size(split);
  if (auto rollout = rollout_report(plan, data, dataset, split, banks[0]); !rollout.is_null())
    out["rollout"] = std::move(rollout);
  for (const auto& axis : data.axes) out["resolution"][axis] = data.info.axis(axis)->size;
  return out;
}

// Another data set of the same kind: its own points, the network's scales.
json errors_elsewhere(const RunPlan& plan, const DatasetParameters& parameters,
                      const std::string& variant, const std::string& origin,
                      const OperatorReportOptions& options, const std::vector<Bank>& banks) {
  const auto dataset = Dataset::open(parameters, variant);
  if (const auto text = other_units(plan.experiment.data->info, dataset->info()); !text.empty())
    throw DataError(origin + ": " + text);
  const MatchedData matched = match_elsewhere(plan, parameters, *dataset, origin);
  if (options.notice)
    for (const auto& notice : matched.notices) options.notice(notice);
  return errors_on(plan, *matched.data, *dataset, filled_split(*dataset, options.split), banks);
}

// A test set that is no data for this operator takes nothing from the others.
json test_errors(const RunPlan& plan, const std::string& name, OperatorReportOptions options,
                 const std::vector<Bank>& banks) {
  options.split = Split::test;
  try {
    return errors_elsewhere(plan, plan.experiment.data->parameters, name,
                            "test set \"" + name + "\"", options, banks);
  } catch (const DataError& error) {
    if (error.code() == Exit::no_input) throw;
    if (options.notice) options.notice(error.what());
    return {{"unknowns", json::object()}, {"refused", error.what()}};
  }
}

}  // namespace

MatchedData match_elsewhere(const RunPlan& plan, const DatasetParameters& parameters,
                            const Dataset& dataset, const std::string& origin) {
  const bool named =
      plan.experiment.data->info.variables.size() > 0 && plan.configuration.problem.find("type");
  return match_data(plan.experiment,
                    make_operator_data(parameters, dataset.info(),
                                       named ? plan.experiment.problem.get() : nullptr),
                    origin);
}

DatasetParameters at_resolution(const DatasetParameters& parameters,
                                const std::map<std::string, std::int64_t>& points) {
  DatasetParameters out = parameters;
  out.subsample.clear();
  const DatasetInfo info = Dataset::open(out)->info();
  const auto data = make_operator_data(out, info, nullptr);
  for (const auto& name : data->axes) {
    const DataAxis& axis = *info.axis(name);
    auto wanted = points.find(name);
    if (wanted == points.end()) wanted = points.find("");
    if (wanted == points.end()) {
      if (const auto old = parameters.subsample.find(name); old != parameters.subsample.end())
        out.subsample[name] = old->second;
      continue;
    }
    // With both ends there is one more point than steps.
    const std::int64_t end = axis.periodic ? 0 : 1;
    const std::int64_t steps = axis.size - end, parts = wanted->second - end;
    if (parts < 1 || steps % parts != 0)
      throw ConfigError(fmt::format(
          "resolution: the file has {} points along {}, of which {} cannot be taken at equal "
          "distances",
          axis.size, name, wanted->second));
    out.subsample[name] = steps / parts;
  }
  for (const auto& [name, count] : points)
    if (!name.empty() && !info.axis(name))
      throw ConfigError(fmt::format("resolution: there is no axis \"{}\"; the axes are {}", name,
                                    join(data->axes)));
  return out;
}

json operator_report(const RunPlan& plan, const std::vector<Bank>& banks,
                     const OperatorReportOptions& options) {
  const OperatorData& data = *plan.experiment.data;
  if (data.outputs.empty()) return {{"unknowns", json::object()}, {"terms", json::object()}};
  if (!options.resolution.empty()) {
    json out = errors_elsewhere(plan, at_resolution(data.parameters, options.resolution), "",
                                "resolution", options, banks);
    out["terms"] = json::object();
    return out;
  }
  const auto dataset = plan.dataset();
  const Split split = filled_split(*dataset, options.split);
  json out = errors_on(plan, data, *dataset, split, banks);
  out["terms"] = json::object();
  if (!options.details) return out;
  if (plan.configuration.evaluate.baselines)
    out["baselines"] = baseline_errors(data, *dataset, split);
  for (const auto& test : data.parameters.test)
    if (!test.name.empty() && test.name != "test")  // that one is the test split itself
      out["tests"][test.name] = test_errors(plan, test.name, options, banks);
  return out;
}

}  // namespace banach
