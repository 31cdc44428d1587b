// SPDX-License-Identifier: Apache-2.0
// An architecture in arbitrary ATen code: one opaque node of the trace. The only SDK header with
// torch.
#pragma once
#include <torch/types.h>
#include <torch/version.h>

#include <functional>

#include "banach/architecture.hpp"

#undef BANACH_STAMP_TORCH
#define BANACH_STAMP_TORCH TORCH_VERSION

namespace banach {

/// Derivatives by the coordinates are found by nested autograd and composed with the rest exactly.
class BANACH_API TensorArchitecture : public Architecture {
 public:
  ~TensorArchitecture() override;
  Expression forward(const Inputs& inputs) const final;
  /// points [N, axes] -> [N, outputs]; `weights` are the slots in the order of their creation,
  /// views of the flat vector: differentiable, never to be changed in place.
  virtual at::Tensor evaluate(const at::Tensor& points,
                              const std::vector<at::Tensor>& weights) const = 0;

 protected:
  TensorArchitecture(int outputs, std::vector<int> slots)
      : outputs_(outputs), slots_(std::move(slots)) {}
  int outputs_;
  std::vector<int> slots_;
};

/// What a grid operator sees: channels on a tensor grid of any resolution.
struct GridInputs {
  at::Tensor values;                    // [B, signature.channels, X, ...]
  std::vector<at::Tensor> coordinates;  // per axis [X], scaled: 0 at the lower end, 1 at the upper
};

/// A map between functions on a grid (FNO), signature.channels > 0. It says nothing about single
/// points: derivatives of its outputs are taken on the grid.
class BANACH_API GridArchitecture : public Architecture {
 public:
  ~GridArchitecture() override;
  /// ConfigError: a grid operator cannot be called at points.
  Expression forward(const Inputs& inputs) const final;
  /// -> [B, outputs, X, ...]; `weights` as for a TensorArchitecture, the same at every resolution.
  virtual at::Tensor evaluate(const GridInputs& inputs,
                              const std::vector<at::Tensor>& weights) const = 0;
  /// The slots that `evaluate` gets, in their order.
  const std::vector<int>& slots() const { return slots_; }

 protected:
  explicit GridArchitecture(std::vector<int> slots = {}) : slots_(std::move(slots)) {}
  std::vector<int> slots_;
};

/// The activation of that name; ConfigError when there is none.
BANACH_API at::Tensor activate(const std::string& name, const at::Tensor& x);
/// Points [N, axes] mapped from the ranges of the coordinates to [-1, 1].
BANACH_API at::Tensor scaled(const at::Tensor& points, const Domain& coordinates);

/// dx/ds at s and x [N, width], of the shape of x. Gradients flow to x and the weights alone.
using Velocity = std::function<at::Tensor(double s, const at::Tensor& x,
                                          const std::vector<at::Tensor>& weights)>;
struct Integration {
  bool adaptive = true;         // Dormand-Prince 5(4), else the classical method of order 4
  std::int64_t steps = 10'000;  // how many; at most as many when adaptive
  double rtol = 1e-6, atol = 1e-6;
};
/// x(1) of dx/ds = v(s, x, weights), x(0) = x0. The memory for a first gradient does not depend on
/// the number of steps: it solves the adjoint equation with the same tolerances, the state
/// recomputed on the way back (Chen et al. 2018). Higher derivatives go through the recorded steps.
/// ConfigError when `steps` are not enough; NaN where the solution blows up.
BANACH_API at::Tensor integrate(const Velocity& v, const at::Tensor& x0,
                                const std::vector<at::Tensor>& weights, const Integration& how);

}  // namespace banach
