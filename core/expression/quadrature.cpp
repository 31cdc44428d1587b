// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "banach/problem.hpp"

namespace banach {

namespace {
void require(bool holds, const std::string& text) {
  if (!holds) throw ConfigError("quadrature: " + text);
}

constexpr int most_along = 10'000;         // finding n nodes takes n^2 operations
constexpr std::int64_t most = 10'000'000;  // of a product over several axes

void require_few(std::int64_t n, std::int64_t limit) {
  require(n <= limit, std::to_string(n) + " nodes: at most " + std::to_string(limit) +
                          " are possible; lower their number");
}
}  // namespace

Quadrature Quadrature::gauss(int n, double a, double b) {
  require(n >= 1 && a < b, "needs at least one node and an interval [a, b] with a < b");
  require_few(n, most_along);
  Quadrature q;
  q.nodes.resize(static_cast<std::size_t>(n));
  q.weights.resize(q.nodes.size());
  for (int i = 0; i < n; ++i) {
    // Newton's method on the Legendre polynomial from the Chebyshev guess.
    double x = std::cos(pi * (i + 0.75) / (n + 0.5)), slope = 1;
    for (int iteration = 0; iteration < 100; ++iteration) {
      double p = 1, before = 0;
      for (int k = 0; k < n; ++k) {
        const double next = ((2 * k + 1) * x * p - k * before) / (k + 1);
        before = p;
        p = next;
      }
      slope = n * (x * p - before) / (x * x - 1);
      const double step = p / slope;
      x -= step;
      if (std::abs(step) < 1e-15) break;
    }
    const auto place = static_cast<std::size_t>(n - 1 - i);
    q.nodes[place] = a + (b - a) * (x + 1) / 2;
    q.weights[place] = (b - a) / ((1 - x * x) * slope * slope);
  }
  return q;
}

Quadrature Quadrature::trapezoid(int n, double a, double b) {
  require(n >= 2 && a < b, "the trapezoid rule needs two nodes and an interval [a, b] with a < b");
  require_few(n, most);
  Quadrature q;
  const double h = (b - a) / (n - 1);
  for (int i = 0; i < n; ++i) {
    q.nodes.push_back(a + h * i);
    q.weights.push_back(i == 0 || i == n - 1 ? h / 2 : h);
  }
  return q;
}

Quadrature Quadrature::clenshaw_curtis(int n, double a, double b) {
  require(n >= 2 && a < b, "Clenshaw-Curtis needs two nodes and an interval [a, b] with a < b");
  require_few(n, most_along);
  Quadrature q;
  const int m = n - 1;
  for (int i = m; i >= 0; --i) {
    const double theta = pi * i / m;
    double w = 1;
    for (int k = 1; 2 * k <= m; ++k)
      w -= (2 * k == m ? 1.0 : 2.0) * std::cos(2 * k * theta) / (4.0 * k * k - 1);
    q.nodes.push_back(a + (b - a) * (std::cos(theta) + 1) / 2);
    q.weights.push_back((b - a) / 2 * w * (i == 0 || i == m ? 1.0 : 2.0) / m);
  }
  return q;
}

Quadrature Quadrature::monte_carlo(int n, double a, double b) {
  require(n >= 1 && a < b, "Monte Carlo needs a node and an interval [a, b] with a < b");
  require_few(n, most);
  Quadrature q;
  q.random = true;
  q.nodes = {a, b};
  q.weights.assign(static_cast<std::size_t>(n), (b - a) / n);
  return q;
}

Quadrature Quadrature::times(const Quadrature& other) const {
  require(random == other.random, "random nodes cannot be multiplied with a fixed rule");
  Quadrature q;
  q.axes = axes + other.axes;
  if (random) {
    q.random = true;
    q.nodes = nodes;
    q.nodes.insert(q.nodes.end(), other.nodes.begin(), other.nodes.end());
    double volume = 1;
    for (int a = 0; a < other.axes; ++a) volume *= other.nodes[2 * a + 1] - other.nodes[2 * a];
    for (const double w : weights) q.weights.push_back(w * volume);
    return q;
  }
  require_few(static_cast<std::int64_t>(weights.size() * other.weights.size()), most);
  for (std::size_t i = 0; i < weights.size(); ++i)
    for (std::size_t j = 0; j < other.weights.size(); ++j) {
      q.weights.push_back(weights[i] * other.weights[j]);
      for (int a = 0; a < axes; ++a) q.nodes.push_back(nodes[i * axes + a]);
      for (int a = 0; a < other.axes; ++a) q.nodes.push_back(other.nodes[j * other.axes + a]);
    }
  return q;
}

}  // namespace banach
