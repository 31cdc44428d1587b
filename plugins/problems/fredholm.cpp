// SPDX-License-Identifier: Apache-2.0
// Fredholm equations of the second kind, u(x) = f(x) + strength * integral of K(x, t) u(t) over a
// box. Kernel and source are products over its axes; defaults: primer, arXiv 2408.11266.
#include <banach/integral_equations.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct FredholmParameters {
  std::string kernel = "sin_cos", source = "sine", quadrature = "gauss";
  Coefficient strength = 1.0;
  double lower = 0, upper = pi / 2;
  std::int64_t dimension = 1, nodes = 16;
};
void describe(Schema<FredholmParameters>& s) {
  using P = FredholmParameters;
  s.field("kernel", &P::kernel, "K, one factor per axis").one_of(kernels());
  s.field("source", &P::source, "f, one factor per axis").one_of(sources());
  s.field("strength", &P::strength, "factor on the integral");
  s.field("lower", &P::lower, "lower end of every axis");
  s.field("upper", &P::upper, "upper end of every axis");
  s.field("dimension", &P::dimension, "axes of the box").at_least(1).at_most(3);
  s.field("quadrature", &P::quadrature, "rule of the integral").one_of(quadratures());
  s.field("nodes", &P::nodes, "per axis; in all for monte_carlo").at_least(1).at_most(10'000'000);
}

class Fredholm final : public Problem {
 public:
  using Parameters = FredholmParameters;
  explicit Fredholm(const FredholmParameters& p)
      : p_(p), equation_{p.kernel, p.source, p.lower, p.upper, int(p.dimension)} {
    if (!(p.lower < p.upper)) throw ConfigError("problem.lower must be < problem.upper");
  }

  Domain domain() const override {
    const Domain three{
        {"x", p_.lower, p_.upper}, {"y", p_.lower, p_.upper}, {"z", p_.lower, p_.upper}};
    return {three.begin(), three.begin() + p_.dimension};
  }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    const auto axes = equation_.axes;
    const auto rule = quadrature(p_.quadrature, int(p_.nodes), p_.lower, p_.upper, axes);
    const auto over = std::string("x,y,z").substr(0, std::size_t(2 * axes - 1));
    const auto residual = [=, q = equation_, strength = p_.strength](const Field& u) {
      return u() - q.source_at(u.point()) -
             strength * u.integral(over, rule, [q](const Field& here, const Field& there) {
               return q.kernel_at(here.point(), there.point()) * there();
             });
    };
    return {interior("equation", residual)};
  }

  std::optional<Exact> exact() const override { return exact_solution(equation_, p_.strength); }
  std::optional<Reference> reference() const override {
    return nystrom_solution(equation_, p_.strength);
  }

 private:
  FredholmParameters p_;
  NamedEquation equation_;
};
}  // namespace

BANACH_PLUGIN("fredholm", "1.0.0", registry) {
  registry.problem<Fredholm>("fredholm", "Fredholm equation of the second kind on a box");
}
