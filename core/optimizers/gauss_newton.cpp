// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <algorithm>

#include "core/optimizers/lapack.hpp"
#include "core/optimizers/second_order.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {

namespace {

// ATen's own call of the pivoted factorisation (1.13) leaves its pivots uninitialised.
bool pivoted(const at::Tensor& j, const at::Tensor& r, double rcond, at::Tensor& step) {
  const Lapack* lapack = Lapack::find();
  if (!lapack) return false;
  const std::int64_t m = j.size(0), n = j.size(1);
  const at::Tensor a = j.t().clone(at::MemoryFormat::Contiguous);
  at::Tensor b = at::zeros({std::max(m, n)}, j.options());
  b.narrow(0, 0, m).copy_(r).neg_();
  if (!lapack->least_squares(m, n, a.data_ptr<double>(), b.data_ptr<double>(), rcond)) return false;
  step = b.narrow(0, 0, n).clone();
  return true;
}

}  // namespace

at::Tensor GaussNewtonOptimizer::advance(Objective& objective, double lr) {
  const Linearised now = linearise(objective);
  // LAPACK's routines that reveal the rank are on the CPU alone.
  const at::Tensor j = now.j.cpu(), r = now.r.cpu();
  at::Tensor step;
  if (p_.method == "svd" || !pivoted(j, r, p_.rcond, step))
    step = std::get<0>(at::linalg_lstsq(j, r.neg().unsqueeze(1), p_.rcond, "gelsd")).squeeze(1);
  const double slope = 2 * dot_product(at::mv(j.t(), r), step);
  const at::Tensor there = step.to(now.j.device());
  double length = lr;
  for (std::int64_t attempt = 0; attempt < p_.tries; ++attempt, length /= 2) {
    const at::Tensor found = residuals_at(objective, now, there * length);
    const double loss = dot_product(found, found);
    if (slope < 0 && loss < now.loss && loss <= now.loss + 1e-4 * length * slope)
      return arrive(objective);
  }
  return give_up(objective, now, "no step along the Gauss-Newton direction gives a decrease",
                 slope);
}

}  // namespace banach
