// SPDX-License-Identifier: Apache-2.0
// A state that flows along an ordinary differential equation: its right side is a network that all
// steps share. The steps are written out, so that derivatives are exact.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct NeuralOdeParameters : FlowParameters {
  std::string method = "rk4";
  std::int64_t steps = 4;
};
void describe(Schema<NeuralOdeParameters>& s) {
  s.field("method", &NeuralOdeParameters::method, "of integration").one_of({"euler", "rk4"});
  s.field("steps", &NeuralOdeParameters::steps, "equal steps from 0 to 1").at_least(1);
  flow_fields(s);
}

class NeuralOde final : public Architecture {
 public:
  using Parameters = NeuralOdeParameters;
  NeuralOde(const NeuralOdeParameters& p, Builder& builder)
      : p_(p), signature_(builder.signature()), flow_(p, builder) {}

  Expression forward(const Inputs& inputs) const override {
    return flow_.output(*features(inputs));
  }

  std::optional<Expression> features(const Inputs& inputs) const override {
    Expression x = flow_.lift(first_input(p_, inputs, signature_));
    const double h = 1.0 / static_cast<double>(p_.steps);
    for (int i = 0; i < p_.steps; ++i) x = step(x, i * h, h);
    return x;
  }

 private:
  Expression step(E x, double s, double h) const {
    const Expression a = flow_.velocity(x, s);
    if (p_.method == "euler") return x + h * a;
    const Expression b = flow_.velocity(x + h / 2 * a, s + h / 2);
    const Expression c = flow_.velocity(x + h / 2 * b, s + h / 2);
    const Expression d = flow_.velocity(x + h * c, s + h);
    return x + h / 6 * a + h / 3 * b + h / 3 * c + h / 6 * d;
  }
  NeuralOdeParameters p_;
  Signature signature_;
  Flow flow_;
};
}  // namespace

BANACH_PLUGIN("neural_ode", "1.0.0", registry) {
  registry.architecture<NeuralOde>("neural_ode", "flow of a learned ODE, fixed steps");
}
