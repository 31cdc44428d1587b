// SPDX-License-Identifier: Apache-2.0
// Burgers' equation u_t + u u_x = nu u_xx on [-1, 1] x [0, 1], u(x, 0) = -sin(pi x), zero ends: a
// front steepens at x = 0 (benchmark of Raissi, Perdikaris, Karniadakis 2019).
#include <banach/classical.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct BurgersParameters {
  Coefficient viscosity = 0.01 / pi;
};
void describe(Schema<BurgersParameters>& s) {
  s.field("viscosity", &BurgersParameters::viscosity, "nu in u_t + u u_x = nu u_xx").at_least(1e-3);
}

class Burgers final : public Problem {
 public:
  using Parameters = BurgersParameters;
  explicit Burgers(const BurgersParameters& p) : viscosity_(p.viscosity) {}

  Domain domain() const override { return {{"x", -1, 1}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    const auto residual = [nu = viscosity_](const Field& u) {
      return u.d("t") + u * u.d("x") - nu * u.d("xx");
    };
    return {interior("pde", residual),
            initial("initial", "t", [](const Point& p) { return -sin(pi * p["x"]); }),
            dirichlet("left", "x", Side::lower, 0.0), dirichlet("right", "x", Side::upper, 0.0)};
  }

  std::optional<Reference> reference() const override {
    return [nu = viscosity_](const std::vector<double>& points) {
      const auto rule = gauss_hermite(200);
      const std::size_t axes = 2 + static_cast<std::size_t>(count_inputs({nu}));
      std::vector<double> out;
      for (const double* p = points.data(); p < points.data() + points.size(); p += axes)
        out.push_back(burgers_sine(p[0], p[1], numbers({nu}, p + 2)[0], rule));
      return out;
    };
  }

 private:
  Coefficient viscosity_;
};
}  // namespace

BANACH_PLUGIN("burgers", "1.0.0", registry) {
  registry.problem<Burgers>("burgers", "Burgers' equation, a sine that steepens");
}
