// SPDX-License-Identifier: Apache-2.0
// Classical numerical methods for references and baselines of problems. No torch here.
#pragma once
#include <functional>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// y' = f(t, y): writes the derivative into the last argument.
using RightHandSide =
    std::function<void(double t, const std::vector<double>& y, std::vector<double>& dy)>;

/// Solution of y' = f(t, y), y(start) = initial, at ascending `times` >= start, [times, unknowns],
/// by an adaptive Runge-Kutta method whose steps end exactly at the times.
/// `tolerance` is relative and absolute. DataError when the step size collapses.
BANACH_API std::vector<double> runge_kutta(const RightHandSide& f, std::vector<double> initial,
                                           double start, const std::vector<double>& times,
                                           double tolerance = 1e-12);

/// Solves a dense system, A [n, n] row major; DataError when A is singular.
BANACH_API std::vector<double> solve_dense(std::vector<double> a, std::vector<double> b);

/// Solves a tridiagonal system (Thomas): lower[0] and upper[n - 1] are not read.
BANACH_API std::vector<double> solve_tridiagonal(const std::vector<double>& lower,
                                                 std::vector<double> diagonal,
                                                 const std::vector<double>& upper,
                                                 std::vector<double> right);

/// Chebyshev-Gauss-Lobatto nodes on [a, b], ascending, n + 1 of them.
BANACH_API std::vector<double> chebyshev_nodes(int n, double a, double b);
/// First-derivative matrix on chebyshev_nodes(n, a, b), [n + 1, n + 1] row major.
BANACH_API std::vector<double> chebyshev_derivative(int n, double a, double b);
/// Barycentric interpolation from chebyshev_nodes(n, a, b) to points.
BANACH_API std::vector<double> chebyshev_interpolate(const std::vector<double>& values, double a,
                                                     double b, const std::vector<double>& points);

/// Gauss-Hermite nodes and weights: sum w_i f(x_i) = integral of exp(-x^2) f(x).
struct HermiteRule {
  std::vector<double> nodes, weights;
};
BANACH_API HermiteRule gauss_hermite(int n);

}  // namespace banach
