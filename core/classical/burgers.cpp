// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {

namespace {

// Orthonormal Hermite polynomials of degree n - 1 and n.
std::pair<double, double> hermite(int n, double x) {
  double before = 0, value = std::pow(pi, -0.25);
  for (int k = 0; k < n; ++k) {
    const double next = x * std::sqrt(2.0 / (k + 1)) * value - std::sqrt(k / (k + 1.0)) * before;
    before = value;
    value = next;
  }
  return {before, value};
}

// Roots below x: the negative pivots of the Jacobi matrix minus x.
int roots_below(int n, double x) {
  int count = 0;
  double pivot = -x;
  for (int k = 0; k < n; ++k) {
    if (k > 0) pivot = -x - 0.5 * k / (pivot == 0 ? 1e-300 : pivot);
    count += pivot < 0;
  }
  return count;
}

double root(int n, int index) {
  double low = -std::sqrt(2.0 * n + 2), high = -low;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (roots_below(n, middle) > index ? high : low) = middle;
  }
  double x = 0.5 * (low + high);
  for (int i = 0; i < 2; ++i) {
    const auto [before, value] = hermite(n, x);
    x -= value / (std::sqrt(2.0 * n) * before);
  }
  return x;
}

}  // namespace

HermiteRule gauss_hermite(int n) {
  if (n < 1 || n > 300) throw ConfigError("Gauss-Hermite: needs 1 to 300 nodes");
  HermiteRule rule;
  rule.nodes.resize(static_cast<std::size_t>(n));
  rule.weights.resize(rule.nodes.size());
  for (int i = 0; 2 * i < n; ++i) {
    const double x = 2 * i + 1 == n ? 0.0 : root(n, i), before = hermite(n, x).first;
    const auto place = static_cast<std::size_t>(i), mirror = static_cast<std::size_t>(n - 1 - i);
    rule.nodes[mirror] = -x;
    rule.nodes[place] = x;
    rule.weights[place] = rule.weights[mirror] = 1 / (n * before * before);
  }
  return rule;
}

double burgers_sine(double x, double t, double viscosity, const HermiteRule& rule) {
  const double reach = 2 * std::sqrt(viscosity * t);
  double above = 0, below = 0;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
    const double y = x - reach * rule.nodes[i];
    // At most one: the exponential would overflow for a small viscosity otherwise.
    const double f = rule.weights[i] * std::exp(-(1 + std::cos(pi * y)) / (2 * pi * viscosity));
    above += f * std::sin(pi * y);
    below += f;
  }
  return -above / below;
}

}  // namespace banach
