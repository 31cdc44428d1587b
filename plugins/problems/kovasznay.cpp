// SPDX-License-Identifier: Apache-2.0
// Kovasznay's flow behind a grid (1948): steady incompressible Navier-Stokes equations in two
// dimensions, u.grad u + grad p = Lap u / Re, div u = 0, on [-0.5, 1] x [-0.5, 1.5].
#include <banach/plugin.hpp>
#include <banach/problem.hpp>
#include <cmath>

namespace {
using namespace banach;

struct KovasznayParameters {
  double reynolds = 20;
};
void describe(Schema<KovasznayParameters>& s) {
  s.field("reynolds", &KovasznayParameters::reynolds, "Reynolds number").positive();
}

class Kovasznay final : public Problem {
 public:
  using Parameters = KovasznayParameters;
  explicit Kovasznay(const KovasznayParameters& p)
      : re_(p.reynolds), rate_(re_ / 2 - std::sqrt(re_ * re_ / 4 + 4 * pi * pi)) {}

  Domain domain() const override { return {{"x", -0.5, 1}, {"y", -0.5, 1.5}}; }
  Unknowns unknowns() const override { return {"u", "v", "p"}; }

  Terms terms() const override {
    const auto momentum = [re = re_](const std::string& of, const std::string& along) {
      return [=](const Field& f) {
        return f["u"] * f.d("x", of) + f["v"] * f.d("y", of) + f.d(along, "p") -
               (f.d("xx", of) + f.d("yy", of)) / re;
      };
    };
    Terms out{interior("momentum_x", momentum("u", "x")),
              interior("momentum_y", momentum("v", "y")),
              interior("mass", [](const Field& f) { return f.d("x", "u") + f.d("y", "v"); }),
              dirichlet("p_x_upper", "x", Side::upper, (1 - std::exp(2 * rate_)) / 2, "p")};
    for (const std::string axis : {"x", "y"})
      for (const int i : {0, 1}) {
        const PointFunction value = [k = *this, i](const Point& q) { return k.flow(q)[i]; };
        const std::string name = unknowns()[std::size_t(i)];
        out.push_back(dirichlet(name + "_" + axis + "_lower", axis, Side::lower, value, name));
        out.push_back(dirichlet(name + "_" + axis + "_upper", axis, Side::upper, value, name));
      }
    return out;
  }

  std::optional<Exact> exact() const override {
    return [k = *this](const Point& q) { return k.flow(q); };
  }

 private:
  Expression flow(const Point& q) const {
    const Expression growth = exp(rate_ * q["x"]), angle = 2 * pi * q["y"];
    return concat({1 - growth * cos(angle), rate_ / (2 * pi) * growth * sin(angle),
                   (1 - growth * growth) / 2});
  }
  double re_, rate_;
};
}  // namespace

BANACH_PLUGIN("kovasznay", "1.0.0", registry) {
  registry.problem<Kovasznay>("kovasznay", "2-D steady Navier-Stokes: Kovasznay's flow");
}
