// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/damped_solver.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/optimizers/vectors.hpp"

namespace banach {
namespace {

// The lower half of a a^T in square blocks: little more than half of the work of all.
at::Tensor gram_of(const at::Tensor& a) {
  constexpr std::int64_t block = 128;
  const std::int64_t n = a.size(0);
  at::Tensor out = at::zeros({n, n}, a.options());
  for (std::int64_t i = 0; i < n; i += block) {
    const std::int64_t rows = std::min(block, n - i);
    at::Tensor strip = out.narrow(0, i, rows).narrow(1, 0, i + rows);
    at::mm_out(strip, a.narrow(0, i, rows), a.narrow(0, 0, i + rows).t());
  }
  return out;
}

}  // namespace

DampedSolver::DampedSolver(at::Tensor jacobian)
    : jacobian_(std::move(jacobian)), primal_(jacobian_.size(1) <= jacobian_.size(0)) {
  gram_ = gram_of(primal_ ? jacobian_.t() : jacobian_);
  damped_ = at::empty_like(gram_);
  factor_ = at::empty_like(gram_);
  info_ = at::zeros({}, gram_.options().dtype(at::kInt));
}

bool DampedSolver::factor(double damping) {
  damped_.copy_(gram_);
  damped_.diagonal().add_(damping);
  at::linalg_cholesky_ex_out(factor_, info_, damped_, false, false);
  return info_.item<int>() == 0;
}

at::Tensor DampedSolver::minimiser(const at::Tensor& r) const {
  const auto solved = [&](const at::Tensor& b) {
    return at::cholesky_solve(b.unsqueeze(1), factor_).squeeze(1);
  };
  if (primal_) return solved(at::mv(jacobian_.t(), r)).neg_();
  return at::mv(jacobian_.t(), solved(r)).neg_();
}

Linearised LeastSquaresOptimizer::linearise(Objective& objective) {
  Linearised out;
  out.r = objective.residuals().to(at::kDouble);
  count_evaluation();
  out.loss = dot_product(out.r, out.r);
  if (!std::isfinite(out.loss)) objective.gradient();
  out.j = objective.jacobian().to(at::kDouble);
  count_evaluation();
  // A copy: on the way the parameters change in place.
  out.start = objective.parameters().detach().to(at::kDouble, false, true);
  return out;
}

at::Tensor LeastSquaresOptimizer::residuals_at(Objective& objective, const Linearised& now,
                                               const at::Tensor& step) {
  {
    c10::NoGradGuard no_grad;
    objective.parameters().copy_(now.start.add(step));
  }
  count_evaluation();
  return objective.residuals().to(at::kDouble);
}

at::Tensor LeastSquaresOptimizer::give_up(Objective& objective, const Linearised& now,
                                          const std::string& what, double promised) {
  {
    c10::NoGradGuard no_grad;
    objective.parameters().copy_(now.start);
  }
  const double eps = objective.parameters().scalar_type() == at::kDouble ? 2.2e-16 : 1.2e-7;
  finish(std::abs(promised) <= 100 * eps * now.loss || now.loss == 0
             ? fmt::format("{}: loss {:.2g} is at rounding level", what, now.loss)
             : fmt::format("{}: loss {:.2g}", what, now.loss));
  return arrive(objective);
}

at::Tensor LeastSquaresOptimizer::arrive(Objective& objective) {
  count_evaluation();
  return objective.value();
}

}  // namespace banach
