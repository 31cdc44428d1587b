// SPDX-License-Identifier: Apache-2.0
// Optimizers whose memory is a fixed list of named tensors.
#pragma once
#include <utility>
#include <vector>

#include "core/optimizers/optimizer.hpp"

namespace banach {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;
BANACH_API State copies_of(const NamedTensors& tensors);
/// Copies a state into the tensors. DataError when names, shapes or dtypes differ, and then nothing
/// has changed.
BANACH_API void copy_into(const NamedTensors& tensors, const State& state);
/// ConfigError for complex parameters.
void check_real(const at::Tensor& parameters);

/// Counts "step" and "evaluations" (of the loss, its gradient, residuals or Jacobian), int64 [].
class BANACH_API MemoryOptimizer : public Optimizer {
 public:
  void reset(const at::Tensor& parameters) final;
  at::Tensor step(Objective& objective, double lr) final;
  State state() const final { return copies_of(tensors_); }
  void restore(const State& state) final;
  std::string finished() const final { return finished_; }
  bool stalled() const final { return !finished_.empty() && !converged_ && !has_gained(); }

 protected:
  /// Calls keep() for everything that is remembered.
  virtual void prepare(const at::Tensor& parameters) = 0;
  /// Adds to a saved state what earlier versions did not keep.
  virtual void complete(State&) const {}
  /// One step; may set finish(). Returns what step() does.
  virtual at::Tensor advance(Objective& objective, double lr) = 0;
  /// A tensor of the state; what comes back shares its memory, also after restore().
  at::Tensor keep(std::string name, at::Tensor tensor);
  at::Tensor keep_number(std::string name, double value);
  at::Tensor keep_count(std::string name);
  /// `converged`: there is nothing left to gain.
  void finish(std::string why, bool converged) {
    finished_ = std::move(why), converged_ = converged;
  }
  /// Whether a step before the latest one has decreased the loss.
  virtual bool has_gained() const { return steps() > 1; }
  void count_evaluation() { ++*evaluations_.data_ptr<std::int64_t>(); }
  std::int64_t steps() const { return *step_.data_ptr<std::int64_t>(); }

 private:
  NamedTensors tensors_;
  at::Tensor step_, evaluations_;
  std::string finished_;
  bool converged_ = false;
};

/// The number in a tensor of keep_number() and keep_count().
inline double& number(const at::Tensor& t) { return *t.data_ptr<double>(); }
inline std::int64_t& count(const at::Tensor& t) { return *t.data_ptr<std::int64_t>(); }

}  // namespace banach
