// SPDX-License-Identifier: Apache-2.0
// Optimizers work on one flat vector; their whole memory is a map of named tensors.
#pragma once
#include <map>
#include <string>

#include "core/optimizers/objective.hpp"

namespace banach {

/// Everything that an optimizer remembers, step counters ("step", int64 []) included.
using State = std::map<std::string, at::Tensor>;

class BANACH_API Optimizer {
 public:
  virtual ~Optimizer();
  /// Forgets everything and prepares for flat parameters [P]; ConfigError for complex ones.
  virtual void reset(const at::Tensor& parameters) = 0;
  /// One step with learning rate lr, in place; returns the loss before it. Resets itself when it
  /// was never reset.
  virtual at::Tensor step(Objective& objective, double lr) = 0;
  /// Copies of the memory: later steps leave them alone.
  virtual State state() const = 0;
  /// Goes on bit-exactly from state(); call reset() first. DataError when names, shapes or dtypes
  /// differ, and then nothing has changed.
  virtual void restore(const State& state) = 0;
};

}  // namespace banach
