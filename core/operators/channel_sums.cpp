// SPDX-License-Identifier: Apache-2.0
#include "core/operators/channel_sums.hpp"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace banach {
at::Tensor power_above(const at::Tensor& sizes) {
  at::Tensor out = sizes.contiguous().clone();
  double* const x = out.data_ptr<double>();
  for (std::int64_t i = 0; i < out.numel(); ++i) {
    int exponent = 0;
    std::frexp(x[i], &exponent);
    x[i] = x[i] > 0 ? std::ldexp(1.0, std::clamp(exponent, -1000, 1000)) : 1;
  }
  return out;
}

void ChannelSums::add(const at::Tensor& values) {
  const at::Tensor low = values.amin(0), high = values.amax(0);
  const at::Tensor unit = power_above(at::maximum(low.abs(), high.abs()));
  if (count_ == 0) {
    unit_ = unit, low_ = low, high_ = high;
    mean_ = at::zeros_like(low), squares_ = at::zeros_like(low);
  } else {
    low_ = at::minimum(low_, low), high_ = at::maximum(high_, high);
    const at::Tensor larger = power_above(largest()), by = unit_ / larger;
    mean_ = mean_ * by, squares_ = squares_ * by * by, unit_ = larger;
  }
  const auto n = static_cast<double>(values.size(0));
  const at::Tensor x = values / unit_, mean = x.mean(0), off = mean - mean_;
  const at::Tensor squares = (x - mean).square().sum(0);
  mean_ = mean_ + off * (n / (count_ + n));
  squares_ = squares_ + squares + off.square() * (count_ * n / (count_ + n));
  count_ += n;
}

at::Tensor ChannelSums::largest() const { return at::maximum(low_.abs(), high_.abs()); }

at::Tensor ChannelSums::deviation() const { return (squares_ / count_).sqrt() * unit_; }

Scaling ChannelSums::scaling(const std::string& kind) const {
  if (kind == "minmax") return {low_ / 2 + high_ / 2, high_ / 2 - low_ / 2};
  if (kind == "rms")
    return {at::zeros_like(mean_), (squares_ / count_ + mean_.square()).sqrt() * unit_};
  return {mean_ * unit_, deviation()};
}

}  // namespace banach
