// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "core/optimizers/second_order.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {

void NaturalGradientOptimizer::prepare(const at::Tensor& parameters) {
  failures_ = keep_count("failures");
  update_ = keep("update", at::zeros(parameters.sizes(),
                                     parameters.options().dtype(at::kDouble).requires_grad(false)));
}

at::Tensor NaturalGradientOptimizer::update(const Linearised& now) {
  solver_.set(now.j);
  double damping = std::min(p_.damping, now.loss);
  // Rounding can make the system indefinite: then more than was asked for.
  const double least = 1e-16 * now.j.square().sum().item<double>();
  for (int i = 0; i < 40 && !solver_.factor(damping); ++i) damping = std::max(10 * damping, least);
  if (p_.momentum == 0) return solver_.minimiser(now.r);
  const at::Tensor before = update_ * p_.momentum;
  return solver_.minimiser(now.r + at::mv(now.j, before)).add_(before);
}

// The best of lr, lr / 2, lr / 4, ... up to the first that is worse again; 0 where none helps.
double NaturalGradientOptimizer::best_length(Objective& objective, const Linearised& now,
                                             const at::Tensor& step, double lr) {
  double best = 0, lowest = now.loss, length = lr;
  for (std::int64_t attempt = 0; attempt < p_.tries; ++attempt, length /= 2) {
    const at::Tensor r = residuals_at(objective, now, step * length);
    const double loss = dot_product(r, r);
    if (loss < lowest)
      lowest = loss, best = length;
    else if (best > 0)
      break;
  }
  return best;
}

at::Tensor NaturalGradientOptimizer::advance(Objective& objective, double lr) {
  solver_.release();
  const Linearised now = linearise(objective);
  update_.copy_(update(now));
  const double length = p_.line_search ? best_length(objective, now, update_, lr) : lr;
  if (length > 0) {
    count(failures_) = 0;
  } else if (++count(failures_) > 1) {
    const double promised = 2 * dot_product(now.slope, update_);
    update_.zero_();
    return give_up(objective, now, "no step along the natural gradient gives a decrease, twice",
                   promised);
  } else {
    update_.zero_();  // the next step does without momentum, on points that may be others
  }
  {
    c10::NoGradGuard no_grad;
    objective.parameters().copy_(now.start.add(update_, length));
  }
  return arrive(objective);
}

}  // namespace banach
