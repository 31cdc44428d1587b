// SPDX-License-Identifier: Apache-2.0
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct DarcyParameters {
  Coefficient source = 1.0;
};
void describe(Schema<DarcyParameters>& s) {
  s.field("source", &DarcyParameters::source, "f in -div(a grad u) = f");
}

// Zero on the boundary of the unit square, for any permeability a(x, y) > 0: Li et al. 2021. The
// flux form is kept: between nodes of a grid it conserves mass across jumps of a.
class Darcy final : public Problem {
 public:
  using Parameters = DarcyParameters;
  explicit Darcy(const DarcyParameters& p) : source_(p.source) {}
  Domain domain() const override { return {{"x", 0, 1}, {"y", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  std::vector<InputFunction> functions() const override { return {{"a", 0, {"x", "y"}}}; }
  Terms terms() const override {
    const auto residual = [f = source_](const Field& u) {
      const Expression a = u.input("a");
      return (a * u.d("x")).d("x") + (a * u.d("y")).d("y") + f;
    };
    return {interior("pde", residual), dirichlet("left", "x", Side::lower, 0.0),
            dirichlet("right", "x", Side::upper, 0.0), dirichlet("bottom", "y", Side::lower, 0.0),
            dirichlet("top", "y", Side::upper, 0.0)};
  }

 private:
  Coefficient source_;
};

}  // namespace

BANACH_PLUGIN("darcy", "1.0.0", registry) {
  registry.problem<Darcy>("darcy", "flow through any permeability of the unit square");
}
