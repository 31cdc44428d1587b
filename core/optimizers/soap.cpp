// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <limits>

#include "core/optimizers/second_order.hpp"

namespace banach {
namespace {

// What ATen would refuse as too large for the number format is infinite there.
double representable(double x, at::ScalarType type) {
  constexpr double most = std::numeric_limits<float>::max();
  return type == at::kFloat && std::abs(x) > most
             ? std::copysign(std::numeric_limits<double>::infinity(), x)
             : x;
}

// q^T x or x q: onto the basis of a side; with `back` from it.
at::Tensor turned(const at::Tensor& x, const at::Tensor& q, int axis, bool back) {
  if (axis == 0) return at::mm(back ? q : q.t(), x);
  return at::mm(x, back ? q.t() : q);
}

}  // namespace

at::Tensor SoapOptimizer::Matrix::in(const at::Tensor& flat) const {
  return flat.narrow(0, offset, rows * columns).view({rows, columns});
}

void SoapOptimizer::prepare(const at::Tensor& parameters) {
  const auto options = parameters.options().requires_grad(false);
  mean_ = keep("mean", at::zeros(parameters.sizes(), options));
  square_ = keep("square", at::zeros(parameters.sizes(), options));
  blocks_.clear();
  for (const auto& block : given_) {
    if (block.shape.size() != 2) continue;
    Matrix matrix{block.offset, block.shape[0], block.shape[1], {}};
    for (const int axis : {0, 1}) {
      const std::int64_t n = block.shape[static_cast<std::size_t>(axis)];
      if (n < 2 || n > p_.max_dimension) continue;
      const std::string side = axis == 0 ? "rows/" : "columns/";
      matrix.sides.push_back({axis, keep(side + block.name, at::zeros({n, n}, options)),
                              keep(side + "basis/" + block.name, at::zeros({n, n}, options))});
    }
    if (!matrix.sides.empty()) blocks_.push_back(std::move(matrix));
  }
}

void SoapOptimizer::rotate(at::Tensor& flat, bool back) const {
  for (const auto& block : blocks_) {
    at::Tensor x = block.in(flat);
    for (const auto& side : block.sides) x.copy_(turned(x, side.basis, side.axis, back));
  }
}

// One step of orthogonal iteration, the largest eigenvalues first; squares follow their axes.
void SoapOptimizer::turn(Matrix& block, Side& side) {
  const at::Tensor sizes = at::mm(side.basis.t(), at::mm(side.moment, side.basis)).diagonal();
  const at::Tensor order = sizes.argsort(0, true);
  at::Tensor squares = block.in(square_);
  squares.copy_(squares.index_select(side.axis, order));
  const at::Tensor power = at::mm(side.moment, side.basis.index_select(1, order));
  side.basis.copy_(std::get<0>(at::linalg_qr(power)));
}

void SoapOptimizer::observe(const at::Tensor& gradient, bool first) {
  for (auto& block : blocks_) {
    const at::Tensor g = block.in(gradient);
    for (auto& side : block.sides) {
      const at::Tensor product = side.axis == 0 ? at::mm(g, g.t()) : at::mm(g.t(), g);
      side.moment.mul_(p_.beta_shampoo).add_(product, 1 - p_.beta_shampoo);
      if (first && !std::isfinite(side.moment.sum().item<double>()))
        throw NotFinite(
            "the gradient is so large that its square is infinite: lower the weights or clip the "
            "gradient");
      if (first)
        side.basis.copy_(std::get<1>(at::linalg_eigh(side.moment)).flip(1));
      else if (steps() % p_.frequency == 0)
        turn(block, side);
    }
  }
}

at::Tensor SoapOptimizer::advance(Objective& objective, double lr) {
  const Evaluation now = objective.gradient();
  count_evaluation();
  c10::NoGradGuard no_grad;
  const auto t = static_cast<double>(steps());
  if (t == 1) observe(now.gradient, true);
  at::Tensor g = now.gradient.clone();
  rotate(g, false);
  mean_.mul_(p_.beta1).add_(now.gradient, 1 - p_.beta1);
  square_.mul_(p_.beta2).addcmul_(g, g, 1 - p_.beta2);
  at::Tensor step = mean_.clone();
  rotate(step, false);
  const double root = 1 / std::sqrt(1 - std::pow(p_.beta2, t));
  step.div_(square_.sqrt().mul_(root).add_(p_.eps));
  rotate(step, true);
  at::Tensor& parameters = objective.parameters();
  const auto type = parameters.scalar_type();
  if (p_.weight_decay > 0) parameters.mul_(representable(1 - lr * p_.weight_decay, type));
  parameters.sub_(step, representable(lr / (1 - std::pow(p_.beta1, t)), type));
  if (t > 1) observe(now.gradient, false);
  return now.loss;
}

}  // namespace banach
