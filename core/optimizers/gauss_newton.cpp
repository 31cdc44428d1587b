// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "core/optimizers/least_squares.hpp"
#include "core/optimizers/second_order.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {

at::Tensor GaussNewtonOptimizer::advance(Objective& objective, double lr) {
  const Linearised now = linearise(objective);
  // LAPACK's routines that reveal the rank are on the CPU alone.
  const at::Tensor j = now.j.cpu(), r = now.r.cpu();
  const at::Tensor step = least_squares_step(j, r, p_.rcond, p_.method == "svd");
  const double slope = 2 * dot_product(now.slope.cpu(), step);
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
