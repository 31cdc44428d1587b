// SPDX-License-Identifier: Apache-2.0
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct DiffusionReactionParameters {
  Coefficient diffusivity = 0.01, rate = 0.01;
};
void describe(Schema<DiffusionReactionParameters>& s) {
  using P = DiffusionReactionParameters;
  s.field("diffusivity", &P::diffusivity, "D in s_t = D s_xx + k s^2 + f(x)");
  s.field("rate", &P::rate, "k in s_t = D s_xx + k s^2 + f(x)");
}

// Zero at the start and at both ends, for any source f: Wang, Wang, Perdikaris 2021, section 4.3.
class DiffusionReaction final : public Problem {
 public:
  using Parameters = DiffusionReactionParameters;
  explicit DiffusionReaction(const DiffusionReactionParameters& p) : p_(p) {}
  Domain domain() const override { return {{"x", 0, 1}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"s"}; }
  std::vector<InputFunction> functions() const override { return {{"f", 0, {"x"}}}; }
  Terms terms() const override {
    const auto residual = [p = p_](const Field& s) {
      return s.d("t") - p.diffusivity * s.d("xx") - p.rate * s() * s() - s.input("f");
    };
    return {interior("pde", residual), initial("initial", "t", 0.0),
            dirichlet("left", "x", Side::lower, 0.0), dirichlet("right", "x", Side::upper, 0.0)};
  }

 private:
  DiffusionReactionParameters p_;
};

}  // namespace

BANACH_PLUGIN("diffusion_reaction", "1.0.0", registry) {
  registry.problem<DiffusionReaction>("diffusion_reaction",
                                      "diffusion and reaction driven by any source");
}
