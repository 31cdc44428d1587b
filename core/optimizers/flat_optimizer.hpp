// SPDX-License-Identifier: Apache-2.0
// First-order methods: a step counter and a few vectors as long as the parameters.
#pragma once
#include <vector>

#include "core/optimizers/memory_optimizer.hpp"

namespace banach {

class BANACH_API FlatOptimizer : public Optimizer {
 public:
  explicit FlatOptimizer(std::vector<std::string> moments) : names_(std::move(moments)) {}
  void reset(const at::Tensor& parameters) final;
  at::Tensor step(Objective& objective, double lr) final;
  State state() const final;
  void restore(const State& state) final;

 protected:
  /// Updates `parameters` with their gradient; `moments` in the order of the constructor, all zero
  /// at step 1.
  virtual void update(at::Tensor& parameters, const at::Tensor& gradient,
                      std::vector<at::Tensor>& moments, std::int64_t step, double lr) = 0;

 private:
  NamedTensors tensors() const;

  std::vector<std::string> names_;
  std::vector<at::Tensor> moments_;
  at::Tensor step_;
};

namespace detail {
/// Whether raw loops serve: contiguous float or double on the CPU, all alike.
bool raw_loops(const at::Tensor& parameters, const at::Tensor& gradient,
               const std::vector<at::Tensor>& moments);
}  // namespace detail

}  // namespace banach

// Elementwise kernels: vectorised at -O2 too; without fused multiply-add, which would make the
// vector body and the scalar tail round differently.
#if defined(__GNUC__) && !defined(__clang__)
#define BANACH_KERNEL __attribute__((noinline, optimize("O3", "fp-contract=off")))
#else
#define BANACH_KERNEL
#endif
