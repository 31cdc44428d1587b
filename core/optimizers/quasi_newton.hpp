// SPDX-License-Identifier: Apache-2.0
// Methods that learn the curvature from differences of gradients: a line search around any of them.
#pragma once
#include "banach/parameters.hpp"
#include "core/optimizers/line_search.hpp"
#include "core/optimizers/memory_optimizer.hpp"

namespace banach {

struct QuasiNewtonParameters {
  double decrease = 1e-4, curvature = 0.9, gradient_tolerance = 0;
  std::int64_t line_evaluations = 25;
};

/// Works in float64 whatever the parameters are. State: "loss" and "gradient" [P] of the present
/// parameters, "pairs" learned since the memory was last forgotten, and that of the method.
class BANACH_API QuasiNewton : public MemoryOptimizer {
 public:
  double default_rate() const override { return 1; }

 protected:
  explicit QuasiNewton(const QuasiNewtonParameters& parameters) : options_(parameters) {}
  /// What a method learns from: step, change of the gradient, and the gradients at both ends.
  struct Pair {
    const at::Tensor &s, &y, &before, &after;
    double length;  // s = length * direction
    double ys, yy;
  };
  virtual void prepare_memory(const at::TensorOptions& options, std::int64_t n) = 0;
  /// The first pair since the memory was forgotten has `pairs` = 0.
  virtual void learn(const Pair& pair, std::int64_t pairs) = 0;
  /// A step that taught nothing has ended at this gradient, after so many pairs.
  virtual void skip(const at::Tensor& gradient, std::int64_t pairs);
  /// d = -H gradient after so many pairs, at least one.
  virtual void direction(const at::Tensor& gradient, std::int64_t pairs, at::Tensor& d) = 0;
  /// Where the vectors lie; the CPU, unless a method knows better.
  virtual at::Device place(const at::Tensor& parameters) const;

 private:
  void prepare(const at::Tensor& parameters) final;
  at::Tensor advance(Objective& objective, double lr) final;
  void look_first(Objective& objective);
  bool descend(double& slope);
  LinePoint look(Objective& objective, double length);
  bool search(Objective& objective, double lr);
  void arrive(Objective& objective, const LinePoint& point);
  at::Tensor give_up(Objective& objective, const std::string& why, bool converged);

  QuasiNewtonParameters options_;
  at::Tensor loss_, gradient_, pairs_;  // the state
  at::Tensor start_, point_, direction_, trial_gradient_, s_, y_;
  at::Tensor seen_;  // the objective's loss of the latest evaluation
  double seen_length_ = 0, seen_loss_ = 0, shortest_ = 0;
};

}  // namespace banach
