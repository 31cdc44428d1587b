// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/projected_objective.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <limits>

#include "banach/error.hpp"

namespace banach {

ProjectedObjective::ProjectedObjective(Objective& whole, const Ranges& linear, double ridge)
    : whole_(whole), ridge_(ridge) {
  if (!whole.sum_of_squares())
    throw ConfigError(
        "variable_projection: the loss is no sum of squares, so its last layer is no least-squares "
        "problem: leave variable_projection out");
  const at::Tensor& all = whole.parameters();
  at::Tensor mask = at::zeros({all.numel()}, at::kBool);
  for (const auto& [offset, size] : linear) mask.narrow(0, offset, size).fill_(true);
  linear_ = mask.nonzero().squeeze(1).to(all.device());
  nonlinear_ = mask.logical_not().nonzero().squeeze(1).to(all.device());
  if (nonlinear_.numel() == 0)
    throw ConfigError(
        "variable_projection: the last layer holds all parameters: use gauss_newton without it");
  theta_ = all.detach().index_select(0, nonlinear_);
}

void ProjectedObjective::write(const at::Tensor& c) {
  at::Tensor all = whole_.parameters().detach();
  all.index_copy_(0, nonlinear_, theta_);
  all.index_copy_(0, linear_, c.to(all.scalar_type()));
}

// From c = 0, so that what is found depends on theta alone; the ridge as further rows, because the
// normal equations would square the condition of the columns.
void ProjectedObjective::solve() {
  c10::NoGradGuard no_grad;
  if (solved_at_.defined() && solved_at_.equal(theta_)) return write(c_);
  solved_at_.reset();
  write(at::zeros({linear_.numel()}, theta_.options()));
  const at::Tensor b = whole_.residuals().to(at::kDouble);
  const at::Tensor a = [&] {
    at::AutoGradMode with_grad(true);
    return whole_.jacobian();
  }();
  const at::Tensor columns = a.index_select(1, linear_).to(at::kDouble);
  const std::int64_t n = linear_.numel();
  if (!std::isfinite((b.sum() + a.sum()).item<double>())) return break_down(n, b.numel());
  const at::Tensor below = std::sqrt(ridge_) * at::eye(n, columns.options());
  const auto [q, r] = at::linalg_qr(at::cat({columns, below}));
  const at::Tensor seen = at::mv(q.narrow(0, 0, b.numel()).t(), b);
  c_ = at::linalg_solve_triangular(r, seen.neg().unsqueeze(1), true).squeeze(1);
  q_ = q;
  c_ = c_.to(theta_.scalar_type()).to(at::kDouble);
  extra_ = c_ * std::sqrt(ridge_);
  solved_at_ = theta_.clone();
  write(c_);
}

// The loss becomes NaN, which a line search avoids; where gradient() looks again, with the last
// layer at zero, the objective names the culprit.
void ProjectedObjective::break_down(std::int64_t unknowns, std::int64_t rows) {
  c_ = at::zeros({unknowns}, at::TensorOptions(at::kDouble).device(theta_.device()));
  extra_ = at::full_like(c_, std::numeric_limits<double>::quiet_NaN());
  q_ = at::zeros({rows + unknowns, unknowns}, c_.options());
  solved_at_ = theta_.clone();
  write(c_);
}

Evaluation ProjectedObjective::reduced(Evaluation whole) const {
  c10::NoGradGuard no_grad;
  const at::Tensor ridge = extra_.square().sum().to(whole.loss.options());
  return {whole.loss + ridge, whole.gradient.index_select(0, nonlinear_)};
}

at::Tensor ProjectedObjective::value() {
  solve();
  const at::Tensor loss = whole_.value();
  c10::NoGradGuard no_grad;
  return loss + extra_.square().sum().to(loss.options());
}

// At the best c the derivative by c vanishes, and with it c's dependence on theta.
Evaluation ProjectedObjective::gradient() {
  solve();
  return reduced(whole_.gradient());
}

Evaluation ProjectedObjective::trial() {
  solve();
  return reduced(whole_.trial());
}

at::Tensor ProjectedObjective::residuals() {
  solve();
  c10::NoGradGuard no_grad;
  return at::cat({whole_.residuals().to(at::kDouble), extra_});
}

at::Tensor ProjectedObjective::jacobian() {
  solve();
  const at::Tensor all = whole_.jacobian();
  c10::NoGradGuard no_grad;
  const at::Tensor j = all.index_select(1, nonlinear_).to(at::kDouble);
  const at::Tensor below = at::zeros({extra_.numel(), j.size(1)}, j.options());
  const at::Tensor top = q_.narrow(0, 0, j.size(0));
  return at::cat({j, below}).sub_(at::mm(q_, at::mm(top.t(), j)));
}

}  // namespace banach
