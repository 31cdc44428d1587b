// SPDX-License-Identifier: Apache-2.0
// Time steps for stiff spectral systems u' = L u + N(u) with a diagonal L.
#pragma once
#include <cmath>
#include <complex>
#include <cstddef>
#include <utility>
#include <vector>

namespace banach {

/// Exponential time differencing of fourth order (Cox and Matthews 2002, equations 26-29).
/// Immutable: one serves all threads.
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
  // sum over j of z^j / (j + k)!: of phi_k, near z = 0 where its closed form cancels.
  static double phi(int k, double z) {
    double term = 1;
    for (int j = 2; j <= k; ++j) term /= j;
    double sum = term;
    for (int j = 1; j <= 26; ++j) sum += term *= z / (j + k);
    return sum;
  }
  void add(double z, double dt) {
    const double e = std::exp(z), half = std::exp(z / 2), z3 = z * z * z;
    Factors f{e, half, 0, 0, 0, 0};
    if (std::abs(z) < 2) {
      const double one = phi(1, z), two = phi(2, z), three = phi(3, z);
      f.q = phi(1, z / 2) / 2;
      f.f1 = one - 3 * two + 4 * three;
      f.f2 = 2 * two - 4 * three;
      f.f3 = 4 * three - two;
    } else {
      f.q = (half - 1) / z;
      f.f1 = (-4 - z + e * (4 - 3 * z + z * z)) / z3;
      f.f2 = 2 * (2 + z + e * (z - 2)) / z3;
      f.f3 = (-4 - 3 * z - z * z + e * (4 - z)) / z3;
    }
    for (double* value : {&f.q, &f.f1, &f.f2, &f.f3}) *value *= dt;
    factors_.push_back(f);
  }
  std::vector<Factors> factors_;
};

}  // namespace banach
