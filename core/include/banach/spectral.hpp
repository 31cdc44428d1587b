// SPDX-License-Identifier: Apache-2.0
// Fast kernels for Fourier neural operators, beside their definition in ATen code.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "banach/tensor_architecture.hpp"

namespace banach {

/// A lifting (a map, or a perceptron of `lifting` hidden neurons), `depth` layers
/// v <- s(F^-1 R F v + v W + b), the last one without s, and a perceptron of `projection` neurons;
/// with `channel_mlp` another of `width` neurons after every F^-1 R F. F is scaled as a mean.
///
/// The weights in their order: w [in, out] and b [out] of the maps of the lifting; for every layer
/// R [modes of the last axis, 2 modes - 1 of the one before, ..., width, width, 2], w and b of the
/// channel perceptron's maps, of W; w and b of the projection's maps.
struct FourierLayers {
  std::int64_t inputs, outputs, width, depth, projection, lifting = 0;
  bool channel_mlp = false;
  std::string activation = "gelu";
  std::vector<std::int64_t>
      modes;  // of every axis: 0 .. modes - 1, but for the last with both signs
};

class BANACH_API FourierKernels {
 public:
  using Weights = std::vector<at::Tensor>;
  /// The same function in differentiable ATen code.
  using Reference = std::function<at::Tensor(const at::Tensor& x, const Weights& weights)>;

  explicit FourierKernels(const FourierLayers& layers);
  ~FourierKernels();
  FourierKernels(const FourierKernels&) = delete;
  FourierKernels& operator=(const FourierKernels&) = delete;

  /// x [B, inputs, X, ...] -> [B, outputs, X, ...]; the layers between see `padded` points, zeros
  /// beyond the upper ends. The reference serves other devices and types, and the derivatives of
  /// gradients; it is called until the last graph of a result is gone.
  at::Tensor operator()(const at::Tensor& x, const std::vector<std::int64_t>& padded,
                        const Weights& weights, const Reference& reference) const;

 private:
  struct Transforms;
  FourierLayers layers_;
  int function_;
  std::unique_ptr<Transforms> transforms_;
};

/// While one of them lives, FourierKernels of this thread work by their reference.
class BANACH_API ReferenceOnly {
 public:
  ReferenceOnly();
  ~ReferenceOnly();
  ReferenceOnly(const ReferenceOnly&) = delete;
  ReferenceOnly& operator=(const ReferenceOnly&) = delete;

 private:
  bool before_;
};

}  // namespace banach
