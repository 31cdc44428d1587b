// SPDX-License-Identifier: Apache-2.0
// The biharmonic equation on the unit box in 1 or 2 dimensions, Lap^2 u = (d (k pi)^2)^2 prod
// sin(k pi x_i): a loaded beam or plate, simply supported or clamped at the slope of the solution.
#include <banach/plugin.hpp>
#include <banach/problem.hpp>
#include <cmath>

namespace {
using namespace banach;

struct BiharmonicParameters {
  std::int64_t dimension = 1, waves = 2;
  std::string boundary = "supported";
};
void describe(Schema<BiharmonicParameters>& s) {
  using P = BiharmonicParameters;
  s.field("dimension", &P::dimension, "axes of the box").at_least(1).at_most(2);
  s.field("waves", &P::waves, "half waves k of the solution per axis").at_least(1);
  s.field("boundary", &P::boundary, "given beside u: its second or its first normal derivative")
      .one_of({"supported", "clamped"});
}

class Biharmonic final : public Problem {
 public:
  using Parameters = BiharmonicParameters;
  explicit Biharmonic(const BiharmonicParameters& p) : p_(p) {}

  Domain domain() const override {
    const Domain two{{"x", 0, 1}, {"y", 0, 1}};
    return {two.begin(), two.begin() + p_.dimension};
  }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    Terms out{interior("pde", [problem = *this](const Field& u) {
      Expression twice = u.d("xxxx");
      if (problem.p_.dimension == 2) twice = twice + 2 * u.d("xxyy") + u.d("yyyy");
      const double factor = std::pow(double(problem.p_.dimension) * problem.square(), 2);
      return twice - factor * problem.wave(u.point());
    })};
    for (const auto& axis : domain())
      for (const Side side : {Side::lower, Side::upper}) {
        const std::string name = axis.name + (side == Side::lower ? "_lower" : "_upper");
        out.push_back(dirichlet(name, axis.name, side, 0.0));
        out.push_back(second(name, axis.name, side));
      }
    return out;
  }

  std::optional<Exact> exact() const override {
    return [problem = *this](const Point& p) { return problem.wave(p); };
  }

 private:
  double square() const { return std::pow(double(p_.waves) * pi, 2); }
  Expression wave(const Point& p) const {
    Expression out = 1.0;
    for (const auto& [name, x] : p.coordinates()) out = out * sin(double(p_.waves) * pi * x);
    return out;
  }

  // u_nn = 0, or the outward slope of the solution: k pi cos(k pi x) times the other sines.
  Term second(const std::string& name, const std::string& axis, Side side) const {
    if (p_.boundary == "supported")
      return face(name + "_bend", axis, side, [axis](const Field& u) { return u.d(axis + axis); });
    const double k = double(p_.waves) * pi;
    const double slope = side == Side::lower ? -k : k * std::cos(k);
    return neumann(name + "_slope", axis, side, [axis, slope, k](const Point& p) {
      Expression out = slope;
      for (const auto& [other, x] : p.coordinates())
        if (other != axis) out = out * sin(k * x);
      return out;
    });
  }

  BiharmonicParameters p_;
};
}  // namespace

BANACH_PLUGIN("biharmonic", "1.0.0", registry) {
  registry.problem<Biharmonic>("biharmonic", "the biharmonic equation on an interval or a square");
}
