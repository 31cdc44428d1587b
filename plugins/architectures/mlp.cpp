// SPDX-License-Identifier: Apache-2.0
// Multilayer perceptron: linear layers with an activation between them.
#include <banach/architecture.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct MlpParameters {
  std::vector<std::int64_t> width{32};
  std::int64_t depth = 3;
  std::string activation = "tanh", initialisation = "xavier_uniform", bias = "zeros";
  double gain = 1.0;
  bool scale_inputs = true;
};
void describe(Schema<MlpParameters>& s) {
  s.field("width", &MlpParameters::width, "neurons per hidden layer, or a list of one per layer")
      .at_least(1);
  s.field("depth", &MlpParameters::depth, "hidden layers, where width is one number").at_least(1);
  s.field("activation", &MlpParameters::activation, "between layers").one_of(activations());
  s.field("initialisation", &MlpParameters::initialisation, "of the weights").one_of(Init::names());
  s.field("gain", &MlpParameters::gain, "factor on the initial hidden weights").positive();
  s.field("bias", &MlpParameters::bias, "initialisation of the biases").one_of(Init::names());
  s.field("scale_inputs", &MlpParameters::scale_inputs, "map the domain to [-1, 1] first");
}

class Mlp final : public Architecture {
 public:
  using Parameters = MlpParameters;
  Mlp(const MlpParameters& p, Builder& builder) : p_(p), signature_(builder.signature()) {
    std::vector<std::int64_t> widths = p.width;
    if (widths.size() == 1) widths.assign(static_cast<std::size_t>(p.depth), p.width[0]);
    Init weight = Init::named(p.initialisation), output = weight;
    weight.gain = p.gain;
    int in = builder.inputs();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const int out = static_cast<int>(widths[i]);
      hidden_.push_back(
          builder.linear("hidden." + std::to_string(i), in, out, weight, Init::named(p.bias)));
      in = out;
    }
    output_ = builder.linear("output", in, builder.outputs(), output, Init::named(p.bias));
  }

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    Expression h =
        p_.scale_inputs ? scaled(inputs.points(), signature_.coordinates) : inputs.points();
    for (const auto& layer : hidden_) h = activate(p_.activation, layer(h));
    return h;
  }

 private:
  MlpParameters p_;
  Signature signature_;
  std::vector<Linear> hidden_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("mlp", "1.0.0", registry) {
  registry.architecture<Mlp>("mlp", "multilayer perceptron");
}
