// SPDX-License-Identifier: Apache-2.0
// Regressions that need no network, fitted to the training samples of an operator: what a network
// must beat.
#pragma once
#include <ATen/core/Tensor.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// The samples that baselines are fitted to: all of `count`, or 2000 drawn by the seed; increasing.
BANACH_API std::vector<std::int64_t> baseline_samples(std::int64_t count, std::uint64_t seed);

/// f(x) = mean + sum_i a_i k(x, x_i), (K + ridge I) a = y - mean, with
///   "linear least squares"     k(x, z) = (x - m) . (z - m) / mean |x_i - m|^2
///   "kernel ridge regression"  k(x, z) = exp(-|x - z|^2 / (2 (scale median)^2)), the median of all
///                              distances between samples (Saunders, Gammerman, Vovk 1998)
/// ridge and scale are those with the least mean relative L2 error on a fifth of the samples that
/// was held out (of 1250 at most); then all samples are fitted.
class BANACH_API Baselines {
 public:
  /// inputs [n, p] and outputs [n, q] of training samples, finite, n >= 2; order does not matter
  /// beyond the choice of the held-out part, which is every fifth.
  Baselines(const at::Tensor& inputs, const at::Tensor& outputs);

  /// The one with the least held-out error comes first.
  std::vector<std::string> names() const;
  /// [m, q] for inputs [m, p]; ConfigError for an unknown name.
  at::Tensor predict(const std::string& name, const at::Tensor& inputs) const;
  /// {"kernel ridge regression": {"scale", "ridge", "held_out", "samples"}, ...}
  nlohmann::json json() const;

 private:
  struct Fit {
    std::string name;
    double scale = 0, ridge = 0, held_out = 0;  // scale 0: linear
    at::Tensor weights;                         // [n, q]
  };
  at::Tensor kernel(double scale, const at::Tensor& a, const at::Tensor& b) const;
  Fit choose(const std::string& name, const std::vector<double>& scales) const;
  const Fit& find(const std::string& name) const;

  at::Tensor inputs_, outputs_, mean_;  // centred and scaled; minus mean_; [1, q]
  at::Tensor input_mean_;
  double input_size_ = 1, median_ = 1;
  std::vector<Fit> fits_;
};

}  // namespace banach
