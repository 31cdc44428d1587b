// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {

namespace {
void check(int n, double a, double b) {
  if (n < 1 || !(a < b))
    throw ConfigError("Chebyshev nodes: need n >= 1 and an interval [a, b] with a < b");
}

// (-1)^i, halved at both ends.
double barycentric(int i, int n) {
  return (i % 2 == 0 ? 1.0 : -1.0) * (i == 0 || i == n ? 0.5 : 1.0);
}
}  // namespace

std::vector<double> chebyshev_nodes(int n, double a, double b) {
  check(n, a, b);
  std::vector<double> out;
  for (int i = 0; i <= n; ++i)  // the sine is exact in the middle and symmetric
    out.push_back(0.5 * (a + b) + 0.5 * (b - a) * std::sin(pi * (2 * i - n) / (2.0 * n)));
  out.front() = a;
  out.back() = b;
  return out;
}

std::vector<double> chebyshev_derivative(int n, double a, double b) {
  check(n, a, b);
  const auto width = static_cast<std::size_t>(n) + 1;
  std::vector<double> d(width * width, 0.0);
  for (int i = 0; i <= n; ++i) {
    double& diagonal = d[static_cast<std::size_t>(i) * width + static_cast<std::size_t>(i)];
    for (int j = 0; j <= n; ++j) {
      if (i == j) continue;
      // x_i - x_j as a product does not cancel.
      const double distance =
          (b - a) * std::cos(pi * (i + j - n) / (2.0 * n)) * std::sin(pi * (i - j) / (2.0 * n));
      const double value = barycentric(j, n) / barycentric(i, n) / distance;
      d[static_cast<std::size_t>(i) * width + static_cast<std::size_t>(j)] = value;
      diagonal -= value;  // the derivative of a constant is exactly zero
    }
  }
  return d;
}

std::vector<double> chebyshev_interpolate(const std::vector<double>& values, double a, double b,
                                          const std::vector<double>& points) {
  const int n = static_cast<int>(values.size()) - 1;
  const auto nodes = chebyshev_nodes(n, a, b);
  std::vector<double> out;
  for (const double x : points) {
    double above = 0, below = 0;
    for (int i = 0; i <= n; ++i) {
      const double distance = x - nodes[static_cast<std::size_t>(i)];
      if (distance == 0) {
        above = values[static_cast<std::size_t>(i)];
        below = 1;
        break;
      }
      above += barycentric(i, n) / distance * values[static_cast<std::size_t>(i)];
      below += barycentric(i, n) / distance;
    }
    out.push_back(above / below);
  }
  return out;
}

}  // namespace banach
