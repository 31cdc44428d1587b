// SPDX-License-Identifier: Apache-2.0
// diffusion_reaction: s_t = D s_xx + k s^2 + f(x) on [0, 1], s = 0 at t = 0 and at the ends.
#include <algorithm>
#include <banach/etdrk4.hpp>
#include <banach/fourier.hpp>
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/problem.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;
constexpr double pi = 3.14159265358979323846;

struct DiffusionReactionParameters {
  double diffusivity = 0.01, rate = 0.01, time = 1, length = 0.2, sigma = 1;
  std::int64_t points = 100, times = 100, resolution = 256, steps = 100;
};
void describe(Schema<DiffusionReactionParameters>& s) {
  using P = DiffusionReactionParameters;
  s.field("diffusivity", &P::diffusivity, "D in s_t = D s_xx + k s^2 + f").positive();
  s.field("rate", &P::rate, "k");
  s.field("time", &P::time, "T; t is in [0, T]").positive();
  s.field("points", &P::points, "along x in [0, 1]").at_least(3).at_most(65536);
  s.field("times", &P::times, "along t").at_least(2).at_most(1 << 20);
  s.field("length", &P::length,
          "f is Gaussian with covariance sigma^2 exp(-(x-y)^2 / (2 length^2))")
      .at_least(0.02);
  s.field("sigma", &P::sigma, "its size").positive();
  s.field("resolution", &P::resolution, "cells of the solver").at_least(8).at_most(65536);
  s.field("steps", &P::steps, "time steps of the solver").at_least(1);
}

// s = p + w: D p'' + f = 0 takes the source, which a sine series of s would have to show at the
// ends, where f need not vanish; w is a sine series.
class DiffusionReaction final : public Generator {
 public:
  using Parameters = DiffusionReactionParameters;
  explicit DiffusionReaction(const DiffusionReactionParameters& p)
      : p_(p),
        inner_(static_cast<std::size_t>(p.resolution - 1)),
        substeps_((p.steps + p.times - 2) / (p.times - 1)),
        process_(p.length),
        solver_({static_cast<int>(p.resolution - 1)}, FFTW_RODFT00),
        stored_({static_cast<int>(p.points - 2)}, FFTW_RODFT00),
        solver_basis_(particular(static_cast<int>(p.resolution))),
        stored_basis_(particular(static_cast<int>(p.points - 1))),
        stepper_(decay(), p.time / double(p.times - 1) / double(substeps_)) {}

  std::vector<GeneratedAxis> axes() const override {
    GeneratedAxis x{"x", {}, false}, t{"t", {}, false};
    for (std::int64_t i = 0; i < p_.points; ++i)
      x.values.push_back(double(i) / double(p_.points - 1));
    for (std::int64_t i = 0; i < p_.times; ++i)
      t.values.push_back(p_.time * double(i) / double(p_.times - 1));
    return {t, x};
  }
  std::vector<GeneratedVariable> variables() const override {
    return {{"f", {"x"}, true, "source"}, {"s", {"t", "x"}, false, "s(x, t)"}};
  }

  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const auto xi = process_.draw(stream);
    const std::size_t n = static_cast<std::size_t>(p_.points);
    for (std::size_t i = 0; i < n; ++i)
      out[0][i] = p_.sigma * process_.value(xi, double(i) / double(n - 1));
    const auto p = combine(solver_basis_, xi), shown = combine(stored_basis_, xi);
    const FourierBuffer<double> work(inner_), frame(n - 2);
    Etdrk4<double>::Vector w(inner_);
    for (std::size_t i = 0; i < inner_; ++i) work[i] = -p[i];
    to_series(work, w);
    Etdrk4<double>::Work scratch(inner_);
    const auto reaction = [&](const Etdrk4<double>::Vector& in, Etdrk4<double>::Vector& result) {
      for (std::size_t i = 0; i < inner_; ++i) work[i] = in[i] / 2;
      solver_(work.data());
      for (std::size_t i = 0; i < inner_; ++i) work[i] = p_.rate * std::pow(work[i] + p[i], 2);
      to_series(work, result);
    };
    std::fill(out[1], out[1] + n, 0.0);
    for (std::int64_t k = 1; k < p_.times; ++k) {
      for (std::int64_t i = 0; i < substeps_; ++i) stepper_.step(w, scratch, reaction);
      store(w, frame, shown, out[1] + static_cast<std::size_t>(k) * n);
    }
  }

 private:
  using Basis = std::vector<std::vector<double>>;

  std::vector<double> decay() const {
    std::vector<double> out;
    for (std::size_t k = 1; k <= inner_; ++k)
      out.push_back(-p_.diffusivity * std::pow(pi * double(k), 2));
    return out;
  }

  void to_series(const FourierBuffer<double>& values, std::vector<double>& out) const {
    solver_(values.data());
    for (std::size_t i = 0; i < inner_; ++i) out[i] = values[i] / double(p_.resolution);
  }

  // Sines above what the stored points tell apart look like others there.
  void store(const std::vector<double>& w, const FourierBuffer<double>& frame,
             const std::vector<double>& p, double* out) const {
    const std::size_t n = static_cast<std::size_t>(p_.points) - 1;
    std::fill(frame.begin(), frame.end(), 0.0);
    for (std::size_t k = 1; k <= w.size(); ++k) {
      const std::size_t m = k % (2 * n);
      if (m % n == 0) continue;
      frame[(m < n ? m : 2 * n - m) - 1] += (m < n ? 0.5 : -0.5) * w[k - 1];
    }
    stored_(frame.data());
    out[0] = out[n] = 0;
    for (std::size_t i = 1; i < n; ++i) out[i] = frame[i - 1] + p[i - 1];
  }

  /// For the inner nodes x of `cells` cells and all b_n of the process: p_n with D p_n'' + b_n = 0,
  /// D p_n(x) = (1 - x) int_0^x y b_n(y) dy + x int_x^1 (1 - y) b_n(y) dy.
  Basis particular(int cells) const {
    const auto rule = Quadrature::gauss(10, 0, 1.0 / cells);
    const std::size_t terms = process_.terms();
    Basis left(1, std::vector<double>(terms)), right = left;  // integrals from 0 to each node
    for (int i = 0; i < cells; ++i) {
      left.push_back(left.back());
      right.push_back(right.back());
      for (std::size_t q = 0; q < rule.weights.size(); ++q) {
        const double y = double(i) / cells + rule.nodes[q];
        const auto b = process_.basis(y);
        for (std::size_t n = 0; n < terms; ++n) {
          left.back()[n] += rule.weights[q] * y * b[n];
          right.back()[n] += rule.weights[q] * (1 - y) * b[n];
        }
      }
    }
    Basis out;
    for (int i = 1; i < cells; ++i) {
      const double x = double(i) / cells;
      const auto at = static_cast<std::size_t>(i);
      out.emplace_back(terms);
      for (std::size_t n = 0; n < terms; ++n)
        out.back()[n] =
            ((1 - x) * left[at][n] + x * (right.back()[n] - right[at][n])) / p_.diffusivity;
    }
    return out;
  }
  std::vector<double> combine(const Basis& basis, const std::vector<double>& xi) const {
    std::vector<double> out;
    for (const auto& row : basis) {
      double sum = 0;
      for (std::size_t n = 0; n < xi.size(); ++n) sum += row[n] * xi[n];
      out.push_back(p_.sigma * sum);
    }
    return out;
  }

  DiffusionReactionParameters p_;
  std::size_t inner_;
  std::int64_t substeps_;
  GaussianProcess process_;
  RealTransform solver_, stored_;
  Basis solver_basis_, stored_basis_;
  Etdrk4<double> stepper_;
};
}  // namespace

BANACH_PLUGIN("diffusion_reaction", "0.1.0", registry) {
  registry.generator<DiffusionReaction>("diffusion_reaction",
                                        "s_t = D s_xx + k s^2 + f: source f(x) to s(x, t)");
}
