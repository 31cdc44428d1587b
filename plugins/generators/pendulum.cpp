// SPDX-License-Identifier: Apache-2.0
// pendulum: s1' = s2, s2' = -k sin s1 + u(t) from rest, or s' = -s^2 + u(t), for a random u.
#include <banach/classical.hpp>
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;

struct PendulumParameters {
  std::string equation = "pendulum";
  double k = 1, time = 1, angle = 0, velocity = 0, length = 0.2, sigma = 1, tolerance = 1e-10;
  std::int64_t points = 100;
};
void describe(Schema<PendulumParameters>& s) {
  using P = PendulumParameters;
  s.field("equation", &P::equation,
          "pendulum: s1' = s2, s2' = -k sin s1 + u; riccati: s1' = -s1^2 + u")
      .one_of({"pendulum", "riccati"});
  s.field("k", &P::k, "gravity over length of the pendulum").at_least(0);
  s.field("time", &P::time, "T; t is in [0, T]").positive();
  s.field("angle", &P::angle, "s1 at t = 0");
  s.field("velocity", &P::velocity, "s2 at t = 0");
  s.field("points", &P::points, "numbers stored of u and s, at the same t")
      .at_least(2)
      .at_most(1 << 20);
  s.field("length", &P::length,
          "u is Gaussian with covariance sigma^2 exp(-(t-s)^2 / (2 length^2))")
      .positive();
  s.field("sigma", &P::sigma, "its size; 0: no force").at_least(0);
  s.field("tolerance", &P::tolerance, "of one time step").positive();
}

class Pendulum final : public Generator {
 public:
  using Parameters = PendulumParameters;
  explicit Pendulum(const PendulumParameters& p) : p_(p), process_(p.length, 0, p.time) {
    for (std::int64_t i = 0; i < p.points; ++i)
      times_.push_back(p.time * double(i) / double(p.points - 1));
  }

  std::vector<GeneratedAxis> axes() const override { return {{"t", times_, false}}; }
  std::vector<GeneratedVariable> variables() const override {
    if (single()) return {{"u", {"t"}, true, "force"}, {"s1", {"t"}, false, "solution"}};
    return {{"u", {"t"}, true, "force"},
            {"s1", {"t"}, false, "angle"},
            {"s2", {"t"}, false, "angular velocity"}};
  }

  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const auto xi = process_.draw(stream);
    const auto u = [&](double t) { return p_.sigma * process_.value(xi, t); };
    const auto right = [&](double t, const std::vector<double>& s, std::vector<double>& ds) {
      ds[0] = single() ? u(t) - s[0] * s[0] : s[1];
      if (!single()) ds[1] = u(t) - p_.k * std::sin(s[0]);
    };
    std::vector<double> start{p_.angle, p_.velocity};
    start.resize(single() ? 1 : 2);
    const auto s = runge_kutta(right, start, 0, times_, p_.tolerance);
    for (std::size_t i = 0; i < times_.size(); ++i) {
      out[0][i] = u(times_[i]);
      for (std::size_t k = 0; k < start.size(); ++k) out[1 + k][i] = s[i * start.size() + k];
    }
  }

 private:
  bool single() const { return p_.equation == "riccati"; }
  PendulumParameters p_;
  GaussianProcess process_;
  std::vector<double> times_;
};
}  // namespace

BANACH_PLUGIN("pendulum", "0.1.0", registry) {
  registry.generator<Pendulum>("pendulum", "a pendulum under a random force: force to motion");
}
