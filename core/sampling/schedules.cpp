// SPDX-License-Identifier: Apache-2.0
#include "core/sampling/schedules.hpp"

#include <algorithm>
#include <cmath>

namespace banach {
namespace {

double warm(std::int64_t step, std::int64_t warmup) {
  return step < warmup ? static_cast<double>(step + 1) / static_cast<double>(warmup) : 1.0;
}

// From a at part 0 to b at part 1.
double cosine(double a, double b, double part) {
  constexpr double pi = 3.141592653589793;
  return b + (a - b) * 0.5 * (1 + std::cos(pi * std::clamp(part, 0.0, 1.0)));
}

double ratio(double a, double b) { return a <= 0 ? 0.0 : b > 0 ? a / b : 1.0; }

}  // namespace

Schedule::~Schedule() = default;
void Schedule::observe(std::int64_t, double) {}
std::vector<double> Schedule::state() const { return {}; }
void Schedule::restore(const std::vector<double>& state) {
  if (!state.empty())
    throw DataError("the saved schedule has " + std::to_string(state.size()) +
                    " numbers, this one keeps none: resume with the schedule of the run");
}

double ConstantSchedule::factor(std::int64_t step, std::int64_t) const {
  return warm(step, p_.warmup);
}

double StepDecaySchedule::factor(std::int64_t step, std::int64_t) const {
  const std::int64_t decays = step / p_.every;
  return warm(step, p_.warmup) * std::pow(p_.gamma, static_cast<double>(decays));
}

double MultiStepSchedule::factor(std::int64_t step, std::int64_t) const {
  const auto passed =
      std::count_if(p_.at.begin(), p_.at.end(), [step](std::int64_t at) { return at <= step; });
  return warm(step, p_.warmup) * std::pow(p_.gamma, static_cast<double>(passed));
}

double ExponentialSchedule::factor(std::int64_t step, std::int64_t steps) const {
  const auto t = static_cast<double>(step);
  const double decay = p_.gamma ? std::pow(*p_.gamma, t)
                                : std::pow(p_.final, ratio(t, static_cast<double>(steps - 1)));
  return warm(step, p_.warmup) * decay;
}

double CosineSchedule::factor(std::int64_t step, std::int64_t steps) const {
  if (step < p_.warmup) return warm(step, p_.warmup);
  return cosine(
      1, p_.final,
      ratio(static_cast<double>(step - p_.warmup), static_cast<double>(steps - p_.warmup)));
}

double OneCycleSchedule::factor(std::int64_t step, std::int64_t steps) const {
  const auto t = static_cast<double>(step), end = static_cast<double>(steps - 1);
  const double top = p_.rise * static_cast<double>(steps) - 1;
  return t <= top ? cosine(p_.start, 1, ratio(t, top))
                  : cosine(1, p_.final, ratio(t - std::max(top, 0.0), end - std::max(top, 0.0)));
}

double PlateauSchedule::factor(std::int64_t step, std::int64_t) const {
  return warm(step, p_.warmup) * scale_;
}

void PlateauSchedule::observe(std::int64_t step, double metric) {
  const auto t = static_cast<double>(step);
  const double margin = std::isfinite(best_) ? p_.threshold * std::abs(best_) : 0;
  if (metric < best_ - margin) {
    best_ = metric;
    since_ = t;
  } else if (t - since_ >= static_cast<double>(p_.patience)) {
    scale_ = std::min(scale_, std::max(p_.min, scale_ * p_.factor));
    since_ = t;
  }
}

std::vector<double> PlateauSchedule::state() const { return {best_, since_, scale_}; }

void PlateauSchedule::restore(const std::vector<double>& state) {
  if (state.size() != 3)
    throw DataError("the saved schedule has " + std::to_string(state.size()) +
                    " numbers, plateau keeps 3: resume with the schedule of the run");
  best_ = state[0], since_ = state[1], scale_ = state[2];
}

}  // namespace banach
