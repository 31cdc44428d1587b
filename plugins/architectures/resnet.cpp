// SPDX-License-Identifier: Apache-2.0
// Residual network: blocks of hidden layers beside a skip connection, which is a linear projection
// where the widths of two blocks differ.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct ResnetParameters : StackParameters {
  std::int64_t layers = 2;
};
void describe(Schema<ResnetParameters>& s) {
  stack_fields(s, "blocks");
  s.field("layers", &ResnetParameters::layers, "hidden layers per block").at_least(1);
}

class Resnet final : public Architecture {
 public:
  using Parameters = ResnetParameters;
  Resnet(const ResnetParameters& p, Builder& builder)
      : p_(p), signature_(builder.signature()), widths_(layer_widths(p)) {
    const Init bias = Init::named(p.bias);
    input_ = builder.linear("input", builder.inputs(), widths_[0], hidden_weights(p), bias);
    int in = widths_[0];
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const std::string name = "block." + std::to_string(i);
      StackParameters inside = p;
      inside.width = {widths_[i]}, inside.depth = p.layers;
      blocks_.push_back({HiddenLayers(inside, builder, name, in), {}});
      if (in != widths_[i])
        blocks_.back().skip = builder.linear(name + ".skip", in, widths_[i], hidden_weights(p), {});
      in = widths_[i];
    }
    output_ = output_layer(p, builder, in);
  }

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    Expression x = input_(first_input(p_, inputs, signature_));
    for (const auto& block : blocks_) x = (block.skip ? (*block.skip)(x) : x) + block.inside(x);
    return x;
  }

 private:
  struct Block {
    HiddenLayers inside;
    std::optional<Linear> skip;
  };
  ResnetParameters p_;
  Signature signature_;
  std::vector<int> widths_;
  Linear input_, output_;
  std::vector<Block> blocks_;
};
}  // namespace

BANACH_PLUGIN("resnet", "1.0.0", registry) {
  registry.architecture<Resnet>("resnet", "residual network");
}
