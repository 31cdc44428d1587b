// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/optimizers/second_order.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {

void LevenbergMarquardtOptimizer::prepare(const at::Tensor&) {
  damping_ = keep_number("damping", std::numeric_limits<double>::quiet_NaN());
  growth_ = keep_number("growth", 2);
}

void LevenbergMarquardtOptimizer::raise() {
  number(damping_) *= number(growth_);
  number(growth_) *= 2;
}

// Half the second derivative of the residuals along the step bends it; false where it bends so
// much that the linearised residuals mean little.
bool LevenbergMarquardtOptimizer::accelerate(Objective& objective, const Linearised& now,
                                             at::Tensor& step) {
  if (p_.acceleration == 0) return true;
  const double h = p_.difference;
  const at::Tensor ahead = residuals_at(objective, now, step * h);
  const at::Tensor second = ahead.sub_(now.r).div_(h).sub_(at::mv(now.j, step)).mul_(2 / h);
  const at::Tensor bend = solver_.minimiser(second).mul_(0.5);
  const double ratio = 2 * std::sqrt(dot_product(bend, bend) / dot_product(step, step));
  if (!(ratio <= p_.acceleration)) return false;
  step.add_(bend);
  return true;
}

at::Tensor LevenbergMarquardtOptimizer::advance(Objective& objective, double lr) {
  solver_.release();
  const Linearised now = linearise(objective);
  solver_.set(now.j);
  double& damping = number(damping_);
  if (std::isnan(damping))
    damping = p_.damping * std::max(now.j.square().sum(0).max().item<double>(), 1e-30);
  double promised = std::numeric_limits<double>::infinity();
  for (std::int64_t attempt = 0; attempt < p_.tries; ++attempt, raise()) {
    if (!solver_.factor(damping)) continue;
    at::Tensor step = solver_.minimiser(now.r);
    promised = damping * dot_product(step, step) - dot_product(now.slope, step);
    if (!(promised > 0) || !accelerate(objective, now, step)) continue;
    const at::Tensor there = residuals_at(objective, now, step.mul_(lr));
    const double gain = (now.loss - dot_product(there, there)) / promised;
    if (!(gain > 0)) continue;
    // Nielsen (1999): a smooth function of the gain where fixed factors would swing.
    damping *= std::max(1.0 / 3, 1 - std::pow(2 * std::min(gain, 1.0) - 1, 3));
    damping = std::max(damping, 1e-300);
    number(growth_) = 2;
    return arrive(objective);
  }
  number(growth_) = 2;
  return give_up(objective, now, "no damping gives a decrease", promised);
}

}  // namespace banach
