// SPDX-License-Identifier: Apache-2.0
// heat_conductivity: u_t = (k u_x)_x on [0, 1], u = 0 at the ends, u(x, 0) = sin(pi x), for a
// random k.
#include <algorithm>
#include <banach/classical.hpp>
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;

struct HeatParameters {
  double mean = 0.1, sigma = 0.5, length = 0.2, time = 1;
  std::int64_t points = 100, times = 101, nodes = 48;
};
void describe(Schema<HeatParameters>& s) {
  using P = HeatParameters;
  s.field("mean", &P::mean, "m in k(x) = m exp(g(x)), g Gaussian").positive();
  s.field("sigma", &P::sigma, "covariance of g: sigma^2 exp(-(x-y)^2 / (2 length^2)); 0: k = mean")
      .at_least(0);
  s.field("length", &P::length, "length of g").at_least(0.02);
  s.field("time", &P::time, "T; t is in [0, T]").positive();
  s.field("points", &P::points, "along x in [0, 1]").at_least(2).at_most(1 << 20);
  s.field("times", &P::times, "along t").at_least(2).at_most(1 << 20);
  s.field("nodes", &P::nodes, "degree of the Chebyshev collocation").at_least(8).at_most(128);
}

/// A square matrix, row major.
struct Matrix {
  std::size_t n;
  std::vector<double> a;
  explicit Matrix(std::size_t size) : n(size), a(size * size) {}

  friend Matrix operator*(const Matrix& p, const Matrix& q) {
    Matrix out(p.n);
    for (std::size_t i = 0; i < p.n; ++i)
      for (std::size_t k = 0; k < p.n; ++k)
        for (std::size_t j = 0; j < p.n; ++j)
          out.a[i * p.n + j] += p.a[i * p.n + k] * q.a[k * p.n + j];
    return out;
  }
};

/// exp(m): the Taylor polynomial of m / 2^s, squared s times.
Matrix exponential(Matrix m) {
  double largest = 0;
  for (std::size_t i = 0; i < m.n; ++i) {
    double row = 0;
    for (std::size_t j = 0; j < m.n; ++j) row += std::abs(m.a[i * m.n + j]);
    largest = std::max(largest, row);
  }
  const int squarings = std::max(0, 2 + static_cast<int>(std::ceil(std::log2(largest))));
  for (double& x : m.a) x = std::ldexp(x, -squarings);
  constexpr int degree = 11;  // 0.25^12 / 12! < 2e-16
  Matrix out(m.n);
  for (int k = degree; k >= 0; --k) {
    out = out * m;
    for (double& x : out.a) x /= k + 1;
    for (std::size_t i = 0; i < m.n; ++i) out.a[i * m.n + i] += 1;
  }
  for (int i = 0; i < squarings; ++i) out = out * out;
  return out;
}

class HeatConductivity final : public Generator {
 public:
  using Parameters = HeatParameters;
  explicit HeatConductivity(const HeatParameters& p)
      : p_(p),
        process_(p.length),
        nodes_(chebyshev_nodes(static_cast<int>(p.nodes), 0, 1)),
        derivative_(chebyshev_derivative(static_cast<int>(p.nodes), 0, 1)) {
    for (std::int64_t i = 0; i < p.points; ++i) x_.push_back(double(i) / double(p.points - 1));
    for (std::int64_t i = 0; i < p.times; ++i)
      t_.push_back(p.time * double(i) / double(p.times - 1));
  }

  std::vector<GeneratedAxis> axes() const override { return {{"t", t_, false}, {"x", x_, false}}; }
  std::vector<GeneratedVariable> variables() const override {
    return {{"k", {"x"}, true, "conductivity"}, {"u", {"t", "x"}, false, "temperature"}};
  }

  // One exact step in time, taken again and again.
  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const auto xi = process_.draw(stream);
    const auto k = [&](double x) { return p_.mean * std::exp(p_.sigma * process_.value(xi, x)); };
    for (std::size_t i = 0; i < x_.size(); ++i) out[0][i] = k(x_[i]);
    const Matrix step = exponential(scaled_operator(k));
    std::vector<double> u(nodes_.size(), 0.0), next = u;
    for (std::size_t i = 1; i + 1 < u.size(); ++i)
      u[i] = std::sin(3.14159265358979323846 * nodes_[i]);
    for (std::size_t frame = 0; frame < t_.size(); ++frame) {
      const auto values = chebyshev_interpolate(u, 0, 1, x_);
      std::copy(values.begin(), values.end(), out[1] + frame * x_.size());
      for (std::size_t i = 0; i < step.n; ++i) {
        next[i + 1] = 0;
        for (std::size_t j = 0; j < step.n; ++j) next[i + 1] += step.a[i * step.n + j] * u[j + 1];
      }
      u.swap(next);
    }
  }

 private:
  /// dt (k u_x)_x at the inner nodes, of values there.
  template <class K>
  Matrix scaled_operator(K k) const {
    const std::size_t n = nodes_.size();
    Matrix first(n), flux(n), inner(n - 2);
    first.a = flux.a = derivative_;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) flux.a[i * n + j] *= k(nodes_[i]) * t_[1];
    const Matrix all = first * flux;
    for (std::size_t i = 0; i + 2 < n; ++i)
      for (std::size_t j = 0; j + 2 < n; ++j) inner.a[i * (n - 2) + j] = all.a[(i + 1) * n + j + 1];
    return inner;
  }

  HeatParameters p_;
  GaussianProcess process_;
  std::vector<double> nodes_, derivative_, x_, t_;
};
}  // namespace

BANACH_PLUGIN("heat_conductivity", "0.1.0", registry) {
  registry.generator<HeatConductivity>("heat_conductivity",
                                       "heat in a rod: conductivity k(x) to temperature u(x, t)");
}
