// SPDX-License-Identifier: Apache-2.0
// Losses of outputs against targets, one number per sample.
#pragma once
#include "core/operators/operator_data.hpp"

namespace banach {

/// What losses must know of the points of the outputs.
struct LossGrid {
  std::vector<double> steps;  // along every axis of the grid; empty for listed points
  std::vector<bool> periodic;
  at::Tensor weights;  // of the points as in OperatorData; undefined: all alike
  std::vector<at::Tensor> differences = {};  // as in OperatorData: along axes whose steps differ
};
LossGrid loss_grid(const OperatorData& data);

/// [B] from outputs and targets [B, C, extents...], norms and means with the weights of the points:
/// relative_l2: ||u - v|| / ||v|| over channels and points (Li et al. 2021), where v vanishes
/// ||u - v|| by the mean of the others' norms; mse, mae: means;
/// h1: the same ratio with first derivatives beside the values (spectral on periodic axes, else
/// differences, which follow the steps of the axis), which only a grid has: ConfigError otherwise.
BANACH_API at::Tensor sample_losses(const std::string& type, const at::Tensor& outputs,
                                    const at::Tensor& target, const LossGrid& grid);

}  // namespace banach
