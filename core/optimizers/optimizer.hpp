// SPDX-License-Identifier: Apache-2.0
// Optimizers work on one flat vector; their whole memory is a map of named tensors.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/optimizers/objective.hpp"

namespace banach {

/// Everything that an optimizer remembers, step counters ("step", int64 []) included.
using State = std::map<std::string, at::Tensor>;

/// What an optimizer asks of its stage; a plan refuses stages that do not give it.
struct Needs {
  bool full_batch = false;           // the same loss at every step: it compares them
  bool squares = false;              // residuals: the loss is a sum of squares
  bool float64 = false;              // comes to a halt early in float32
  std::int64_t most_parameters = 0;  // more would not fit into memory; 0: any number
};

/// A named part of the flat parameters: [offset, offset + size), row major.
struct ParameterBlock {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0, size = 0;
};

class BANACH_API Optimizer {
 public:
  virtual ~Optimizer();
  virtual Needs needs() const { return {}; }
  /// Learning rate of stages that give none.
  virtual double default_rate() const { return 1e-3; }
  /// Shapes within the flat parameters, told before reset(); without them they are one vector.
  virtual void describe_parameters(const std::vector<ParameterBlock>&) {}
  /// Forgets everything and prepares for flat parameters [P]; ConfigError for complex ones.
  virtual void reset(const at::Tensor& parameters) = 0;
  /// One step with learning rate lr, in place; returns the loss of the objective's latest
  /// evaluation: before the step for methods that take it blindly, after it for those that look
  /// where they arrive. Resets itself when it was never reset.
  virtual at::Tensor step(Objective& objective, double lr) = 0;
  /// Why further steps are in vain, in words; empty while they are not. Of the latest step.
  virtual std::string finished() const { return {}; }
  /// Beside finished(): the loss is neither at a minimum nor at rounding level, and no step since
  /// reset() has decreased it.
  virtual bool stalled() const { return false; }
  /// Copies of the memory: later steps leave them alone.
  virtual State state() const = 0;
  /// Goes on bit-exactly from state(); call reset() first. DataError when names, shapes or dtypes
  /// differ, and then nothing has changed.
  virtual void restore(const State& state) = 0;
};

}  // namespace banach
