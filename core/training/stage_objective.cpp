// SPDX-License-Identifier: Apache-2.0
#include "core/training/stage_objective.hpp"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>

#include "core/training/finite.hpp"

namespace banach {
namespace {

// 0 when every entry is finite, else NaN.
template <class T>
T zero_if_finite(const T* x, std::int64_t n) {
  T sum[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; ++k) sum[k] += x[i + k] * T(0);
  for (; i < n; ++i) sum[0] += x[i] * T(0);
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

}  // namespace

StageObjective::~StageObjective() = default;

bool all_finite(const at::Tensor& t) {
  if (!t.device().is_cpu() || !t.is_contiguous()) return at::isfinite(t).all().item<bool>();
  bool out = false;
  AT_DISPATCH_FLOATING_TYPES(t.scalar_type(), "finite", [&] {
    out = zero_if_finite(t.data_ptr<scalar_t>(), t.numel()) == scalar_t(0);
  });
  return out;
}

}  // namespace banach
