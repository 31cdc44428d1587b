// SPDX-License-Identifier: Apache-2.0
// Errors of predicted fields as PDEBench defines them (Takamoto et al., NeurIPS 2022, appendix on
// metrics), gathered over batches in float64 on the device of the data.
#pragma once
#include <ATen/core/Tensor.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

class BANACH_API OperatorMetrics {
 public:
  /// `grid`: the points lie on a tensor grid of 1 to 3 axes besides `time`, the number of the axis
  /// of time among [0, axes). `weights`: of the points, as in OperatorData; they count in all means
  /// over points but brmse and frmse.
  OperatorMetrics(std::vector<std::string> channels, bool grid,
                  std::optional<std::int64_t> time = std::nullopt, at::Tensor weights = {});

  /// Predictions u and targets v [B, channels, points...], in physical units.
  void add(const at::Tensor& outputs, const at::Tensor& target);

  /// Per channel, means over samples (s) and times (t), sums and means over the N points x:
  ///   relative_l2   mean_s sqrt(sum_xt (u - v)^2 / sum_xt v^2)
  ///   rmse          mean_st sqrt(mean_x (u - v)^2)
  ///   nrmse         mean_st sqrt(mean_x (u - v)^2 / mean_x v^2)
  ///   max_error     max_stx |u - v|
  ///   crmse         mean_t sqrt(mean_s (mean_x u - mean_x v)^2), the conserved quantity
  ///   brmse         mean_st sqrt(mean over both ends of all axes (u - v)^2); on grids
  ///   frmse         mean_t mean_k sqrt(mean_s |F(u - v)_k|^2) / N, wave numbers k: "low" k < 4,
  ///                 "middle" 4 <= k < 12, "high" the others; on grids. F is a plain sum; on two
  ///                 and three axes k collects the wave vectors >= 0 of length [k, k + 1), below
  ///                 half the points of the shortest axis.
  /// With time also "per_time": lists of rmse, nrmse and max_error. null where nothing is defined.
  nlohmann::json json() const;

 private:
  void add_boundary(const at::Tensor& off);
  void add_spectrum(const at::Tensor& off);

  void choose_unit(const at::Tensor& target);

  std::vector<std::string> channels_;
  bool grid_;
  std::optional<std::int64_t> time_;
  at::Tensor weights_;
  at::Tensor unit_;      // [C, 1], a power of two near the first values: their squares stay numbers
  at::Tensor relative_;  // [C], sum over samples
  at::Tensor rmse_, nrmse_, conserved_, boundary_, largest_;  // [C, T]
  at::Tensor spectrum_;                                       // [C, T, wave numbers]
  double samples_ = 0, points_ = 0;
};

}  // namespace banach
