// SPDX-License-Identifier: Apache-2.0
// Beltrami flow of Ethier and Steinman (1994): unsteady incompressible Navier-Stokes equations in
// three dimensions, v_t + v.grad v + grad p = Lap v / Re, div v = 0, on [-1, 1]^3 x [0, 1].
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct BeltramiParameters {
  double reynolds = 1;
};
void describe(Schema<BeltramiParameters>& s) {
  s.field("reynolds", &BeltramiParameters::reynolds, "Reynolds number").positive();
}
const std::vector<std::string> axes{"x", "y", "z"};

class Beltrami final : public Problem {
 public:
  using Parameters = BeltramiParameters;
  explicit Beltrami(const BeltramiParameters& p) : reynolds_(p.reynolds) {}

  Domain domain() const override { return {{"x", -1, 1}, {"y", -1, 1}, {"z", -1, 1}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u", "v", "w", "p"}; }

  Terms terms() const override {
    Terms out{interior(
        "mass", [](const Field& f) { return f.d("x", "u") + f.d("y", "v") + f.d("z", "w"); })};
    for (int i = 0; i < 3; ++i) {
      const std::string of = unknowns()[std::size_t(i)];
      const auto& along = axes[std::size_t(i)];
      const PointFunction value = [b = *this, i](const Point& q) { return b.flow(q)[i]; };
      out.push_back(interior("momentum_" + along, [=, re = reynolds_](const Field& f) {
        return f.d("t", of) + f["u"] * f.d("x", of) + f["v"] * f.d("y", of) +
               f["w"] * f.d("z", of) + f.d(along, "p") -
               (f.d("xx", of) + f.d("yy", of) + f.d("zz", of)) / re;
      }));
      out.push_back(initial(of + "_initial", "t", value, of));
      for (const auto& axis : axes) {
        out.push_back(dirichlet(of + "_" + axis + "_lower", axis, Side::lower, value, of));
        out.push_back(dirichlet(of + "_" + axis + "_upper", axis, Side::upper, value, of));
      }
    }
    // Else the pressure is free by a function of time.
    out.push_back(dirichlet(
        "p_x_upper", "x", Side::upper, [b = *this](const Point& q) { return b.flow(q)[3]; }, "p"));
    return out;
  }

  std::optional<Exact> exact() const override {
    return [b = *this](const Point& q) { return b.flow(q); };
  }

 private:
  Expression flow(const Point& q) const {
    const Expression decay = exp(-1 / reynolds_ * q["t"]);
    std::vector<Expression> out;
    Expression sum = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      const Expression x = q[axes[i]], y = q[axes[(i + 1) % 3]], z = q[axes[(i + 2) % 3]];
      out.push_back(-(exp(x) * sin(y + z) + exp(z) * cos(x + y)) * decay);
      sum = sum + exp(2 * x) + 2 * sin(y + z) * cos(x + y) * exp(z + x);
    }
    out.push_back(-sum / 2 * decay * decay);
    return concat(out);
  }
  double reynolds_;
};
}  // namespace

BANACH_PLUGIN("beltrami", "1.0.0", registry) {
  registry.problem<Beltrami>("beltrami", "3-D unsteady Navier-Stokes: Beltrami flow");
}
