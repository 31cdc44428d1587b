// SPDX-License-Identifier: Apache-2.0
// The neuron of FitzHugh (1961) and Nagumo (1962): y' = y - y^3 / 3 - w + I,
// tau w' = y + alpha - beta w. Defaults: deep-learning primer, arXiv 2408.11266.
#include <banach/classical.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct NeuronParameters {
  Coefficient alpha = 0.7, beta = 0.8, tau = 2.5, current = 0.5;
  double horizon = 30, start_y = 0, start_w = 0;
};
void describe(Schema<NeuronParameters>& s) {
  using P = NeuronParameters;
  s.field("alpha", &P::alpha, "alpha in tau w' = y + alpha - beta w");
  s.field("beta", &P::beta, "beta in the same");
  s.field("tau", &P::tau, "how much slower w is than y").positive();
  s.field("current", &P::current, "stimulus I in y' = y - y^3 / 3 - w + I");
  s.field("horizon", &P::horizon, "end of time").positive();
  s.field("start_y", &P::start_y, "y(0)");
  s.field("start_w", &P::start_w, "w(0)");
}

class Neuron final : public Problem {
 public:
  using Parameters = NeuronParameters;
  explicit Neuron(const NeuronParameters& p) : p_(p) {}

  Domain domain() const override { return {{"t", 0, p_.horizon}}; }
  Unknowns unknowns() const override { return {"y", "w"}; }

  Terms terms() const override {
    const auto voltage = [p = p_](const Field& s) {
      return s.d("t", "y") - (s["y"] - pow(s["y"], 3) / 3 - s["w"] + p.current);
    };
    const auto recovery = [p = p_](const Field& s) {
      return s.d("t", "w") - (s["y"] + p.alpha - p.beta * s["w"]) / p.tau;
    };
    return {interior("voltage", voltage), interior("recovery", recovery),
            initial("initial_y", "t", p_.start_y, "y"), initial("initial_w", "t", p_.start_w, "w")};
  }

  std::optional<Reference> reference() const override {
    const std::vector<Coefficient> given{p_.alpha, p_.beta, p_.tau, p_.current};
    const auto system = [given](const double* inputs) -> RightHandSide {
      return [c = numbers(given, inputs)](double, const auto& s, auto& ds) {
        ds[0] = s[0] - s[0] * s[0] * s[0] / 3 - s[1] + c[3];
        ds[1] = (s[0] + c[0] - c[1] * s[1]) / c[2];
      };
    };
    return [=, p = p_](const std::vector<double>& points) {
      return trajectories(points, 1 + count_inputs(given), system, {p.start_y, p.start_w}, 0);
    };
  }

 private:
  NeuronParameters p_;
};
}  // namespace

BANACH_PLUGIN("fitzhugh_nagumo", "1.0.0", registry) {
  registry.problem<Neuron>("fitzhugh_nagumo", "FitzHugh-Nagumo neuron, two unknowns in time");
}
