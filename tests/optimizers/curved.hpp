// SPDX-License-Identifier: Apache-2.0
// Objectives with residuals, and the optimizers that use or learn the curvature.
#pragma once
#include "tests/optimizers/quadratic.hpp"

namespace banach {

/// Residuals by a function; gradient and Jacobian by automatic differentiation.
class Squares : public Objective {
 public:
  using Function = std::function<at::Tensor(const at::Tensor&)>;
  Squares(Function f, at::Tensor start) : f_(std::move(f)), x_(std::move(start)) {
    x_.set_requires_grad(true);
  }
  at::Tensor& parameters() override { return x_; }
  at::Tensor value() override { return f_(x_).square().sum().detach(); }
  Evaluation gradient() override {
    const at::Tensor loss = f_(x_).square().sum();
    return {loss.detach(), torch::autograd::grad({loss}, {x_})[0]};
  }
  bool sum_of_squares() const override { return true; }
  at::Tensor residuals() override { return f_(x_).detach(); }
  at::Tensor jacobian() override {
    const at::Tensor r = f_(x_);
    std::vector<at::Tensor> rows;
    for (std::int64_t i = 0; i < r.numel(); ++i)
      rows.push_back(torch::autograd::grad({r[i]}, {x_}, {}, true)[0]);
    return at::stack(rows);
  }

 private:
  Function f_;
  at::Tensor x_;
};

/// (1 - x, 10 (y - x^2)) for every pair of parameters: the minimum 0 is at ones.
inline Squares rosenbrock(std::int64_t pairs = 1, at::ScalarType dtype = at::kDouble) {
  const at::Tensor start = at::tensor({-1.2, 1.0}, at::kDouble).repeat({pairs}).to(dtype) *
                           at::linspace(1, 0.9, 2 * pairs, dtype);
  return Squares(
      [](const at::Tensor& x) {
        const at::Tensor u = x.reshape({-1, 2}).select(1, 0), v = x.reshape({-1, 2}).select(1, 1);
        return at::cat({1 - u, 10 * (v - u * u)});
      },
      start);
}

/// A x - b with singular values from 1 to `smallest`; more rows than columns, or fewer.
inline Squares linear(std::int64_t rows, std::int64_t columns, double smallest) {
  const auto wave = [](std::int64_t n, std::int64_t m, double c) {
    const at::Tensor i = at::arange(n, at::kDouble).unsqueeze(1), k = at::arange(m, at::kDouble);
    return (c * (i + 1) * (k + 1.5)).sin();
  };
  const std::int64_t rank = std::min(rows, columns);
  const at::Tensor u = std::get<0>(at::linalg_qr(wave(rows, rank, 0.7)));
  const at::Tensor v = std::get<0>(at::linalg_qr(wave(columns, rank, 1.3)));
  const at::Tensor s = at::logspace(0, std::log10(smallest), rank, 10.0, at::kDouble);
  const at::Tensor a = at::mm(u * s, v.t());
  const at::Tensor b = at::mv(a, at::ones({columns}, at::kDouble));
  return Squares([a, b](const at::Tensor& x) { return at::mv(a, x) - b; },
                 at::linspace(-1, 2, columns, at::kDouble));
}

/// Every second-order optimizer, with options in use somewhere.
inline std::vector<Variant> curved_variants() {
  return {{"lbfgs", {{"memory", Value(std::int64_t{3})}}},
          {"bfgs", {}},
          {"ssbfgs", {}},
          {"ssbroyden", {{"curvature", Value(0.5)}}},
          {"levenberg_marquardt", {}},
          {"levenberg_marquardt", {{"acceleration", Value(0.0)}}},
          {"gauss_newton", {{"method", Value("svd")}}},
          {"gauss_newton", {}},
          {"natural_gradient", {{"momentum", Value(0.3)}}},
          {"natural_gradient", {{"line_search", Value(false)}}}};
}

}  // namespace banach
