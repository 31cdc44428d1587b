// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/least_squares.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/optimizers/lapack.hpp"

namespace banach {
namespace {

// ATen's own call of the pivoted factorisation (1.13) leaves its pivots uninitialised.
bool pivoted(const Lapack& lapack, const at::Tensor& j, const at::Tensor& r, double rcond,
             at::Tensor& step) {
  const std::int64_t m = j.size(0), n = j.size(1);
  const at::Tensor a = j.t().clone(at::MemoryFormat::Contiguous);
  at::Tensor b = at::zeros({std::max(m, n)}, j.options());
  b.narrow(0, 0, m).copy_(r).neg_();
  if (!lapack.least_squares(m, n, a.data_ptr<double>(), b.data_ptr<double>(), rcond)) return false;
  step = b.narrow(0, 0, n).clone();
  return true;
}

// [j r] = Q [R q]: |j step + r| and |R step + q| differ by a constant.
bool reduced(const Lapack& lapack, const at::Tensor& j, const at::Tensor& r, at::Tensor& small_j,
             at::Tensor& small_r) {
  const std::int64_t m = j.size(0), n = j.size(1);
  const at::Tensor a = at::empty({n + 1, m}, j.options());
  a.narrow(0, 0, n).copy_(j.t());
  a[n].copy_(r);
  if (!lapack.factor_qr(m, n + 1, a.data_ptr<double>())) return false;
  small_j = a.narrow(0, 0, n).narrow(1, 0, n).tril().t();
  small_r = a[n].narrow(0, 0, n);
  return true;
}

}  // namespace

at::Tensor least_squares_step(const at::Tensor& j, const at::Tensor& r, double rcond, bool svd) {
  const Lapack* lapack = svd ? nullptr : Lapack::find();
  at::Tensor step, small_j = j, small_r = r;
  if (lapack && j.size(0) > j.size(1) + j.size(1) / 4 && !reduced(*lapack, j, r, small_j, small_r))
    small_j = j, small_r = r;
  if (lapack && pivoted(*lapack, small_j, small_r, rcond, step)) return step;
  return std::get<0>(at::linalg_lstsq(j, r.neg().unsqueeze(1), rcond, "gelsd")).squeeze(1);
}

}  // namespace banach
