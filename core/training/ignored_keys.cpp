// SPDX-License-Identifier: Apache-2.0
#include "core/training/ignored_keys.hpp"

#include <fmt/format.h>

#include "core/training/catalog_choice.hpp"

namespace banach {
namespace {

class IgnoredKeys {
 public:
  IgnoredKeys(const RunPlan& plan, const Table& table)
      : plan_(plan),
        table_(table),
        now_(Schema<RunConfiguration>().write(plan.configuration)),
        plain_(Schema<RunConfiguration>().write(RunConfiguration())) {}

  void refuse() {
    plan_.experiment.data ? of_operators() : of_functions();
    if (plan_.configuration.derivatives != "finite_difference")
      refuse("difference_step", "",
             "derivatives are not finite differences here: add derivatives "
             "= \"finite_difference\", or leave it out");
    for (const auto& [name, observation] : plan_.configuration.observations)
      if (observation.synthetic && !observation.columns.empty())
        diagnostics_.error(source("observations", name),
                           fmt::format("observations.{}.columns: synthetic observations come from "
                                       "no file: leave it out",
                                       name));
    diagnostics_.throw_if_any();
  }

 private:
  void of_functions() {
    const std::string none = "there is no [dataset]: ";
    refuse("loss", "type", none + "terms are mean squares, weigh them with [weights]");
    refuse("evaluate", "baselines", none + "leave it out");
    for (std::size_t i = 0; i < plan_.configuration.stages.size(); ++i)
      if (plan_.configuration.stages[i].batch > 0)
        diagnostics_.error(
            source_of(stage_table(table_, i), "batch"),
            fmt::format("stage.{}.batch: {}points per step are sampling.points, observations per "
                        "step observations.NAME.batch",
                        i, none));
  }

  void of_operators() {
    const std::string own = "a [dataset] is measured on its own points: ";
    refuse("validation", "points", own + "leave it out");
    refuse("validation", "grid", own + "leave it out");
    refuse("evaluate", "grid", own + "leave it out; see banach evaluate --resolution");
    const bool grid = plan_.experiment.network->grid();
    if (!plan_.experiment.terms.empty() && !grid) return;
    const std::string why =
        grid && !plan_.experiment.terms.empty()
            ? "the residuals of a grid operator are taken on the grid of the [dataset]: leave it "
              "out"
            : "there is no term whose points could be drawn: leave it out, or add a [problem]";
    refuse("sampling", "", why);
    for (std::size_t i = 0; i < plan_.configuration.stages.size(); ++i)
      if (plan_.configuration.stages[i].sampling)
        diagnostics_.error(source_of(stage_table(table_, i), "sampling"),
                           fmt::format("stage.{}.sampling: {}", i, why));
  }

  Source source(std::string_view outer, std::string_view inner) const {
    const Table* given = inner.empty() ? &table_ : table_at(&table_, outer);
    return given ? source_of(given, inner.empty() ? outer : inner) : table_.source;
  }

  // `inner` empty: the key or table `outer` itself.
  static std::string text(const Table& table, std::string_view outer, std::string_view inner) {
    const Table* sub = inner.empty() ? &table : table_at(&table, outer);
    const Value* value = sub ? sub->find(inner.empty() ? outer : inner) : nullptr;
    return value ? to_text(*value) : "";
  }

  void refuse(const std::string& outer, const std::string& inner, const std::string& why) {
    if (text(now_, outer, inner) == text(plain_, outer, inner)) return;
    diagnostics_.error(source(outer, inner),
                       fmt::format("{}{}{}: {}", outer, inner.empty() ? "" : ".", inner, why));
  }

  const RunPlan& plan_;
  const Table& table_;
  const Table now_, plain_;
  Diagnostics diagnostics_;
};

}  // namespace

void refuse_ignored_keys(const RunPlan& plan, const Table& table) {
  IgnoredKeys(plan, table).refuse();
}

}  // namespace banach
