// SPDX-License-Identifier: Apache-2.0
// burgers: u_t + u u_x = nu u_xx on [0, 1), periodic, from a random u(x, 0).
#include <algorithm>
#include <banach/etdrk4.hpp>
#include <banach/fourier.hpp>
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;
using Complex = std::complex<double>;

struct BurgersParameters {
  double viscosity = 0.1, time = 1;
  std::int64_t points = 1024, times = 1;
  bool closed = false;
  double gamma = 2, tau = 5, sigma = 25;
  std::int64_t modes = 4096, resolution = 512, steps = 400;
};
void describe(Schema<BurgersParameters>& s) {
  using P = BurgersParameters;
  s.field("viscosity", &P::viscosity, "nu in u_t + u u_x = nu u_xx").positive();
  s.field("time", &P::time, "T, of the last output").positive();
  s.field("points", &P::points, "numbers stored along x").at_least(4).at_most(1 << 20);
  s.field("times", &P::times, "1: u(x, T) alone; n: u(x, t) at n times from 0 to T")
      .at_least(1)
      .at_most(1 << 20);
  s.field("closed", &P::closed, "store x = 1 as well, which equals x = 0");
  s.field("gamma", &P::gamma, "u(x, 0) ~ N(0, sigma^2 (-Laplace + tau^2)^(-gamma)), mean 0")
      .positive();
  s.field("tau", &P::tau, "its inverse length").at_least(0);
  s.field("sigma", &P::sigma, "its size").positive();
  s.field("modes", &P::modes, "Fourier modes of u(x, 0)").at_least(1).at_most(1 << 20);
  s.field("resolution", &P::resolution, "points of the solver; 2/3 of their modes are used")
      .at_least(8)
      .at_most(65536);
  s.field("steps", &P::steps, "time steps of the solver").at_least(1);
}

class Burgers final : public Generator {
 public:
  using Parameters = BurgersParameters;
  explicit Burgers(const BurgersParameters& p)
      : p_(p),
        used_(static_cast<std::size_t>((p.resolution - 1) / 3) + 1),
        distinct_(static_cast<std::size_t>(p.points - (p.closed ? 1 : 0))),
        intervals_(p.times > 1 ? p.times - 1 : 1),
        substeps_((p.steps + intervals_ - 1) / intervals_),
        solver_({static_cast<int>(p.resolution)}),
        stored_({static_cast<int>(distinct_)}),
        stepper_(decay(), p.time / static_cast<double>(intervals_ * substeps_)) {}

  std::vector<GeneratedAxis> axes() const override {
    GeneratedAxis x{"x", {}, !p_.closed}, t{"t", {}, false};
    for (std::int64_t i = 0; i < p_.points; ++i)
      x.values.push_back(static_cast<double>(i) / static_cast<double>(distinct_));
    for (std::int64_t i = 0; i < p_.times; ++i)
      t.values.push_back(p_.time * static_cast<double>(i) / static_cast<double>(intervals_));
    return p_.times > 1 ? std::vector{t, x} : std::vector{x};
  }
  std::vector<GeneratedVariable> variables() const override {
    if (p_.times > 1) return {{"u0", {"x"}, true, "u(x, 0)"}, {"u", {"t", "x"}, false, "u(x, t)"}};
    return {{"u0", {"x"}, true, "u(x, 0)"}, {"u", {"x"}, false, "u(x, T)"}};
  }

  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const auto start = random_fourier_series(stream, static_cast<std::size_t>(p_.modes), p_.sigma,
                                             p_.tau, p_.gamma);
    store(start, out[0]);
    Etdrk4<>::Vector u(used_);
    for (std::size_t k = 0; k < std::min(used_, start.size()); ++k) u[k] = start[k];
    Etdrk4<>::Work work(used_);
    const FourierBuffer<double> real(solver_.numbers());
    const FourierBuffer<Complex> complex(solver_.coefficients());
    const auto flux = [&](const Etdrk4<>::Vector& in, Etdrk4<>::Vector& result) {
      nonlinear(in, real, complex, result);
    };
    if (p_.times > 1) store(start, out[1]);
    for (std::int64_t i = 0; i < intervals_; ++i) {
      for (std::int64_t k = 0; k < substeps_; ++k) stepper_.step(u, work, flux);
      store(u, out[1] + (p_.times > 1 ? (i + 1) * p_.points : 0));
    }
    check(u);
  }

 private:
  static constexpr double two_pi = 6.283185307179586;

  std::vector<double> decay() const {
    std::vector<double> out;
    for (std::size_t k = 0; k < used_; ++k)
      out.push_back(-p_.viscosity * std::pow(two_pi * static_cast<double>(k), 2));
    return out;
  }

  // -(u^2 / 2)_x
  void nonlinear(const Etdrk4<>::Vector& in, const FourierBuffer<double>& real,
                 const FourierBuffer<Complex>& complex, Etdrk4<>::Vector& result) const {
    std::fill(std::copy(in.begin(), in.end(), complex.begin()), complex.end(), 0.0);
    solver_.backward(complex.data(), real.data());
    for (double& value : real) value *= value;
    solver_.forward(real.data(), complex.data());
    for (std::size_t k = 0; k < used_; ++k) {
      const double wave = two_pi * static_cast<double>(k) / 2;
      result[k] = {wave * complex[k].imag(), -wave * complex[k].real()};
    }
  }

  void store(const std::vector<Complex>& series, double* out) const {
    const FourierBuffer<double> real(stored_.numbers());
    const FourierBuffer<Complex> complex(stored_.coefficients());
    fold_fourier_series(series, distinct_, complex.data());
    stored_.backward(complex.data(), real.data());
    std::copy(real.begin(), real.end(), out);
    if (p_.closed) out[distinct_] = out[0];
  }

  void check(const Etdrk4<>::Vector& u) const {
    double all = 0, last = 0;
    for (std::size_t k = 0; k < used_; ++k) {
      all += std::norm(u[k]);
      if (k > used_ * 9 / 10) last += std::norm(u[k]);
    }
    if (!(last <= 1e-12 * all))
      throw DataError("u(x, T) is not resolved: raise resolution and steps");
  }

  BurgersParameters p_;
  std::size_t used_, distinct_;
  std::int64_t intervals_, substeps_;
  RealFourier solver_, stored_;
  Etdrk4<> stepper_;
};
}  // namespace

BANACH_PLUGIN("burgers", "0.1.0", registry) {
  registry.generator<Burgers>("burgers", "Burgers' equation, periodic: u(x, 0) to u(x, T)");
}
