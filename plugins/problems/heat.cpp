// SPDX-License-Identifier: Apache-2.0
// 1-D heat equation on [0, pi] x [0, 3] with zero ends (Raissi-style PINN benchmark; one sine
// mode).
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct HeatParameters {
  Coefficient conductivity = 1.0;
};
void describe(Schema<HeatParameters>& s) {
  s.field("conductivity", &HeatParameters::conductivity, "kappa in u_t = kappa u_xx").positive();
}

class Heat final : public Problem {
 public:
  using Parameters = HeatParameters;
  explicit Heat(const HeatParameters& p) : kappa_(p.conductivity) {}

  Domain domain() const override { return {{"x", 0, pi}, {"t", 0, 3}}; }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    return {interior("pde", [k = kappa_](const Field& u) { return u.d("t") - k * u.d("xx"); }),
            initial("initial", "t", [](const Point& p) { return sin(p["x"]); }),
            dirichlet("left", "x", Side::lower, 0.0), dirichlet("right", "x", Side::upper, 0.0)};
  }

  std::optional<Exact> exact() const override {
    return [k = kappa_](const Point& p) { return sin(p["x"]) * exp(-k * p["t"]); };
  }

 private:
  Coefficient kappa_;
};
}  // namespace

BANACH_PLUGIN("heat", "1.0.0", registry) {
  registry.problem<Heat>("heat", "1-D heat equation with zero ends, one sine mode");
}
