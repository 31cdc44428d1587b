// SPDX-License-Identifier: Apache-2.0
// Points of a domain on their way into tensors and back into messages.
#pragma once
#include <ATen/core/Tensor.h>

#include "core/expression/origins.hpp"

namespace banach {

/// Points [rows, axes], row major, as the executors hold them: relative to the origins, subtracted
/// in double before they are rounded.
BANACH_API at::Tensor point_tensor(const double* points, std::int64_t rows, const Origins& origins,
                                   at::TensorOptions options);
BANACH_API at::Tensor point_tensor(const std::vector<double>& points, const Origins& origins,
                                   at::TensorOptions options);
/// The same of a tensor [..., axes]; itself where nothing changes.
BANACH_API at::Tensor point_tensor(const at::Tensor& points, const Origins& origins,
                                   at::TensorOptions options);

/// "x = 0.5, t = 2" of a point [axes] that is relative to the origins.
BANACH_API std::string place_text(const std::vector<std::string>& axes, const Origins& origins,
                                  const at::Tensor& point);

}  // namespace banach
