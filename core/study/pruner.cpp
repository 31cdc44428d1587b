// SPDX-License-Identifier: Apache-2.0
#include "core/study/pruner.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace banach {

void describe(Schema<PrunerParameters>& s) {
  using P = PrunerParameters;
  s.field("type", &P::type, "which trials end early").one_of({"none", "median", "asha"});
  s.field("startup", &P::startup, "median: complete trials before the first is pruned").at_least(1);
  s.field("warmup", &P::warmup, "median: steps of each trial without pruning").at_least(0);
  s.field("reduction", &P::reduction, "asha: one of so many goes on from each rung").at_least(2);
  s.field("min_resource", &P::min_resource, "asha: step of the first rung; 0: the first report")
      .at_least(0);
}

namespace {

constexpr double worst = std::numeric_limits<double>::infinity();

double rank_of(double value) { return std::isnan(value) ? worst : value; }

std::optional<double> value_at(const TrialReports& trial, std::int64_t step) {
  for (const auto& [at, value] : trial.values)
    if (at == step) return rank_of(value);
  return std::nullopt;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : values[n / 2 - 1] / 2 + values[n / 2] / 2;
}

bool prune_by_median(const PrunerParameters& p, const TrialReports& trial,
                     const std::vector<TrialReports>& others) {
  const std::int64_t step = trial.values.back().first;
  if (step <= p.warmup) return false;
  std::int64_t complete = 0;
  std::vector<double> there;
  for (const auto& other : others) {
    if (!other.complete) continue;
    ++complete;
    if (const auto value = value_at(other, step)) there.push_back(*value);
  }
  if (complete < p.startup) return false;
  double best = worst;
  for (const auto& [at, value] : trial.values) best = std::min(best, rank_of(value));
  if (!std::isfinite(best)) return true;
  return !there.empty() && best > median(there);
}

std::int64_t first_step(const TrialReports& trial, const std::vector<TrialReports>& others) {
  std::int64_t first = trial.values.front().first;
  for (const auto& other : others)
    if (!other.values.empty()) first = std::min(first, other.values.front().first);
  return std::max<std::int64_t>(first, 1);
}

// A trial reaches a rung at its first report at or beyond the rung's step.
std::optional<double> value_on_rung(const TrialReports& trial, std::int64_t rung) {
  for (const auto& [at, value] : trial.values)
    if (at >= rung) return rank_of(value);
  return std::nullopt;
}

bool prune_by_rungs(const PrunerParameters& p, const TrialReports& trial,
                    const std::vector<TrialReports>& others) {
  const std::int64_t step = trial.values.back().first;
  const std::int64_t before =
      trial.values.size() > 1 ? trial.values[trial.values.size() - 2].first : -1;
  std::int64_t rung = p.min_resource > 0 ? p.min_resource : first_step(trial, others);
  std::int64_t reached = 0;  // the highest rung that this report is the first to reach
  for (; rung <= step; rung *= p.reduction) {
    if (rung > before) reached = rung;
    if (rung > std::numeric_limits<std::int64_t>::max() / p.reduction) break;
  }
  if (reached == 0) return false;
  const double own = rank_of(trial.values.back().second);
  if (!std::isfinite(own)) return true;
  std::vector<double> there{own};
  for (const auto& other : others)
    if (const auto value = value_on_rung(other, reached)) there.push_back(*value);
  std::sort(there.begin(), there.end());
  const std::size_t go_on =
      std::max<std::size_t>(1, there.size() / static_cast<std::size_t>(p.reduction));
  return own > there[go_on - 1];
}

}  // namespace

bool should_prune(const PrunerParameters& p, const TrialReports& trial,
                  const std::vector<TrialReports>& others) {
  if (p.type == "none" || trial.values.empty()) return false;
  return p.type == "median" ? prune_by_median(p, trial, others) : prune_by_rungs(p, trial, others);
}

}  // namespace banach
