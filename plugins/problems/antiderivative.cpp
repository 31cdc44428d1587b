// SPDX-License-Identifier: Apache-2.0
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct AntiderivativeParameters {};
void describe(Schema<AntiderivativeParameters>&) {}

// s'(x) = u(x) on [0, 1], s(0) = 0, for any u: Lu et al. 2021, section 3.1.
class Antiderivative final : public Problem {
 public:
  using Parameters = AntiderivativeParameters;
  explicit Antiderivative(const AntiderivativeParameters&) {}
  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"s"}; }
  std::vector<InputFunction> functions() const override { return {{"u", 0, {"x"}}}; }
  Terms terms() const override {
    return {interior("ode", [](const Field& s) { return s.d("x") - s.input("u"); }),
            initial("initial", "x", 0.0)};
  }
};

}  // namespace

BANACH_PLUGIN("antiderivative", "1.0.0", registry) {
  registry.problem<Antiderivative>("antiderivative", "the integral of any function");
}
