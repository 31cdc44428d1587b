// SPDX-License-Identifier: Apache-2.0
// A state that flows along an ordinary differential equation, integrated to a tolerance. Training
// on values alone needs memory that does not depend on the number of steps.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>
#include <banach/tensor_architecture.hpp>

namespace {
using namespace banach;

struct AdaptiveParameters : FlowParameters {
  std::string method = "dopri5";
  double rtol = 1e-5, atol = 1e-5;
  std::int64_t steps = 1000;
};
void describe(Schema<AdaptiveParameters>& s) {
  s.field("method", &AdaptiveParameters::method, "of integration").one_of({"dopri5", "rk4"});
  s.field("rtol", &AdaptiveParameters::rtol, "relative tolerance of dopri5").positive();
  s.field("atol", &AdaptiveParameters::atol, "absolute tolerance of dopri5").positive();
  s.field("steps", &AdaptiveParameters::steps, "of rk4; of dopri5 at most").at_least(1);
  flow_fields(s);
}

class Adaptive final : public TensorArchitecture {
 public:
  using Parameters = AdaptiveParameters;
  Adaptive(const AdaptiveParameters& p, Builder& builder) : Adaptive(p, builder, {p, builder}) {}

  at::Tensor evaluate(const at::Tensor& points, const std::vector<at::Tensor>& w) const override {
    const at::Tensor x = p_.scale_inputs ? scaled(points, domain_) : points;
    const Velocity v = [activation = p_.activation](double s, const at::Tensor& state,
                                                    const std::vector<at::Tensor>& u) {
      at::Tensor h = at::cat({state, at::full({state.size(0), 1}, s, state.options())}, 1);
      for (std::size_t i = 0; i + 2 < u.size(); i += 2)
        h = activate(activation, at::addmm(u[i + 1], h, u[i]));
      return at::addmm(u[u.size() - 1], h, u[u.size() - 2]);
    };
    const Integration how{p_.method == "dopri5", p_.steps, p_.rtol, p_.atol};
    const at::Tensor end = integrate(v, at::addmm(w[1], x, w[0]), {w.begin() + 4, w.end()}, how);
    return at::addmm(w[3], end, w[2]);
  }

 private:
  Adaptive(const AdaptiveParameters& p, Builder& builder, const Flow& flow)
      : TensorArchitecture(builder.outputs(), slots(flow)),
        p_(p),
        domain_(builder.signature().coordinates) {}
  static std::vector<int> slots(const Flow& flow) {
    std::vector<int> out{flow.lift.weight, flow.lift.bias, flow.output.weight, flow.output.bias};
    for (const auto& layer : flow.right_side) out.insert(out.end(), {layer.weight, layer.bias});
    return out;
  }
  AdaptiveParameters p_;
  Domain domain_;
};
}  // namespace

BANACH_PLUGIN("neural_ode_adaptive", "1.0.0", registry) {
  registry.architecture<Adaptive>("neural_ode_adaptive", "flow of a learned ODE, to a tolerance");
}
