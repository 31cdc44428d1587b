// SPDX-License-Identifier: Apache-2.0
// How the learning rate moves over the steps of a stage.
#pragma once
#include <cstdint>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Multiplies a stage's learning rate; a pure function of the step unless state() says otherwise.
class BANACH_API Schedule {
 public:
  virtual ~Schedule();
  /// The factor of step `step` (0 .. steps - 1) of a stage of `steps` steps.
  virtual double factor(std::int64_t step, std::int64_t steps) const = 0;
  /// Tells a metric (smaller is better) seen after step `step`; steps must not decrease.
  virtual void observe(std::int64_t step, double metric);
  /// What restore() needs to go on bit-exactly; empty for pure functions of the step.
  virtual std::vector<double> state() const;
  /// Takes what state() gave; DataError when the count differs.
  virtual void restore(const std::vector<double>& state);
};

}  // namespace banach
