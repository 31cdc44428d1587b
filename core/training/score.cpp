// SPDX-License-Identifier: Apache-2.0
#include "core/training/score.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/operators/operator_validation.hpp"
#include "core/training/windows.hpp"

namespace banach {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double mean_error(const std::vector<UnknownError>& errors) {
  double sum = 0;
  for (const auto& e : errors) sum += e.relative_l2;
  return errors.empty() ? unknown : sum / static_cast<double>(errors.size());
}

}  // namespace

Measurement measure_untrained(const RunPlan& plan, const RunState& fresh) {
  const auto options = at::TensorOptions(plan.stages.front().dtype).device(plan.device);
  const Bank bank{fresh.parameters.to(options), fresh.buffers.to(options)};
  const std::vector<Bank> banks(static_cast<std::size_t>(window_count(plan.experiment)), bank);
  if (plan.experiment.data)
    return OperatorValidation(plan, Split::validation, options).measure(banks);
  GridCounts one_point;
  for (const auto& axis : plan.experiment.domain) one_point[axis.name] = 1;
  return Validation(plan.experiment, plan.derivatives, make_grid(plan.experiment.domain, one_point),
                    plan.configuration.validation.points, plan.weights, plan.seed, options)
      .measure(banks);
}

ResidualSizes residual_sizes(const Measurement& measured) {
  ResidualSizes out;
  for (const auto* list : {&measured.terms, &measured.held_out})
    for (const auto& term : *list) out[term.name] = term.rms;
  return out;
}

bool scored_by_loss(const Experiment& experiment) {
  return std::any_of(experiment.terms.begin(), experiment.terms.end(),
                     [](const auto& t) { return t.term.kind == Term::Kind::energy; });
}

double score(const Experiment& experiment, const Measurement& measured,
             const ResidualSizes& sizes) {
  if (experiment.data) return mean_error(measured.unknowns);
  if (scored_by_loss(experiment)) return measured.loss;
  const ResidualSizes norms = residual_sizes(measured);
  double sum = 0;
  for (const auto& [name, size] : sizes) {
    const auto norm = norms.find(name);
    if (norm == norms.end()) continue;
    sum += norm->second / (size > 0 && std::isfinite(size) ? size : 1);
  }
  return sizes.empty() ? unknown : sum / static_cast<double>(sizes.size());
}

nlohmann::json sizes_json(const ResidualSizes& sizes) {
  auto out = nlohmann::json::object();
  for (const auto& [name, size] : sizes)
    out[name] = std::isfinite(size) ? nlohmann::json(size) : nlohmann::json();
  return out;
}

ResidualSizes read_sizes(const nlohmann::json& json, const std::string& origin) {
  if (!json.is_object())
    throw DataError(fmt::format("{}: must be a JSON object, {{\"term\": size, ...}}", origin));
  ResidualSizes out;
  for (const auto& [name, size] : json.items()) {
    if (!size.is_number() && !size.is_null())
      throw DataError(fmt::format("{}: the size of \"{}\" is not a number", origin, name));
    out[name] = size.is_null() ? unknown : size.get<double>();
  }
  return out;
}

}  // namespace banach
