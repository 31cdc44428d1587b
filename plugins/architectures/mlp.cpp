// SPDX-License-Identifier: Apache-2.0
// Multilayer perceptron: linear layers with an activation between them.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct MlpParameters : StackParameters {};
void describe(Schema<MlpParameters>& s) { stack_fields(s); }

class Mlp final : public Architecture {
 public:
  using Parameters = MlpParameters;
  Mlp(const MlpParameters& p, Builder& builder)
      : p_(p),
        signature_(builder.signature()),
        hidden_(p, builder, "hidden", builder.inputs()),
        output_(output_layer(p, builder, hidden_.width())) {}

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    return hidden_(first_input(p_, inputs, signature_));
  }

 private:
  MlpParameters p_;
  Signature signature_;
  HiddenLayers hidden_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("mlp", "1.1.0", registry) {
  registry.architecture<Mlp>("mlp", "multilayer perceptron");
}
