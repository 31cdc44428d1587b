// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <algorithm>

#include "core/optimizers/least_squares.hpp"
#include "core/optimizers/second_order.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {

namespace {

constexpr double least_cut = 1e-8, most_cut = 1e-2;
constexpr std::int64_t few = 4;  // tries of a step that is cut: a shorter one means another cut

}  // namespace

void GaussNewtonOptimizer::prepare(const at::Tensor&) { cut_ = keep_number("cut", p_.rcond); }

void GaussNewtonOptimizer::complete(State& state) const {
  state.emplace("cut", at::full({}, p_.rcond, at::kDouble));
}

// The first of lr, lr / 2, ... with enough of the decrease that the slope promises; 0: none.
double GaussNewtonOptimizer::length_along(Objective& objective, const Linearised& now,
                                          const at::Tensor& step, double slope, Lengths lengths) {
  double length = lengths.first;
  for (std::int64_t attempt = 0; attempt < lengths.tries; ++attempt, length /= 2) {
    const at::Tensor found = residuals_at(objective, now, step * length);
    const double loss = dot_product(found, found);
    if (slope < 0 && loss < now.loss && loss <= now.loss + 1e-4 * length * slope) return length;
  }
  return 0;
}

// Nearly dependent columns make steps of no use far from the solution: where the first step of a
// stage fails, more of them are left out, and fewer again as full steps succeed.
at::Tensor GaussNewtonOptimizer::advance(Objective& objective, double lr) {
  const Linearised now = linearise(objective);
  // LAPACK's routines that reveal the rank are on the CPU alone.
  const at::Tensor j = now.j.cpu(), r = now.r.cpu();
  double& cut = number(cut_);
  const bool may_cut = steps() == 1 || cut > p_.rcond;
  for (;;) {
    const bool last = !may_cut || cut >= most_cut;
    const at::Tensor step = least_squares_step(j, r, cut, p_.method == "svd");
    const double slope = 2 * dot_product(now.slope.cpu(), step);
    const double length = length_along(objective, now, step.to(now.j.device()), slope,
                                       {lr, last || cut == p_.rcond ? p_.tries : few});
    if (length > 0) {
      if (length == lr && cut > p_.rcond) cut = std::max(10 * p_.rcond, cut / 10);
      return arrive(objective);
    }
    if (last)
      return give_up(objective, now, "no step along the Gauss-Newton direction gives a decrease",
                     slope);
    cut = std::max(least_cut, std::min(most_cut, 100 * cut));
  }
}

}  // namespace banach
