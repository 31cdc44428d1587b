// SPDX-License-Identifier: Apache-2.0
#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {

std::vector<double> nystrom(const Kernel& kernel,
                            const std::function<double(const double* x)>& source,
                            const Quadrature& rule, const std::vector<double>& points) {
  BANACH_ASSERT(!rule.random);
  const std::size_t n = rule.weights.size(), axes = static_cast<std::size_t>(rule.axes);
  const auto node = [&](std::size_t j) { return rule.nodes.data() + j * axes; };
  std::vector<double> matrix(n * n), y(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      matrix[i * n + j] = (i == j) - rule.weights[j] * kernel(node(i), node(j));
    y[i] = source(node(i));
  }
  y = solve_dense(matrix, std::move(y));
  std::vector<double> out;
  for (const double* x = points.data(); x < points.data() + points.size(); x += axes) {
    out.push_back(source(x));
    for (std::size_t j = 0; j < n; ++j) out.back() += rule.weights[j] * kernel(x, node(j)) * y[j];
  }
  return out;
}

}  // namespace banach
