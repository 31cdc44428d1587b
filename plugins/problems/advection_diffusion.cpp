// SPDX-License-Identifier: Apache-2.0
// Steady advection and diffusion u' - u'' / Pe = f on [0, 1], u(0) = 0, u(1) = 1: a layer of
// thickness 1 / Pe at the right end (Ray, Pinti, Oberai, arXiv 2301.00942, equation 4.1).
#include <banach/classical.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct TransportParameters {
  Coefficient peclet = 10.0;
  double source = 0;
  std::vector<std::int64_t> central{20, 80, 320}, upwind{320}, chebyshev{12, 16, 24, 32, 48};
};
void describe(Schema<TransportParameters>& s) {
  using P = TransportParameters;
  s.field("peclet", &P::peclet, "Peclet number: velocity * length / diffusivity").positive();
  s.field("source", &P::source, "constant f");
  s.field("central", &P::central, "cells of the central differences to compare to")
      .at_least(2)
      .at_most(1'000'000);
  s.field("upwind", &P::upwind, "cells of the upwind differences").at_least(2).at_most(1'000'000);
  s.field("chebyshev", &P::chebyshev, "degrees of the Chebyshev collocation")
      .at_least(2)
      .at_most(1000);
}

class AdvectionDiffusion final : public Problem {
 public:
  using Parameters = TransportParameters;
  explicit AdvectionDiffusion(const TransportParameters& p) : p_(p) {}

  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    const auto residual = [p = p_](const Field& u) {
      return u.d("x") - u.d("xx") / p.peclet - p.source;
    };
    return {interior("pde", residual), dirichlet("left", "x", Side::lower, 0.0),
            dirichlet("right", "x", Side::upper, 1.0)};
  }

  std::optional<Exact> exact() const override {
    return [p = p_](const Point& q) {
      const Expression pe = p.peclet, x = q["x"];  // no exponential of a positive number
      const Expression layer = exp(pe * (x - 1)) * (1 - exp(-pe * x)) / (1 - exp(-pe));
      return p.source * x + (1 - p.source) * layer;
    };
  }

  std::vector<Baseline> baselines() const override {
    if (p_.peclet.role() == Coefficient::Role::input) return {};
    const Transport problem{1, 1 / p_.peclet.value(), [f = p_.source](double) { return f; }, 0, 1};
    std::vector<Baseline> out;
    for (const auto n : p_.central) out.push_back(transport_differences(problem, int(n)));
    for (const auto n : p_.upwind) out.push_back(transport_differences(problem, int(n), true));
    for (const auto n : p_.chebyshev) out.push_back(transport_chebyshev(problem, int(n)));
    return out;
  }

 private:
  TransportParameters p_;
};
}  // namespace

BANACH_PLUGIN("advection_diffusion", "1.0.0", registry) {
  registry.problem<AdvectionDiffusion>("advection_diffusion",
                                       "steady advection and diffusion with a boundary layer");
}
