// SPDX-License-Identifier: Apache-2.0
// Dense updates of the inverse Hessian: BFGS, and the self-scaled members of Broyden's family of
// Al-Baali (1998) as used by Urban, Stefanou, Pons (2025, arXiv 2405.04230).
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/optimizers/second_order.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {
namespace {

struct Choice {
  double tau = 1;  // the matrix is divided by it
  double phi = 1;  // 1: BFGS, 0: DFP
};

// b = s^T B s / y^T s and h = y^T H y / y^T s; both formulas have b h >= 1.
Choice self_scaled_broyden(double b, double h, std::int64_t n) {
  const double tau = std::min(1.0, 1 / b), a = b * h - 1;
  if (!(a > 1e-14) || n < 2) return {tau, 1};
  const double c = std::sqrt(a / (1 + a));
  const double rho = std::min(1.0, h * (1 - c));
  const double lowest = (rho - 1) / a, highest = 1 / rho;
  const double theta = std::max(lowest, std::min(highest, (1 - b) / b));
  const double sigma = 1 + a * theta;
  const double root = std::pow(sigma, 1 / (1 - static_cast<double>(n)));
  const double scale = theta > 0 ? tau * std::min(root, 1 / theta) : std::min(tau * root, sigma);
  return {scale, (1 - theta) / sigma};
}

}  // namespace

Needs DenseQuasiNewton::needs() const {
  return {true, false, true, 40000};  // 6.4 GB
}

void DenseQuasiNewton::prepare_memory(const at::TensorOptions& options, std::int64_t n) {
  matrix_ = keep("inverse_hessian", at::zeros({packed::size(n)}, options));
  next_ = keep("direction", at::zeros({n}, options));
  change_ = at::zeros({n}, options);
}

void DenseQuasiNewton::learn(const Pair& pair, std::int64_t pairs) {
  const std::int64_t n = pair.s.numel();
  auto* matrix = matrix_.data_ptr<double>();
  auto* hy = change_.data_ptr<double>();
  double sbs = -pair.length * dot_product(pair.s, pair.before);  // H gradient = -direction
  if (pairs == 0) {
    const double first = pair.ys / pair.yy;
    packed::set_diagonal(n, first, matrix);
    at::mul_out(change_, pair.y, at::scalar_tensor(first, pair.y.options()));
    sbs = dot_product(pair.s, pair.s) / first;
  } else {
    packed::multiply(n, matrix, pair.y.data_ptr<double>(), hy);
  }
  const double yhy = dot_product(pair.y, change_), b = sbs / pair.ys, h = yhy / pair.ys;
  Choice c;
  if (rule_ == Rule::self_scaled) c.tau = std::min(1.0, 1 / b);
  if (rule_ == Rule::broyden) c = self_scaled_broyden(b, h, n);
  const packed::Update update = {1 / c.tau, (1 + c.phi * h / c.tau) / pair.ys,
                                 -c.phi / (c.tau * pair.ys), (c.phi - 1) / (yhy * c.tau)};
  packed::update(n, matrix, update, pair.s.data_ptr<double>(), hy, pair.after.data_ptr<double>(),
                 next_.data_ptr<double>());
  next_.neg_();
}

void DenseQuasiNewton::skip(const at::Tensor& gradient, std::int64_t pairs) {
  if (pairs == 0) return;
  packed::multiply(gradient.numel(), matrix_.data_ptr<double>(), gradient.data_ptr<double>(),
                   next_.data_ptr<double>());
  next_.neg_();
}

void DenseQuasiNewton::direction(const at::Tensor&, std::int64_t, at::Tensor& d) { d.copy_(next_); }

}  // namespace banach
