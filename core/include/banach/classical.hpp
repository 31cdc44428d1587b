// SPDX-License-Identifier: Apache-2.0
// Classical numerical methods for references and baselines of problems. No torch here.
#pragma once
#include <functional>
#include <vector>

#include "banach/problem.hpp"

namespace banach {

/// y' = f(t, y): writes the derivative into the last argument, which has the size of y.
using RightHandSide =
    std::function<void(double t, const std::vector<double>& y, std::vector<double>& dy)>;

/// Solution of y' = f(t, y), y(start) = initial, at ascending `times` >= start, [times, unknowns],
/// by the Runge-Kutta-Fehlberg pair of orders 7 and 8 whose steps end exactly at the times.
/// `tolerance` is relative and absolute, per step. ConfigError for times that descend; DataError
/// when the solution stops being finite or the step size collapses.
BANACH_API std::vector<double> runge_kutta(const RightHandSide& f,
                                           const std::vector<double>& initial, double start,
                                           const std::vector<double>& times,
                                           double tolerance = 1e-12);

/// The same at points [n, axes] in any order: column 0 is the time, the others are parameters, and
/// `system` gives the right-hand side for one row of them. [n, unknowns].
BANACH_API std::vector<double> trajectories(
    const std::vector<double>& points, int axes,
    const std::function<RightHandSide(const double* parameters)>& system,
    const std::vector<double>& initial, double start);

/// Numbers of coefficients in one row of a reference's points: an input takes the next of
/// `inputs` (the columns after the domain's own axes), others have their value.
BANACH_API std::vector<double> numbers(const std::vector<Coefficient>& coefficients,
                                       const double* inputs);
/// How many of them are inputs.
BANACH_API int count_inputs(const std::vector<Coefficient>& coefficients);

/// Solves a dense system by LU factors with row exchange, a [n, n] row major, b [n]; DataError when
/// a is singular.
BANACH_API std::vector<double> solve_dense(const std::vector<double>& a, std::vector<double> b);

/// Solves a tridiagonal system (Thomas) without row exchange: lower[0] and upper[n - 1] are not
/// read. DataError when a pivot vanishes.
BANACH_API std::vector<double> solve_tridiagonal(const std::vector<double>& lower,
                                                 std::vector<double> diagonal,
                                                 const std::vector<double>& upper,
                                                 std::vector<double> right);

/// Chebyshev-Gauss-Lobatto nodes on [a, b], ascending, n + 1 of them. ConfigError for n < 1.
BANACH_API std::vector<double> chebyshev_nodes(int n, double a, double b);
/// First-derivative matrix on chebyshev_nodes(n, a, b), [n + 1, n + 1] row major.
BANACH_API std::vector<double> chebyshev_derivative(int n, double a, double b);
/// Barycentric interpolation from chebyshev_nodes(values.size() - 1, a, b) to points.
BANACH_API std::vector<double> chebyshev_interpolate(const std::vector<double>& values, double a,
                                                     double b, const std::vector<double>& points);

/// velocity u' - diffusivity u'' = source on [0, 1], u(0) = left, u(1) = right.
struct Transport {
  double velocity = 1, diffusivity = 1;
  std::function<double(double x)> source;
  double left = 0, right = 1;
};
/// Finite differences on n equal cells, central or upwind in the first derivative; the points are
/// all n + 1 nodes. ConfigError for n < 2 or diffusivity <= 0.
BANACH_API Baseline transport_differences(const Transport& problem, int n, bool upwind = false);
/// Collocation on n + 1 Chebyshev-Gauss-Lobatto nodes, which are the points.
BANACH_API Baseline transport_chebyshev(const Transport& problem, int n);

/// Gauss-Hermite nodes and weights: sum w_i f(x_i) = integral of exp(-x^2) f(x).
struct HermiteRule {
  std::vector<double> nodes, weights;
};
/// n nodes, ascending; ConfigError for n outside 1 ... 300.
BANACH_API HermiteRule gauss_hermite(int n);

/// u_t + u u_x = viscosity u_xx on [-1, 1] with u(x, 0) = -sin(pi x) and zero ends, by the
/// transformation of Cole and Hopf (Basdevant et al., Computers & Fluids 14, 1986) and the given
/// rule; 200 nodes serve t <= 1 and viscosity >= 1e-3.
BANACH_API double burgers_sine(double x, double t, double viscosity, const HermiteRule& rule);

/// A function of two points of a box, one coordinate after the other.
using Kernel = std::function<double(const double* x, const double* s)>;
/// y(x) = source(x) + integral of kernel(x, s) y(s) over the box of the rule, at points
/// [n, rule.axes], by Nystrom's method on the rule's own nodes. DataError when the equation has no
/// unique solution.
BANACH_API std::vector<double> nystrom(const Kernel& kernel,
                                       const std::function<double(const double* x)>& source,
                                       const Quadrature& rule, const std::vector<double>& points);

}  // namespace banach
