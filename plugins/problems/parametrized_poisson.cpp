// SPDX-License-Identifier: Apache-2.0
// Poisson's equation for a family of sources, -u'' = sum of alpha_k sin(k pi x), k = 1, 2, 3, on
// [0, 1] with zero ends. The amplitudes are inputs of the network unless the TOML says otherwise.
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct FamilyParameters {
  Coefficient alpha1 = Coefficient::input("alpha1", -1, 1);
  Coefficient alpha2 = Coefficient::input("alpha2", -1, 1);
  Coefficient alpha3 = Coefficient::input("alpha3", -1, 1);
};
void describe(Schema<FamilyParameters>& s) {
  s.field("alpha1", &FamilyParameters::alpha1, "amplitude of sin(pi x) in the source");
  s.field("alpha2", &FamilyParameters::alpha2, "amplitude of sin(2 pi x)");
  s.field("alpha3", &FamilyParameters::alpha3, "amplitude of sin(3 pi x)");
}

class PoissonFamily final : public Problem {
 public:
  using Parameters = FamilyParameters;
  explicit PoissonFamily(const FamilyParameters& p) : alpha_{p.alpha1, p.alpha2, p.alpha3} {}

  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    const auto residual = [f = *this](const Field& u) { return u.d("xx") + f.sines(u.at("x"), 0); };
    return {interior("pde", residual), dirichlet("left", "x", Side::lower, 0.0),
            dirichlet("right", "x", Side::upper, 0.0)};
  }

  std::optional<Exact> exact() const override {
    return [f = *this](const Point& p) { return f.sines(p["x"], 2); };
  }

 private:
  // Sum of alpha_k sin(k pi x) / (k pi)^order.
  Expression sines(E x, int order) const {
    Expression out = 0.0;
    for (std::size_t i = 0; i < alpha_.size(); ++i) {
      const double k = double(i + 1) * pi;
      out = out + alpha_[i] * sin(k * x) / pow(k, order);
    }
    return out;
  }
  std::vector<Coefficient> alpha_;
};
}  // namespace

BANACH_PLUGIN("parametrized_poisson", "1.0.0", registry) {
  registry.problem<PoissonFamily>("parametrized_poisson",
                                  "Poisson's equation for a family of sources");
}
