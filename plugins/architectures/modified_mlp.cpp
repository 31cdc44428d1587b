// SPDX-License-Identifier: Apache-2.0
// Perceptron whose layers are gates between two encodings U, V of the coordinates.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct ModifiedMlpParameters : LayerParameters {
  std::int64_t width = 32, depth = 3;
};
void describe(Schema<ModifiedMlpParameters>& s) {
  s.field("width", &ModifiedMlpParameters::width, "neurons of every layer").at_least(1);
  s.field("depth", &ModifiedMlpParameters::depth, "gated layers").at_least(1);
  layer_fields(s);
}

class ModifiedMlp final : public Architecture {
 public:
  using Parameters = ModifiedMlpParameters;
  ModifiedMlp(const ModifiedMlpParameters& p, Builder& builder)
      : p_(p), signature_(builder.signature()) {
    const int width = static_cast<int>(p.width), in = builder.inputs();
    for (const char* name : {"u", "v", "input"}) outer_.emplace_back(p, builder, name, in, width);
    for (int i = 0; i < p.depth; ++i)
      gates_.emplace_back(p, builder, "gate." + std::to_string(i), width, width);
    output_ = output_layer(p, builder, width);
  }

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    const Expression x = first_input(p_, inputs, signature_);
    const Expression u = outer_[0](x), difference = outer_[1](x) - u;
    Expression h = outer_[2](x);
    for (const auto& gate : gates_) h = u + gate(h) * difference;  // (1 - Z) U + Z V
    return h;
  }

 private:
  ModifiedMlpParameters p_;
  Signature signature_;
  std::vector<HiddenLayer> outer_, gates_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("modified_mlp", "1.0.0", registry) {
  registry.architecture<ModifiedMlp>("modified_mlp",
                                     "perceptron gated by two encodings of the coordinates");
}
