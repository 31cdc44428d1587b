// SPDX-License-Identifier: Apache-2.0
// darcy: -div(a grad u) = 1 on the unit square, u = 0 at its boundary, for a random a.
#include <algorithm>
#include <banach/fourier.hpp>
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;

struct DarcyParameters {
  std::int64_t points = 85, fine = 0, modes = 256;
  std::string field = "two_phase";
  double low = 3, high = 12, alpha = 2, tau = 3, sigma = 3, source = 1, tolerance = 1e-10;
};
void describe(Schema<DarcyParameters>& s) {
  using P = DarcyParameters;
  s.field("points", &P::points, "nodes stored along x and y, those at the boundary included")
      .at_least(3)
      .at_most(4097);
  s.field("fine", &P::fine,
          "nodes that the solution is computed on, every few of which are stored; "
          "0: the same")
      .at_least(0)
      .at_most(4097)
      .where("0 or at least 3", [](std::int64_t n) { return n == 0 || n >= 3; });
  s.field("field", &P::field, "two_phase: a is high where g >= 0, else low; lognormal: a = exp(g)")
      .one_of({"two_phase", "lognormal"});
  s.field("low", &P::low, "a where g < 0").positive();
  s.field("high", &P::high, "a where g >= 0").positive();
  s.field("alpha", &P::alpha,
          "g ~ N(0, sigma^2 (-Laplace + tau^2)^(-alpha)), mean 0, with vanishing "
          "normal derivative")
      .positive();
  s.field("tau", &P::tau, "its inverse length").at_least(0);
  s.field("sigma", &P::sigma, "its size; two_phase does not depend on it").positive();
  s.field("modes", &P::modes, "its highest wave number").at_least(1).at_most(4096);
  s.field("source", &P::source, "f in -div(a grad u) = f");
  s.field("tolerance", &P::tolerance, "of the solver: |residual| / |f|").positive();
}

// Conservative differences of second order on n x n nodes with spacing h: the flux between two
// neighbours is the harmonic mean of their a times their difference over h.
class Darcy final : public Generator {
 public:
  using Parameters = DarcyParameters;
  explicit Darcy(const DarcyParameters& p)
      : p_(p),
        n_(static_cast<int>(p.fine > 0 ? p.fine : p.points)),
        stride_((n_ - 1) / static_cast<int>(p.points - 1)),
        inner_(static_cast<std::size_t>((n_ - 2) * (n_ - 2))),
        cosines_({n_, n_}, FFTW_REDFT00),
        sines_({n_ - 2, n_ - 2}, FFTW_RODFT00) {
    if ((n_ - 1) % (p.points - 1) != 0)
      throw ConfigError("fine - 1 = " + std::to_string(n_ - 1) +
                        " is no multiple of points - 1 = " + std::to_string(p.points - 1));
    // Eigenvalues of the differences for a = 1, with the norm of the two sine transforms.
    const double norm = 4 * double(n_ - 1) * double(n_ - 1);
    for (int k = 1; k < n_ - 1; ++k)
      eigenvalues_.push_back(4 * std::pow(std::sin(1.5707963267948966 * k / (n_ - 1)), 2) * norm);
  }

  std::vector<GeneratedAxis> axes() const override {
    GeneratedAxis x{"x", {}, false};
    for (std::int64_t i = 0; i < p_.points; ++i)
      x.values.push_back(double(i) / double(p_.points - 1));
    return {x, {"y", x.values, false}};
  }
  std::vector<GeneratedVariable> variables() const override {
    return {{"a", {"x", "y"}, true, "permeability"}, {"u", {"x", "y"}, false, "pressure"}};
  }

  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const FourierBuffer<double> a(static_cast<std::size_t>(n_ * n_)), u(inner_);
    fold_cosine_modes(
        random_cosine_modes(stream, 2, static_cast<int>(p_.modes), p_.sigma, p_.tau, p_.alpha), 2,
        n_, a.data());
    cosines_(a.data());
    for (double& g : a) g = p_.field == "lognormal" ? std::exp(g) : g >= 0 ? p_.high : p_.low;
    solve(a, u);
    const int n = static_cast<int>(p_.points);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) {
        const int x = i * stride_, y = j * stride_;
        const bool rim = i == 0 || j == 0 || i == n - 1 || j == n - 1;
        out[0][i * n + j] = a[static_cast<std::size_t>(x * n_ + y)];
        out[1][i * n + j] = rim ? 0 : u[static_cast<std::size_t>((x - 1) * (n_ - 2) + y - 1)];
      }
  }

 private:
  using Buffer = FourierBuffer<double>;

  /// Harmonic means across the faces towards larger x and y, of all nodes.
  struct Faces {
    std::vector<double> x, y;
  };
  Faces faces(const Buffer& a) const {
    const std::size_t size = a.size(), row = static_cast<std::size_t>(n_);
    Faces f{std::vector<double>(size), std::vector<double>(size)};
    const auto mean = [&](std::size_t i, std::size_t k) { return 2 * a[i] * a[k] / (a[i] + a[k]); };
    for (std::size_t i = 0; i + row < size; ++i) f.x[i] = mean(i, i + row);
    for (std::size_t i = 0; i + 1 < size; ++i) f.y[i] = mean(i, i + 1);
    return f;
  }

  /// out = -h^2 div(a grad p) at inner nodes, and the product of both.
  double apply(const Faces& f, const Buffer& p, const Buffer& out) const {
    const int m = n_ - 2;
    double product = 0;
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < m; ++j) {
        const auto at = static_cast<std::size_t>(i * m + j),
                   node = static_cast<std::size_t>((i + 1) * n_ + j + 1);
        const auto row = static_cast<std::size_t>(m);
        const double north = f.x[node], south = f.x[node - static_cast<std::size_t>(n_)],
                     east = f.y[node], west = f.y[node - 1];
        double value = (north + south + east + west) * p[at];
        if (i > 0) value -= south * p[at - row];
        if (i < m - 1) value -= north * p[at + row];
        if (j > 0) value -= west * p[at - 1];
        if (j < m - 1) value -= east * p[at + 1];
        out[at] = value;
        product += value * p[at];
      }
    return product;
  }

  /// z = S L^-1 S r with L for a = 1, and S = 1 / sqrt(a) where a is smooth; returns (r, z).
  double precondition(const std::vector<double>& scale, const Buffer& r, const Buffer& z) const {
    const std::size_t m = eigenvalues_.size();
    for (std::size_t i = 0; i < inner_; ++i) z[i] = scale[i] * r[i];
    sines_(z.data());
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < m; ++j) z[i * m + j] /= eigenvalues_[i] + eigenvalues_[j];
    sines_(z.data());
    double product = 0;
    for (std::size_t i = 0; i < inner_; ++i) product += r[i] * (z[i] *= scale[i]);
    return product;
  }

  std::vector<double> scale(const Buffer& a) const {
    std::vector<double> out(inner_, 1.0);
    if (p_.field != "lognormal") return out;
    for (int i = 0; i < n_ - 2; ++i)
      for (int j = 0; j < n_ - 2; ++j)
        out[static_cast<std::size_t>(i * (n_ - 2) + j)] =
            1 / std::sqrt(a[static_cast<std::size_t>((i + 1) * n_ + j + 1)]);
    return out;
  }

  // Conjugate gradients.
  void solve(const Buffer& a, const Buffer& u) const {
    const auto f = faces(a);
    const auto s = scale(a);
    const Buffer r(inner_), z(inner_), p(inner_), q(inner_);
    const double h = 1.0 / (n_ - 1);
    std::fill(r.begin(), r.end(), p_.source * h * h);
    const double limit = p_.tolerance * p_.tolerance * square(r);
    double rz = precondition(s, r, z);
    std::copy(z.begin(), z.end(), p.begin());
    for (int step = 0; square(r) > limit; ++step) {
      if (step == 1000) throw DataError("conjugate gradients have not converged in 1000 steps");
      const double alpha = rz / apply(f, p, q);
      for (std::size_t i = 0; i < inner_; ++i) {
        u[i] += alpha * p[i];
        r[i] -= alpha * q[i];
      }
      const double before = rz;
      rz = precondition(s, r, z);
      for (std::size_t i = 0; i < inner_; ++i) p[i] = z[i] + rz / before * p[i];
    }
  }
  static double square(const Buffer& r) {
    double sum = 0;
    for (const double value : r) sum += value * value;
    return sum;
  }

  DarcyParameters p_;
  int n_, stride_;
  std::size_t inner_;
  RealTransform cosines_, sines_;
  std::vector<double> eigenvalues_;
};
}  // namespace

BANACH_PLUGIN("darcy", "0.1.0", registry) {
  registry.generator<Darcy>("darcy", "Darcy flow on the unit square: permeability to pressure");
}
