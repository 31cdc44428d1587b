// SPDX-License-Identifier: Apache-2.0
// Time steps for stiff spectral systems u' = L u + N(u) with a diagonal L.
#pragma once
#include <cmath>
#include <complex>
#include <cstddef>
#include <utility>
#include <vector>

namespace banach {

/// Exponential time differencing of fourth order (Cox and Matthews 2002, equations 26-29) with
/// coefficients by contour integrals (Kassam and Trefethen 2005). Immutable: one serves all
/// threads.
template <class Scalar = std::complex<double>>
class Etdrk4 {
 public:
  using Vector = std::vector<Scalar>;
  /// Real eigenvalues `linear`, time step `dt`.
  Etdrk4(const std::vector<double>& linear, double dt) {
    for (const double l : linear) add(l * dt, dt);
  }

  /// Scratch space of one integration.
  struct Work {
    explicit Work(std::size_t n) : a(n), b(n), c(n), nu(n), na(n), nb(n), nc(n) {}
    Vector a, b, c, nu, na, nb, nc;
  };

  /// One step of `u`, any container of coefficients; nonlinear(in, out) computes N.
  template <class State, class Nonlinear>
  void step(State& u, Work& w, const Nonlinear& nonlinear) const {
    const std::size_t n = factors_.size();
    nonlinear(u, w.nu);
    for (std::size_t i = 0; i < n; ++i) w.a[i] = factors_[i].half * u[i] + factors_[i].q * w.nu[i];
    nonlinear(w.a, w.na);
    for (std::size_t i = 0; i < n; ++i) w.b[i] = factors_[i].half * u[i] + factors_[i].q * w.na[i];
    nonlinear(w.b, w.nb);
    for (std::size_t i = 0; i < n; ++i)
      w.c[i] = factors_[i].half * w.a[i] + factors_[i].q * (2.0 * w.nb[i] - w.nu[i]);
    nonlinear(w.c, w.nc);
    for (std::size_t i = 0; i < n; ++i) {
      const Factors& f = factors_[i];
      u[i] = f.full * u[i] + f.f1 * w.nu[i] + f.f2 * (w.na[i] + w.nb[i]) + f.f3 * w.nc[i];
    }
  }

 private:
  struct Factors {
    double full, half, q, f1, f2, f3;
  };
  // Means over a circle around z = l dt: no cancellation near z = 0. The upper half of the circle
  // is enough, the values being conjugate on the lower one.
  void add(double z, double dt) {
    constexpr int points = 32;
    Factors f{std::exp(z), std::exp(z / 2), 0, 0, 0, 0};
    for (int i = 0; i < points; ++i) {
      const std::complex<double> r =
          z + std::polar(1.0, 3.14159265358979323846 * (i + 0.5) / points);
      const std::complex<double> e = std::exp(r), r3 = r * r * r;
      f.q += ((std::exp(r / 2.0) - 1.0) / r).real();
      f.f1 += ((-4.0 - r + e * (4.0 - 3.0 * r + r * r)) / r3).real();
      f.f2 += (2.0 * (2.0 + r + e * (-2.0 + r)) / r3).real();
      f.f3 += ((-4.0 - 3.0 * r - r * r + e * (4.0 - r)) / r3).real();
    }
    for (double* value : {&f.q, &f.f1, &f.f2, &f.f3}) *value *= dt / points;
    factors_.push_back(f);
  }
  std::vector<Factors> factors_;
};

}  // namespace banach
