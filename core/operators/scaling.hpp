// SPDX-License-Identifier: Apache-2.0
// Shifts and scales of the channels of an array, applied in double before values become float32.
#pragma once
#include <ATen/core/Tensor.h>

#include "datasets/dataset.hpp"

namespace banach {

/// (x - shift) / scale, channel by channel or point by point.
struct BANACH_API Scaling {
  at::Tensor shift, scale;  // float64, CPU, [channels] or [channels, points]; undefined: identity

  bool defined() const { return shift.defined(); }
  /// Shift or scale (float64) in the shape of one sample [1, channels, axes...] of `like`, size 1
  /// along axes that it does not depend on. ConfigError where scales of points meet other points.
  at::Tensor shaped(const at::Tensor& which, const at::Tensor& like) const;
  /// shift + scale z in float64 on the CPU, z [B, channels, axes...].
  at::Tensor undone(const at::Tensor& z) const;
  /// z in units of this scaling as numbers in units of the other, in z's type; differentiable.
  at::Tensor to(const Scaling& other, const at::Tensor& z) const;
};

/// Scales the raw numbers of one variable, [B, channels, ...] in row-major order, into the channels
/// of `out` [B, all channels, ...] (float32 or float64, CPU, contiguous) from `first` on, each by
/// its own numbers of `scaling` [all channels].
BANACH_API void scale_into(const DataArray& raw, std::int64_t channels, const Scaling& scaling,
                           at::Tensor& out, std::int64_t first = 0);
/// The same of a tensor [B, channels, ...]; a new tensor with these options.
BANACH_API at::Tensor scaled_copy(const at::Tensor& raw, const Scaling& scaling,
                                  const at::TensorOptions& options);

}  // namespace banach
