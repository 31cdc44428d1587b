// SPDX-License-Identifier: Apache-2.0
#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {

namespace {
void check(const Transport& problem, int n) {
  if (n < 2) throw ConfigError("advection and diffusion: a baseline needs two cells or more");
  if (!(problem.diffusivity > 0))
    throw ConfigError("advection and diffusion: the diffusivity must be > 0");
}
double source(const Transport& problem, double x) {
  return problem.source ? problem.source(x) : 0.0;
}
}  // namespace

Baseline transport_differences(const Transport& problem, int n, bool upwind) {
  check(problem, n);
  const auto nodes = static_cast<std::size_t>(n) + 1;
  const double h = 1.0 / n, advection = problem.velocity / (upwind ? h : 2 * h),
               diffusion = problem.diffusivity / (h * h);
  // Upwind looks back along the flow only.
  const double before = upwind ? (problem.velocity > 0 ? -advection : 0.0) : -advection;
  const double after = upwind ? (problem.velocity > 0 ? 0.0 : advection) : advection;
  std::vector<double> lower(nodes, before - diffusion), upper(nodes, after - diffusion),
      diagonal(nodes, -(before + after) + 2 * diffusion);
  Baseline out{
      std::string(upwind ? "upwind" : "central") + " differences, " + std::to_string(n), {}, {}};
  for (int i = 0; i <= n; ++i) out.points.push_back(i == n ? 1.0 : h * i);
  for (const double x : out.points) out.values.push_back(source(problem, x));
  lower.back() = upper.front() = 0;
  diagonal.front() = diagonal.back() = 1;
  out.values.front() = problem.left;
  out.values.back() = problem.right;
  out.values = solve_tridiagonal(lower, std::move(diagonal), upper, std::move(out.values));
  return out;
}

Baseline transport_chebyshev(const Transport& problem, int n) {
  check(problem, n);
  Baseline out{"Chebyshev collocation, " + std::to_string(n), chebyshev_nodes(n, 0, 1), {}};
  const auto width = static_cast<std::size_t>(n) + 1;
  const auto d = chebyshev_derivative(n, 0, 1);
  std::vector<double> matrix(width * width, 0.0);
  for (std::size_t i = 0; i < width; ++i) {
    const bool end = i == 0 || i + 1 == width;
    for (std::size_t j = 0; j < width; ++j) {
      double second = 0;
      for (std::size_t k = 0; k < width; ++k) second += d[i * width + k] * d[k * width + j];
      matrix[i * width + j] =
          end ? double(i == j) : problem.velocity * d[i * width + j] - problem.diffusivity * second;
    }
    out.values.push_back(source(problem, out.points[i]));
  }
  out.values.front() = problem.left;
  out.values.back() = problem.right;
  out.values = solve_dense(matrix, std::move(out.values));
  return out;
}

}  // namespace banach
