// SPDX-License-Identifier: Apache-2.0
// Derivatives of values on a grid along one of its axes.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Derivative of this order along dimension `dim` with equal steps: spectral where the axis is
/// periodic, else differences of second order, one-sided at the ends.
BANACH_API at::Tensor grid_derivative(const at::Tensor& values, std::int64_t dim, int order,
                                      double step, bool periodic);

/// Weights [3, points] of first derivatives from three neighbours at distances that differ: of the
/// parabola through a point and those beside it, at the ends through the last three. `period` > 0:
/// the axis closes on itself. float64, CPU.
BANACH_API at::Tensor difference_weights(const std::vector<double>& nodes, double period);

/// The first derivative along dimension `dim` with weights of difference_weights().
BANACH_API at::Tensor uneven_derivative(const at::Tensor& values, std::int64_t dim,
                                        const at::Tensor& weights, bool periodic);

}  // namespace banach
