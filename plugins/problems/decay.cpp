// SPDX-License-Identifier: Apache-2.0
// Exponential decay y' = -rate y on [0, 1].
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct DecayParameters {
  Coefficient rate = 1.0;
  double start = 2.0;
};
void describe(Schema<DecayParameters>& s) {
  s.field("rate", &DecayParameters::rate, "r in y' = -r y").positive();
  s.field("start", &DecayParameters::start, "y(0)");
}

class Decay final : public Problem {
 public:
  using Parameters = DecayParameters;
  explicit Decay(const DecayParameters& p) : p_(p) {}

  Domain domain() const override { return {{"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"y"}; }

  Terms terms() const override {
    return {interior("ode", [r = p_.rate](const Field& y) { return y.d("t") + r * y; }),
            initial("initial", "t", p_.start)};
  }

  std::optional<Exact> exact() const override {
    return [p = p_](const Point& q) { return p.start * exp(-p.rate * q["t"]); };
  }

 private:
  DecayParameters p_;
};
}  // namespace

BANACH_PLUGIN("decay", "1.0.0", registry) {
  registry.problem<Decay>("decay", "exponential decay of one quantity");
}
