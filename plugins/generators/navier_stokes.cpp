// SPDX-License-Identifier: Apache-2.0
// navier_stokes: w_t + v . grad w = nu Laplace w + f on [0, 1)^2, periodic, from a random
// vorticity.
#include <algorithm>
#include <banach/etdrk4.hpp>
#include <banach/fourier.hpp>
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;
using Complex = std::complex<double>;
constexpr double two_pi = 6.283185307179586;

struct NavierStokesParameters {
  double viscosity = 1e-3, time = 50, force = 0.1, gamma = 2.5, tau = 7, sigma = 26.19160170741759;
  std::int64_t points = 64, frames = 50, modes = 32, resolution = 64, steps = 2500;
  std::string start = "random";
};
void describe(Schema<NavierStokesParameters>& s) {
  using P = NavierStokesParameters;
  s.field("viscosity", &P::viscosity, "nu").positive();
  s.field("time", &P::time, "T, of the last frame").positive();
  s.field("frames", &P::frames, "stored at T / frames, ..., T").at_least(1).at_most(1 << 20);
  s.field("force", &P::force, "F in f = F (sin 2 pi (x + y) + cos 2 pi (x + y))");
  s.field("points", &P::points, "stored along x and y in [0, 1)").at_least(4).at_most(8192);
  s.field("start", &P::start,
          "random, or taylor_green: 4 pi cos(2 pi x) cos(2 pi y), for which the "
          "solution is known where F = 0")
      .one_of({"random", "taylor_green"});
  s.field("gamma", &P::gamma, "w(x, y, 0) ~ N(0, sigma^2 (-Laplace + tau^2)^(-gamma)), mean 0")
      .positive();
  s.field("tau", &P::tau, "its inverse length").at_least(0);
  s.field("sigma", &P::sigma, "its size").positive();
  s.field("modes", &P::modes, "its highest wave number").at_least(1).at_most(4096);
  s.field("resolution", &P::resolution,
          "points of the solver along x and y; 2/3 of their modes are "
          "used")
      .at_least(8)
      .at_most(8192);
  s.field("steps", &P::steps, "time steps of the solver").at_least(1);
}

class NavierStokes final : public Generator {
 public:
  using Parameters = NavierStokesParameters;
  explicit NavierStokes(const NavierStokesParameters& p)
      : p_(p),
        n_(static_cast<int>(p.resolution)),
        last_((n_ - 1) / 3),
        used_(used_modes()),
        substeps_((p.steps + p.frames - 1) / p.frames),
        solver_({n_, n_}),
        stored_({static_cast<int>(p.points), static_cast<int>(p.points)}),
        stepper_(decay(), p.time / double(p.frames * substeps_)) {}

  std::vector<GeneratedAxis> axes() const override {
    GeneratedAxis x{"x", {}, true}, t{"t", {}, false};
    for (std::int64_t i = 0; i < p_.points; ++i) x.values.push_back(double(i) / double(p_.points));
    for (std::int64_t i = 1; i <= p_.frames; ++i)
      t.values.push_back(p_.time * double(i) / double(p_.frames));
    return {t, x, {"y", x.values, true}};
  }
  std::vector<GeneratedVariable> variables() const override {
    return {{"w0", {"x", "y"}, true, "vorticity at t = 0"},
            {"w", {"t", "x", "y"}, false, "vorticity"}};
  }

  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const auto start = start_modes(stream);
    store(start, out[0]);
    Etdrk4<>::Vector w(used_.size());
    std::vector<Complex> square(static_cast<std::size_t>(n_ * n_));
    for (const auto& m : start)
      if (std::abs(m.k1) <= last_ && m.k2 <= last_) add(square, m);
    for (std::size_t i = 0; i < used_.size(); ++i) w[i] = square[used_[i].at];
    Etdrk4<>::Work work(used_.size());
    const Fields fields(solver_);
    const auto right = [&](const Etdrk4<>::Vector& in, Etdrk4<>::Vector& result) {
      nonlinear(in, fields, result);
    };
    for (std::int64_t frame = 0; frame < p_.frames; ++frame) {
      for (std::int64_t k = 0; k < substeps_; ++k) stepper_.step(w, work, right);
      store(plane_modes(w), out[1] + frame * p_.points * p_.points);
    }
    check(w);
  }

 private:
  /// One coefficient: its place in [n, n / 2 + 1] and its wave numbers.
  struct Used {
    std::size_t at;
    int k1, k2;
  };
  struct Fields {
    explicit Fields(const RealFourier& f)
        : a(f.coefficients()), b(f.coefficients()), u(f.numbers()), v(f.numbers()) {}
    FourierBuffer<Complex> a, b;
    FourierBuffer<double> u, v;
  };

  std::vector<Used> used_modes() const {
    std::vector<Used> out;
    for (int k1 = -last_; k1 <= last_; ++k1)
      for (int k2 = 0; k2 <= last_; ++k2)
        out.push_back({static_cast<std::size_t>((k1 + n_) % n_ * (n_ / 2 + 1) + k2), k1, k2});
    return out;
  }
  void add(std::vector<Complex>& square, const PlaneMode& m) const {
    square[static_cast<std::size_t>((m.k1 + n_) % n_ * (n_ / 2 + 1) + m.k2)] += m.c;
    if (m.k2 == 0)
      square[static_cast<std::size_t>((n_ - m.k1) % n_ * (n_ / 2 + 1))] += std::conj(m.c);
  }
  static double squared(const Used& m) {
    return two_pi * two_pi * double(m.k1 * m.k1 + m.k2 * m.k2);
  }
  std::vector<double> decay() const {
    std::vector<double> out;
    for (const auto& m : used_) out.push_back(-p_.viscosity * squared(m));
    return out;
  }

  std::vector<PlaneMode> start_modes(const Stream& stream) const {
    if (p_.start == "taylor_green") return {{1, 1, two_pi / 2}, {-1, 1, two_pi / 2}};
    return random_plane_modes(stream, static_cast<int>(p_.modes), p_.sigma, p_.tau, p_.gamma);
  }
  std::vector<PlaneMode> plane_modes(const Etdrk4<>::Vector& w) const {
    std::vector<PlaneMode> out;
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (used_[i].k2 > 0 || used_[i].k1 > 0) out.push_back({used_[i].k1, used_[i].k2, w[i]});
    return out;
  }
  void check(const Etdrk4<>::Vector& w) const {
    double all = 0, last = 0;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      all += std::norm(w[i]);
      if (std::max(std::abs(used_[i].k1), used_[i].k2) > last_ * 9 / 10) last += std::norm(w[i]);
    }
    if (!(last <= 1e-6 * all)) throw DataError("w(T) is not resolved: raise resolution and steps");
  }

  void store(const std::vector<PlaneMode>& modes, double* out) const {
    const FourierBuffer<Complex> c(stored_.coefficients());
    const FourierBuffer<double> real(stored_.numbers());
    fold_plane_modes(modes, static_cast<int>(p_.points), c.data());
    stored_.backward(c.data(), real.data());
    std::copy(real.begin(), real.end(), out);
  }

  // -v . grad w + f with v = (psi_y, -psi_x), -Laplace psi = w; as the curl of div(v v), which
  // takes two transforms back and two forth: (k1^2 - k2^2) (u v)^ + k1 k2 (v^2 - u^2)^.
  void nonlinear(const Etdrk4<>::Vector& w, const Fields& f, Etdrk4<>::Vector& result) const {
    std::fill(f.a.begin(), f.a.end(), 0.0);
    std::fill(f.b.begin(), f.b.end(), 0.0);
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const Used& m = used_[i];
      if (m.k1 == 0 && m.k2 == 0) continue;
      const Complex psi = Complex(-w[i].imag(), w[i].real()) * (two_pi / squared(m));  // i w / k^2
      f.a[m.at] = psi * double(m.k2);
      f.b[m.at] = psi * double(-m.k1);
    }
    solver_.backward(f.a.data(), f.u.data());
    solver_.backward(f.b.data(), f.v.data());
    for (std::size_t i = 0; i < solver_.numbers(); ++i) {
      const double u = f.u[i], v = f.v[i];
      f.u[i] = u * v;
      f.v[i] = v * v - u * u;
    }
    solver_.forward(f.u.data(), f.a.data());
    solver_.forward(f.v.data(), f.b.data());
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const Used& m = used_[i];
      result[i] = two_pi * two_pi *
                  (double(m.k1 * m.k1 - m.k2 * m.k2) * f.a[m.at] + double(m.k1 * m.k2) * f.b[m.at]);
      if (m.k1 == 1 && m.k2 == 1) result[i] += p_.force * Complex(0.5, -0.5);
    }
  }

  NavierStokesParameters p_;
  int n_, last_;
  std::vector<Used> used_;
  std::int64_t substeps_;
  RealFourier solver_, stored_;
  Etdrk4<> stepper_;
};
}  // namespace

BANACH_PLUGIN("navier_stokes", "0.1.0", registry) {
  registry.generator<NavierStokes>("navier_stokes",
                                   "vorticity of a flow in a periodic square: w(t = 0) to w(t)");
}
