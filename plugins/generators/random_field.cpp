// SPDX-License-Identifier: Apache-2.0
// random_field: Gaussian random functions on an interval or a square, alone.
#include <algorithm>
#include <banach/fourier.hpp>
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;
using Complex = std::complex<double>;

struct RandomFieldParameters {
  std::string kernel = "rbf";
  std::int64_t dimensions = 1, points = 100, modes = 64;
  double length = 0.2, gamma = 2, tau = 5, sigma = 1;
};
void describe(Schema<RandomFieldParameters>& s) {
  using P = RandomFieldParameters;
  s.field("kernel", &P::kernel,
          "rbf: covariance sigma^2 exp(-|x - y|^2 / (2 length^2)); periodic, neumann: N(0, sigma^2 "
          "(-Laplace + tau^2)^(-gamma)) without mean, with that condition at the boundary")
      .one_of({"rbf", "periodic", "neumann"});
  s.field("dimensions", &P::dimensions, "1: on [0, 1]; 2: on [0, 1]^2").one_of({1, 2});
  s.field("points", &P::points, "along each axis; periodic ones without the right end")
      .at_least(2)
      .at_most(16384);
  s.field("length", &P::length, "of rbf").at_least(0.02);
  s.field("modes", &P::modes, "highest wave number of periodic, neumann").at_least(1).at_most(4096);
  s.field("gamma", &P::gamma, "smoothness of periodic, neumann").positive();
  s.field("tau", &P::tau, "inverse length of periodic, neumann").at_least(0);
  s.field("sigma", &P::sigma, "size").positive();
}

class RandomField final : public Generator {
 public:
  using Parameters = RandomFieldParameters;
  explicit RandomField(const RandomFieldParameters& p)
      : p_(p), n_(static_cast<int>(p.points)), process_(p.length) {
    const std::vector<int> shape(static_cast<std::size_t>(p.dimensions), n_);
    if (p.kernel == "periodic") fourier_ = std::make_unique<RealFourier>(shape);
    if (p.kernel == "neumann") cosines_ = std::make_unique<RealTransform>(shape, FFTW_REDFT00);
    if (p.kernel == "rbf")
      for (int i = 0; i < n_; ++i) basis_.push_back(process_.basis(node(i)));
  }

  std::vector<GeneratedAxis> axes() const override {
    GeneratedAxis x{"x", {}, p_.kernel == "periodic"};
    for (int i = 0; i < n_; ++i) x.values.push_back(node(i));
    GeneratedAxis y = x;
    y.name = "y";
    return p_.dimensions > 1 ? std::vector{x, y} : std::vector{x};
  }
  std::vector<GeneratedVariable> variables() const override {
    if (p_.dimensions > 1) return {{"u", {"x", "y"}, true, "u(x, y)"}};
    return {{"u", {"x"}, true, "u(x)"}};
  }

  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    if (fourier_) return periodic(stream, out[0]);
    if (cosines_) return neumann(stream, out[0]);
    p_.dimensions > 1 ? rbf_square(stream, out[0]) : rbf(stream, out[0]);
  }

 private:
  double node(int i) const { return double(i) / (p_.kernel == "periodic" ? n_ : n_ - 1); }

  static double dot(const std::vector<double>& a, const double* b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }
  void rbf(const Stream& stream, double* out) const {
    const auto xi = process_.draw(stream);
    for (const auto& basis : basis_) *out++ = p_.sigma * dot(basis, xi.data());
  }
  // Row by row of the coefficients first: sum_m b_m(y) (sum_n b_n(x) xi_mn).
  void rbf_square(const Stream& stream, double* out) const {
    const std::size_t n = process_.terms();
    std::vector<double> xi(n * n), rows(n);
    stream.normal(static_cast<std::int64_t>(n * n), xi.data());
    for (const auto& x : basis_) {
      for (std::size_t m = 0; m < n; ++m) rows[m] = dot(x, xi.data() + m * n);
      for (const auto& y : basis_) *out++ = p_.sigma * dot(y, rows.data());
    }
  }
  void periodic(const Stream& stream, double* out) const {
    const FourierBuffer<Complex> c(fourier_->coefficients());
    const FourierBuffer<double> real(fourier_->numbers());
    const int modes = static_cast<int>(p_.modes);
    if (p_.dimensions > 1)
      fold_plane_modes(random_plane_modes(stream, modes, p_.sigma, p_.tau, p_.gamma), n_, c.data());
    else
      fold_fourier_series(random_fourier_series(stream, static_cast<std::size_t>(modes), p_.sigma,
                                                p_.tau, p_.gamma),
                          static_cast<std::size_t>(n_), c.data());
    fourier_->backward(c.data(), real.data());
    std::copy(real.begin(), real.end(), out);
  }
  void neumann(const Stream& stream, double* out) const {
    const int d = static_cast<int>(p_.dimensions), modes = static_cast<int>(p_.modes);
    const FourierBuffer<double> real(static_cast<std::size_t>(d > 1 ? n_ * n_ : n_));
    fold_cosine_modes(random_cosine_modes(stream, d, modes, p_.sigma, p_.tau, p_.gamma), d, n_,
                      real.data());
    (*cosines_)(real.data());
    std::copy(real.begin(), real.end(), out);
  }

  RandomFieldParameters p_;
  int n_;
  GaussianProcess process_;
  std::vector<std::vector<double>> basis_;
  std::unique_ptr<RealFourier> fourier_;
  std::unique_ptr<RealTransform> cosines_;
};
}  // namespace

BANACH_PLUGIN("random_field", "0.1.0", registry) {
  registry.generator<RandomField>("random_field", "Gaussian random functions in 1 or 2 dimensions");
}
