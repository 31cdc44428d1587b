// SPDX-License-Identifier: Apache-2.0
// Gaussian random functions for data generators. They are drawn as coefficients of a series, so
// that the function is the same on every grid.
#pragma once
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <vector>

#include "banach/error.hpp"
#include "banach/stream.hpp"

namespace banach {

/// Paths on [lower, upper] of zero mean and covariance exp(-(x - y)^2 / (2 length^2)), exactly:
/// with z = (x - centre) / length, u(x) = sum_n xi_n b_n(x), b_n = exp(-z^2 / 2) z^n / sqrt(n!),
/// xi_n independent standard normal numbers, because sum_n b_n(x) b_n(y) is the covariance.
class GaussianProcess {
 public:
  /// ConfigError for a length below a fiftieth of the interval.
  GaussianProcess(double length, double lower = 0, double upper = 1)
      : length_(length), lower_(lower), centre_((lower + upper) / 2) {
    const double z2 = std::pow((upper - lower) / (2 * length), 2);
    if (!(z2 <= 625))
      throw ConfigError("a length of " + std::to_string(length) +
                        " is too short; a fiftieth of the interval is the least");
    // b_n(x)^2 are the chances of a Poisson variable of mean z^2: none is left ten spreads above.
    terms_ = static_cast<std::size_t>(z2 + 10 * std::sqrt(z2) + 40);
  }
  std::size_t terms() const { return terms_; }

  /// The coefficients of one path.
  std::vector<double> draw(const Stream& stream) const {
    std::vector<double> xi(terms_);
    stream.normal(static_cast<std::int64_t>(terms_), xi.data());
    return xi;
  }
  double value(const std::vector<double>& xi, double x) const {
    return sum(xi, x, [](std::size_t, double b, double) { return b; });
  }
  double derivative(const std::vector<double>& xi, double x) const {
    const double z = (x - centre_) / length_;
    return sum(xi, x, [this, z](std::size_t n, double b, double before) {
      return (std::sqrt(static_cast<double>(n)) * before - z * b) / length_;
    });
  }
  /// The integral from `lower` to x: int b_n = -b_(n-1) / sqrt(n) + sqrt((n-1) / n) int b_(n-2).
  double integral(const std::vector<double>& xi, double x) const {
    return primitive(xi, x) - primitive(xi, lower_);
  }
  /// b_n(x) for all n.
  std::vector<double> basis(double x) const {
    std::vector<double> out(terms_);
    const std::vector<double> ones(terms_, 1.0);
    sum(ones, x, [&](std::size_t n, double b, double) { return out[n] = b; });
    return out;
  }

 private:
  template <class Part>
  double sum(const std::vector<double>& xi, double x, Part part) const {
    const double z = (x - centre_) / length_;
    double b = std::exp(-z * z / 2), before = 0, total = 0;
    for (std::size_t n = 0; n < terms_; ++n) {
      total += xi[n] * part(n, b, before);
      before = b;
      b *= z / std::sqrt(static_cast<double>(n + 1));
    }
    return total;
  }
  double primitive(const std::vector<double>& xi, double x) const {
    const double z = (x - centre_) / length_;
    double two = 0, one = 1.2533141373155003 * std::erf(z / std::sqrt(2.0));  // sqrt(pi / 2)
    return length_ * sum(xi, x, [&](std::size_t n, double, double before) {
             if (n == 0) return one;
             const double k = static_cast<double>(n);
             const double next = -before / std::sqrt(k) + std::sqrt((k - 1) / k) * two;
             two = one;
             return one = next;
           });
  }

  double length_, lower_, centre_;
  std::size_t terms_;
};

/// A random Fourier series on [0, 1): c_k for k = 0 .. modes with sum_k c_k exp(2 pi i k x) + c.c.
/// a field of N(0, sigma^2 (-Laplace + tau^2)^(-gamma)) without its mean: mode k is sqrt(2) sigma
/// ((2 pi k)^2 + tau^2)^(-gamma / 2) (xi cos 2 pi k x + eta sin 2 pi k x). The first modes do not
/// depend on how many there are.
inline std::vector<std::complex<double>> random_fourier_series(const Stream& stream,
                                                               std::size_t modes, double sigma,
                                                               double tau, double gamma) {
  std::vector<double> xi(2 * modes);
  stream.normal(static_cast<std::int64_t>(xi.size()), xi.data());
  std::vector<std::complex<double>> c(modes + 1);
  for (std::size_t k = 1; k <= modes; ++k) {
    const double wave = 6.283185307179586 * static_cast<double>(k);
    const double deviation = sigma * std::pow(wave * wave + tau * tau, -gamma / 2);
    c[k] = deviation / std::sqrt(2.0) * std::complex<double>(xi[2 * k - 2], -xi[2 * k - 1]);
  }
  return c;
}

/// The coefficients [n / 2 + 1] of the series that has the same values at the n points j / n, of a
/// real series given by c_k for k >= 0, however many there are: what RealFourier::backward sums.
template <class Series>
void fold_fourier_series(const Series& c, std::size_t n, std::complex<double>* out) {
  for (std::size_t m = 0; m <= n / 2; ++m) out[m] = 0;
  for (std::size_t k = 0; k < c.size(); ++k) {
    const std::size_t m = k % n, mirrored = (n - m) % n;
    if (m <= n / 2) out[m] += c[k];
    if (k > 0 && mirrored <= n / 2) out[mirrored] += std::conj(c[k]);
  }
}

/// One term c exp(2 pi i (k1 x + k2 y)) + c.c. of a real Fourier series on [0, 1)^2.
struct PlaneMode {
  int k1, k2;
  std::complex<double> c;
};

/// The terms of a field of N(0, sigma^2 (-Laplace + tau^2)^(-gamma)) on [0, 1)^2, periodic, without
/// its mean, for |k1|, |k2| <= modes; the first ones do not depend on how many there are.
inline std::vector<PlaneMode> random_plane_modes(const Stream& stream, int modes, double sigma,
                                                 double tau, double gamma) {
  std::vector<PlaneMode> out;
  for (int s = 1; s <= modes; ++s) {
    for (int k1 = -s; k1 <= s; ++k1) out.push_back({k1, s, {}});
    for (int k2 = 0; k2 < s; ++k2) out.push_back({s, k2, {}});
    for (int k2 = 1; k2 < s; ++k2) out.push_back({-s, k2, {}});
  }
  std::vector<double> xi(2 * out.size());
  stream.normal(static_cast<std::int64_t>(xi.size()), xi.data());
  for (std::size_t i = 0; i < out.size(); ++i) {
    PlaneMode& m = out[i];
    const double k_squared = m.k1 * m.k1 + m.k2 * m.k2;
    const double deviation =
        sigma * std::pow(39.47841760435743 * k_squared + tau * tau, -gamma / 2);  // 4 pi^2
    m.c = deviation / std::sqrt(2.0) * std::complex<double>(xi[2 * i], -xi[2 * i + 1]);
  }
  return out;
}

/// The coefficients [n, n / 2 + 1] of the series that has the same values on the grid (i / n, j /
/// n), of x and y: what RealFourier::backward sums.
inline void fold_plane_modes(const std::vector<PlaneMode>& modes, int n,
                             std::complex<double>* out) {
  const int half = n / 2 + 1;
  const auto place = [n](int k) { return (k % n + n) % n; };
  for (int i = 0; i < n * half; ++i) out[i] = 0;
  for (const PlaneMode& m : modes) {
    if (place(m.k2) < half) out[place(m.k1) * half + place(m.k2)] += m.c;
    if (place(-m.k2) < half) out[place(-m.k1) * half + place(-m.k2)] += std::conj(m.c);
  }
}

/// One term c cos(pi k1 x) cos(pi k2 y); k2 = 0 in one dimension.
struct CosineMode {
  int k1, k2;
  double c;
};

/// The terms of a field of N(0, sigma^2 (-Laplace + tau^2)^(-gamma)) on [0, 1] or (dimensions = 2)
/// [0, 1]^2 with vanishing normal derivative at the boundary, without its mean, for k <= modes; the
/// first ones do not depend on how many there are.
inline std::vector<CosineMode> random_cosine_modes(const Stream& stream, int dimensions, int modes,
                                                   double sigma, double tau, double gamma) {
  std::vector<CosineMode> out;
  for (int s = 1; s <= modes; ++s) {
    if (dimensions > 1)
      for (int k1 = 0; k1 <= s; ++k1) out.push_back({k1, s, 0});
    for (int k2 = 0; k2 < (dimensions > 1 ? s : 1); ++k2) out.push_back({s, k2, 0});
  }
  std::vector<double> xi(out.size());
  stream.normal(static_cast<std::int64_t>(xi.size()), xi.data());
  for (std::size_t i = 0; i < out.size(); ++i) {
    CosineMode& m = out[i];
    const double k_squared = m.k1 * m.k1 + m.k2 * m.k2;
    const double norm = (m.k1 > 0 ? std::sqrt(2.0) : 1) * (m.k2 > 0 ? std::sqrt(2.0) : 1);
    m.c = norm * xi[i] * sigma * std::pow(9.869604401089358 * k_squared + tau * tau, -gamma / 2);
  }
  return out;
}

/// The coefficients [n] or [n, n] that FFTW_REDFT00 turns into the values at the nodes i / (n - 1).
inline void fold_cosine_modes(const std::vector<CosineMode>& modes, int dimensions, int n,
                              double* out) {
  const auto place = [n](int k) { return std::min(k % (2 * n - 2), 2 * n - 2 - k % (2 * n - 2)); };
  const auto weight = [n](int k) { return k == 0 || k == n - 1 ? 1.0 : 0.5; };
  for (int i = 0; i < (dimensions > 1 ? n * n : n); ++i) out[i] = 0;
  for (const CosineMode& m : modes) {
    const int k1 = place(m.k1), k2 = place(m.k2);
    if (dimensions > 1)
      out[k1 * n + k2] += m.c * weight(k1) * weight(k2);
    else
      out[k1] += m.c * weight(k1);
  }
}

}  // namespace banach
