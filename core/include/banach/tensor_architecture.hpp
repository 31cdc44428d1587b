// SPDX-License-Identifier: Apache-2.0
// An architecture in arbitrary ATen code: one opaque node of the trace. The only SDK header with
// torch.
#pragma once
#include <torch/types.h>
#include <torch/version.h>

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

}  // namespace banach
