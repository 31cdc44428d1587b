// SPDX-License-Identifier: Apache-2.0
// Poisson's equation on the unit box in 1-3 dimensions, -Lap u = d (k pi)^2 prod sin(k pi x_i),
// zero on the boundary: strong form, or the energy of Deep Ritz (E, Yu, arXiv 1710.00211).
#include <banach/plugin.hpp>
#include <banach/problem.hpp>
#include <cmath>

namespace {
using namespace banach;

struct PoissonParameters {
  std::int64_t dimension = 2, waves = 1;
  std::string form = "strong";
};
void describe(Schema<PoissonParameters>& s) {
  using P = PoissonParameters;
  s.field("dimension", &P::dimension, "axes of the box").at_least(1).at_most(3);
  s.field("waves", &P::waves, "half waves k of the solution per axis").at_least(1);
  s.field("form", &P::form, "squared residual, or energy").one_of({"strong", "ritz"});
}

class Poisson final : public Problem {
 public:
  using Parameters = PoissonParameters;
  explicit Poisson(const PoissonParameters& p) : p_(p) {}

  Domain domain() const override {
    const Domain three{{"x", 0, 1}, {"y", 0, 1}, {"z", 0, 1}};
    return {three.begin(), three.begin() + p_.dimension};
  }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    const auto strong = [problem = *this](const Field& u) {
      Expression laplacian = 0.0;
      for (const auto& axis : problem.domain()) laplacian = laplacian + u.d(axis.name + axis.name);
      return laplacian + problem.source(u.point());
    };
    const auto density = [problem = *this](const Field& u) {
      Expression squares = 0.0;
      for (const auto& axis : problem.domain()) squares = squares + pow(u.d(axis.name), 2);
      return squares / 2 - problem.source(u.point()) * u();
    };
    Terms out{p_.form == "ritz" ? energy("energy", density) : interior("pde", strong)};
    for (const auto& axis : domain()) {
      out.push_back(dirichlet(axis.name + "_lower", axis.name, Side::lower, 0.0));
      out.push_back(dirichlet(axis.name + "_upper", axis.name, Side::upper, 0.0));
    }
    return out;
  }

  std::optional<Exact> exact() const override {
    return [problem = *this](const Point& p) { return problem.wave(p); };
  }

 private:
  Expression wave(const Point& p) const {
    Expression out = 1.0;
    for (const auto& [name, x] : p.coordinates()) out = out * sin(double(p_.waves) * pi * x);
    return out;
  }
  Expression source(const Point& p) const {
    return double(p_.dimension) * std::pow(double(p_.waves) * pi, 2) * wave(p);
  }
  PoissonParameters p_;
};
}  // namespace

BANACH_PLUGIN("poisson", "1.0.0", registry) {
  registry.problem<Poisson>("poisson", "Poisson's equation on a box, strong or Deep Ritz");
}
