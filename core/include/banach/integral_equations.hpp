// SPDX-License-Identifier: Apache-2.0
// Integral equations of the second kind whose kernel and source have names. No torch here.
#pragma once
#include "banach/problem.hpp"

namespace banach {

/// monte_carlo, gauss, clenshaw_curtis, trapezoid: for parameters use one_of(quadratures()).
BANACH_API std::vector<std::string> quadratures();
/// A rule by its name with n nodes per axis (monte_carlo: in all) on the box [a, b]^axes.
/// ConfigError as the rule's own.
BANACH_API Quadrature quadrature(const std::string& name, int n, double a, double b, int axes = 1);

/// sin_cos (sin x cos t), product (x t), exponential (exp(x - t)), gaussian (exp(-(x - t)^2)).
BANACH_API std::vector<std::string> kernels();
/// sine, cosine, linear (x), decay (exp(-x)), constant (1).
BANACH_API std::vector<std::string> sources();
/// u(x) = source(x) + strength * integral of kernel(x, t) u(t) over [lower, upper]^axes.
struct BANACH_API NamedEquation {
  std::string kernel, source;
  double lower = 0, upper = 1;
  int axes = 1;

  /// The kernel at two points whose first coordinates are the axes: a product over them.
  Expression kernel_at(const Point& x, const Point& t) const;
  Expression source_at(const Point& x) const;
};
/// The solution for a kernel a(x) b(t); absent for others. ConfigError when a fixed strength is a
/// characteristic value of the kernel.
BANACH_API std::optional<Exact> exact_solution(const NamedEquation& equation,
                                               const Coefficient& strength);
/// The solution by Nystrom's method on 40, 14^2 or 8^3 Gauss nodes; absent where the strength is an
/// input.
BANACH_API std::optional<Reference> nystrom_solution(const NamedEquation& equation,
                                                     const Coefficient& strength);

}  // namespace banach
