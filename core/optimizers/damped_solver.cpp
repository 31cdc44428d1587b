// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/damped_solver.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "core/optimizers/lapack.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {

bool DampedSolver::raw() const {
  return direct_ && Lapack::find() && jacobian_.device().is_cpu() && jacobian_.is_contiguous();
}

void DampedSolver::set(at::Tensor jacobian) {
  jacobian_ = std::move(jacobian);
  const std::int64_t rows = jacobian_.size(0), columns = jacobian_.size(1);
  primal_ = columns <= rows;
  const std::int64_t n = primal_ ? columns : rows;
  if (!gram_.defined() || gram_.size(0) != n || gram_.device() != jacobian_.device()) {
    gram_ = at::zeros({n, n}, jacobian_.options());
    factor_ = at::zeros({n, n}, jacobian_.options());
  }
  if (raw())
    Lapack::find()->gram(primal_, n, primal_ ? rows : columns, jacobian_.data_ptr<double>(),
                         gram_.data_ptr<double>());
  else
    at::mm_out(gram_, primal_ ? jacobian_.t() : jacobian_, primal_ ? jacobian_ : jacobian_.t());
}

bool DampedSolver::factor(double damping) {
  if (!raw()) {
    const auto [lower, info] =
        at::linalg_cholesky_ex(gram_ + damping * at::eye(gram_.size(0), gram_.options()));
    factor_ = lower;
    return info.item<int>() == 0;
  }
  const std::int64_t n = gram_.size(0);
  auto* factor = factor_.data_ptr<double>();
  std::memcpy(factor, gram_.data_ptr<double>(), static_cast<std::size_t>(gram_.nbytes()));
  for (std::int64_t i = 0; i < n; ++i) factor[i * (n + 1)] += damping;
  return Lapack::find()->factor(n, factor);
}

at::Tensor DampedSolver::minimiser(const at::Tensor& r) const {
  const auto solved = [&](at::Tensor b) {
    if (!raw()) return at::cholesky_solve(b.unsqueeze(1), factor_).squeeze(1);
    Lapack::find()->solve(b.numel(), factor_.data_ptr<double>(), b.data_ptr<double>());
    return b;
  };
  if (primal_) return solved(at::mv(jacobian_.t(), r)).neg_();
  return at::mv(jacobian_.t(), solved(r.clone())).neg_();
}

namespace {

// The gradient names the term and the point, where they can be found.
[[noreturn]] void refuse(Objective& objective) {
  objective.gradient();
  throw NotFinite("the residuals or their Jacobian are not finite although the gradient is");
}

}  // namespace

Linearised LeastSquaresOptimizer::linearise(Objective& objective) {
  Linearised out;
  out.r = objective.residuals().to(at::kDouble);
  count_evaluation();
  out.loss = dot_product(out.r, out.r);
  if (!std::isfinite(out.loss)) refuse(objective);
  out.j = objective.jacobian().to(at::kDouble);
  count_evaluation();
  // Of a number that is not finite not even a product with zero is.
  out.slope = at::mv(out.j.t(), out.r);
  if (!std::isfinite(out.slope.sum().item<double>())) refuse(objective);
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
  const bool converged = std::abs(promised) <= 100 * eps * now.loss || now.loss == 0;
  finish(fmt::format("{}: loss {:.2g}{}", what, now.loss, converged ? " is at rounding level" : ""),
         now.loss == 0);
  return arrive(objective);
}

at::Tensor LeastSquaresOptimizer::arrive(Objective& objective) {
  count_evaluation();
  return objective.value();
}

}  // namespace banach
