// SPDX-License-Identifier: Apache-2.0
#include "core/training/evaluation.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/training/solution_notices.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_points = 100'000'000;

nlohmann::json coefficients_json(const LoadedRun& run) {
  auto out = nlohmann::json::object();
  for (const auto& [coefficient, value] : found_coefficients(run)) {
    auto& entry = out[coefficient.name()];
    entry["value"] = std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
    if (std::isfinite(coefficient.truth())) entry["truth"] = coefficient.truth();
  }
  return out;
}

// What the run says of itself beside its errors.
nlohmann::json with_record(const LoadedRun& run, nlohmann::json out) {
  const RunPlan& plan = run.plan;
  add_solution_notices(out, plan, run.banks);
  out["name"] = plan.configuration.name;
  out["run"] = run.path.string();
  out["coefficients"] = coefficients_json(run);
  if (auto baselines = baselines_json(plan.experiment); !baselines.empty())
    out["baselines"] = std::move(baselines);
  out["steps"] = run.state.step;
  out["train_seconds"] = run.record.train_seconds;
  out["stop_reason"] = run.record.stop_reason;
  out["best_step"] = run.state.best ? nlohmann::json(run.state.best_step) : nlohmann::json();
  out["checkpoint"] = run.checkpoint.filename().string();
  return out;
}

}  // namespace

nlohmann::json evaluate_run(const LoadedRun& run, const Grid& grid) {
  if (grid.size() > most_points)
    throw ConfigError(
        fmt::format("errors on a grid of {} points do not fit in memory; the limit is 10^8 points",
                    grid.size()));
  const RunPlan& plan = run.plan;
  Validation validation(plan.experiment, plan.derivatives, grid,
                        plan.configuration.validation.points, plan.weights, plan.seed,
                        run.options());
  auto out = to_json(validation.measure(run.banks));
  for (std::size_t i = 0; i < grid.axes.size(); ++i)
    out["grid"][grid.axes[i].name] = grid.counts[i];
  return with_record(run, std::move(out));
}

nlohmann::json evaluate_operator(const LoadedRun& run, const OperatorReportOptions& options) {
  return with_record(run, operator_report(run.plan, run.banks, options));
}

Grid evaluation_grid(const LoadedRun& run, const GridCounts& counts) {
  GridCounts merged = run.plan.configuration.evaluate.grid;
  for (const auto& [name, count] : counts) merged[name] = count;
  return make_grid(run.plan.experiment.domain, merged);
}

}  // namespace banach
