// SPDX-License-Identifier: Apache-2.0
// The schedules that the engine brings. `warmup` steps rise linearly to the full rate: (step + 1) /
// warmup.
#pragma once
#include <limits>
#include <optional>

#include "banach/registry.hpp"
#include "banach/schedule.hpp"

namespace banach {

/// 1.
class ConstantSchedule : public Schedule {
 public:
  struct Parameters {
    std::int64_t warmup = 0;
  };
  explicit ConstantSchedule(const Parameters& p) : p_(p) {}
  double factor(std::int64_t step, std::int64_t steps) const override;

 private:
  Parameters p_;
};

/// gamma ^ floor(step / every).
class StepDecaySchedule : public Schedule {
 public:
  struct Parameters {
    std::int64_t every = 0;
    double gamma = 0.1;
    std::int64_t warmup = 0;
  };
  explicit StepDecaySchedule(const Parameters& p) : p_(p) {}
  double factor(std::int64_t step, std::int64_t steps) const override;

 private:
  Parameters p_;
};

/// gamma ^ (how many of `at` are <= step).
class MultiStepSchedule : public Schedule {
 public:
  struct Parameters {
    std::vector<std::int64_t> at;
    double gamma = 0.1;
    std::int64_t warmup = 0;
  };
  explicit MultiStepSchedule(const Parameters& p) : p_(p) {}
  double factor(std::int64_t step, std::int64_t steps) const override;

 private:
  Parameters p_;
};

/// gamma ^ step, or final ^ (step / (steps - 1)).
class ExponentialSchedule : public Schedule {
 public:
  struct Parameters {
    double final = 0.01;
    std::optional<double> gamma;
    std::int64_t warmup = 0;
  };
  explicit ExponentialSchedule(const Parameters& p) : p_(p) {}
  double factor(std::int64_t step, std::int64_t steps) const override;

 private:
  Parameters p_;
};

/// Half a cosine from 1 after the warm-up to `final` at the end.
class CosineSchedule : public Schedule {
 public:
  struct Parameters {
    std::int64_t warmup = 0;
    double final = 0;
  };
  explicit CosineSchedule(const Parameters& p) : p_(p) {}
  double factor(std::int64_t step, std::int64_t steps) const override;

 private:
  Parameters p_;
};

/// Half a cosine from `start` up to 1 during the fraction `rise`, then half a cosine down to
/// `final`.
class OneCycleSchedule : public Schedule {
 public:
  struct Parameters {
    double rise = 0.3, start = 0.04, final = 4e-6;
  };
  explicit OneCycleSchedule(const Parameters& p) : p_(p) {}
  double factor(std::int64_t step, std::int64_t steps) const override;

 private:
  Parameters p_;
};

/// Multiplies by `factor` whenever the metric has not improved for `patience` steps.
class PlateauSchedule : public Schedule {
 public:
  struct Parameters {
    std::int64_t patience = 1000;
    double factor = 0.5, min = 1e-3, threshold = 1e-4;
    std::int64_t warmup = 0;
  };
  explicit PlateauSchedule(const Parameters& p) : p_(p) {}
  double factor(std::int64_t step, std::int64_t steps) const override;
  void observe(std::int64_t step, double metric) override;
  std::vector<double> state() const override;
  void restore(const std::vector<double>& state) override;

 private:
  Parameters p_;
  double best_ = std::numeric_limits<double>::infinity(), since_ = 0, scale_ = 1;
};

void describe(Schema<ConstantSchedule::Parameters>& s);
void describe(Schema<StepDecaySchedule::Parameters>& s);
void describe(Schema<MultiStepSchedule::Parameters>& s);
void describe(Schema<ExponentialSchedule::Parameters>& s);
void describe(Schema<CosineSchedule::Parameters>& s);
void describe(Schema<OneCycleSchedule::Parameters>& s);
void describe(Schema<PlateauSchedule::Parameters>& s);

}  // namespace banach
