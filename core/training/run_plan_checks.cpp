// SPDX-License-Identifier: Apache-2.0
#include "core/training/run_plan_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/expression/trace.hpp"
#include "core/operators/rollout.hpp"
#include "core/training/catalog_choice.hpp"
#include "core/training/far_coordinates.hpp"
#include "core/training/problem_notices.hpp"

namespace banach {
namespace {

void check_term_names(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  std::vector<std::string> terms = loss_terms(plan.experiment);
  // Weights of conditions that have become hard do no harm.
  for (const Term& term : plan.experiment.hard.terms()) terms.push_back(term.name);
  for (const Term& term : plan.experiment.starts) terms.push_back(term.name);
  check_names(table_at(&table, "weights"), "weights", "term", terms, false, diagnostics);
  check_names(table_at(&table, "sampling"), "sampling", "term", terms, true, diagnostics);
  for (std::size_t i = 0; i < plan.configuration.stages.size(); ++i)
    check_names(table_at(stage_table(table, i), "sampling"), fmt::format("stage.{}.sampling", i),
                "term", terms, true, diagnostics);
}

void check_axis_names(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  std::vector<std::string> axes;
  for (const auto& axis : plan.experiment.domain) axes.push_back(axis.name);
  for (const char* outer : {"validation", "evaluate"})
    check_names(table_at(table_at(&table, outer), "grid"), std::string(outer) + ".grid", "axis",
                axes, false, diagnostics);
}

// A data set with outputs and observations can do without equations.
void check_terms(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  const Experiment& e = plan.experiment;
  if (!e.terms.empty() || (e.data && !e.data->outputs.empty())) return;
  diagnostics.error(source_of(&table, "problem"),
                    fmt::format("problem \"{}\" has no terms: terms() is empty and there are no "
                                "[observations], so there is nothing to train on",
                                plan.configuration.problem.text("type")));
}

void check_stops(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  if (plan.experiment.known() || plan.experiment.data) return;
  const auto& stages = plan.configuration.stages;
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (stages[i].stop.error)
      diagnostics.error(source_of(table_at(stage_table(table, i), "stop"), "error"),
                        fmt::format("stage.{}.stop.error: the problem has no exact solution to "
                                    "compare with; use loss or plateau",
                                    i));
}

void check_rollouts(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  const auto check = [&](const Table* given, const std::string& path, std::int64_t windows,
                         const Dataset* dataset) {
    if (const auto why = rollout_misfit(plan.experiment.data.get(), dataset, windows); !why.empty())
      diagnostics.error(source_of(given, "rollout"), path + ".rollout: " + why);
  };
  const auto& stages = plan.configuration.stages;
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (stages[i].rollout > 1)
      check(stage_table(table, i), fmt::format("stage.{}", i), stages[i].rollout,
            plan.opened.get());
  if (plan.configuration.evaluate.rollout > 0)
    check(table_at(&table, "evaluate"), "evaluate", 1, nullptr);
}

bool single(const StagePlan& stage) { return stage.dtype == at::kFloat; }

// Numbers of equations that are infinite in float32.
void check_numbers(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  constexpr double most = std::numeric_limits<float>::max();
  if (std::none_of(plan.stages.begin(), plan.stages.end(), single)) return;
  for (const auto& recorded : plan.experiment.terms) {
    const Trace& trace = *recorded.residual.trace;
    const auto used = cone_of(trace, recorded.residual.root, true);
    for (std::size_t i = 0; i < used.size(); ++i)
      for (const double number : trace.nodes()[i].numbers)
        if (used[i] && std::abs(number) > most)
          return diagnostics.error(
              source_of(&table, "problem"),
              fmt::format(
                  "problem: term \"{}\" contains {:g}, which float32 cannot hold: set dtype "
                  "= \"float64\", or choose other units",
                  recorded.term.name, number));
  }
}

void check_lengths(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  if (std::none_of(plan.stages.begin(), plan.stages.end(), single)) return;
  if (const auto why = beyond_single(plan.experiment.domain); !why.empty())
    diagnostics.error(source_of(&table, "dtype"), "dtype: " + why);
}

}  // namespace

std::vector<std::string> coordinate_notices(const RunPlan& plan) {
  const bool any = std::any_of(plan.stages.begin(), plan.stages.end(), single);
  return far_coordinates(plan.experiment, any ? std::numeric_limits<float>::epsilon()
                                              : std::numeric_limits<double>::epsilon());
}

void require_training(const RunPlan& plan, const Table& table) {
  Diagnostics diagnostics;
  const auto& stages = plan.configuration.stages;
  if (std::all_of(stages.begin(), stages.end(), [](const auto& s) { return s.steps == 0; }))
    diagnostics.error(source_of(&table, "stage"),
                      "stage: no stage has steps, so nothing would be trained: set steps (with a "
                      "data set also epochs) of one");
  const auto names = loss_terms(plan.experiment);
  if (!names.empty() && std::all_of(names.begin(), names.end(),
                                    [&](const auto& name) { return plan.loss_weight(name) == 0; }))
    diagnostics.error(source_of(&table, "weights"),
                      fmt::format("weights: all terms of the loss ({}) have weight 0, so nothing "
                                  "would be trained: give one of them a positive weight",
                                  join(names)));
  diagnostics.throw_if_any();
}

void check_run_plan(const RunPlan& plan, const Table& table, Diagnostics& diagnostics) {
  check_lengths(plan, table, diagnostics);
  check_term_names(plan, table, diagnostics);
  check_axis_names(plan, table, diagnostics);
  check_numbers(plan, table, diagnostics);
  check_terms(plan, table, diagnostics);
  check_stops(plan, table, diagnostics);
  check_rollouts(plan, table, diagnostics);
}

}  // namespace banach
