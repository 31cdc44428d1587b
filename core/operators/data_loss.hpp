// SPDX-License-Identifier: Apache-2.0
// Losses of scaled outputs against scaled targets, one number per sample.
#pragma once
#include "core/operators/operator_data.hpp"

namespace banach {

/// What losses must know of the points of the outputs.
struct LossGrid {
  std::vector<double> steps;  // along every axis, whose length is 1; empty for listed points
  std::vector<bool> periodic;
  at::Tensor weights;  // of the points as in OperatorData; undefined: all alike
  std::vector<at::Tensor> differences = {};  // as in OperatorData: along axes whose steps differ
};
LossGrid loss_grid(const OperatorData& data);

/// [B] from outputs and targets [B, C, extents...] in the units of losses (Normaliser::loss), the
/// mean over the C outputs of what each has lost by itself; norms and means over its points, with
/// their weights:
/// relative_l2: ||u - v|| / ||v||; ||u - v|| by the mean of the others' norms where v vanishes, and
/// |u - v| where a sample is a single number;
/// mse, mae: means;
/// h1: relative_l2 with first derivatives by the coordinates in lengths of their axes beside the
/// values (spectral on periodic axes, else differences, which follow the steps of the axis), which
/// only a grid has: ConfigError otherwise.
BANACH_API at::Tensor sample_losses(const std::string& type, const at::Tensor& outputs,
                                    const at::Tensor& target, const LossGrid& grid);

}  // namespace banach
