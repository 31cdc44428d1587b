// SPDX-License-Identifier: Apache-2.0
// The gated network of the deep Galerkin method. The weights of a layer's gates are packed: one
// product for the four parts that read the coordinates, one for the Z, G and R parts of the state.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct DgmParameters : LayerParameters {
  std::int64_t width = 50, layers = 3;
};
void describe(Schema<DgmParameters>& s) {
  s.field("width", &DgmParameters::width, "neurons of the state").at_least(1);
  s.field("layers", &DgmParameters::layers, "gated layers").at_least(1);
  layer_fields(s);
}

class Dgm final : public Architecture {
 public:
  using Parameters = DgmParameters;
  Dgm(const DgmParameters& p, Builder& builder)
      : p_(p),
        signature_(builder.signature()),
        width_(static_cast<int>(p.width)),
        input_(p, builder, "input", builder.inputs(), width_) {
    const Init weight = hidden_weights(p);
    for (int i = 0; i < p.layers; ++i) {
      const std::string name = "layer." + std::to_string(i);
      layers_.push_back({builder.packed(name + ".points", builder.inputs(), width_, 4, weight,
                                        Init::named(p.bias)),
                         builder.packed(name + ".gates", width_, width_, 3, weight, {}),
                         builder.linear(name + ".candidate", width_, width_, weight, {}),
                         {p, builder, name + ".gates", 3 * width_},
                         {p, builder, name + ".candidate", width_}});
    }
    output_ = output_layer(p, builder, width_);
  }

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    const Expression x = first_input(p_, inputs, signature_);
    Expression s = input_(x);
    for (const auto& layer : layers_) {
      const Expression p = layer.points(x);
      const Expression zgr = layer.gate(p.columns(0, 3 * width_) + layer.gates(s));
      const Expression z = zgr.columns(0, width_), g = zgr.columns(width_, width_);
      const Expression r = zgr.columns(2 * width_, width_);
      const Expression h = layer.accept(p.columns(3 * width_, width_) + layer.candidate(s * r));
      s = (1 - g) * h + z * s;
    }
    return s;
  }

 private:
  struct Layer {
    Linear points, gates, candidate;
    Activation gate, accept;
  };
  DgmParameters p_;
  Signature signature_;
  int width_;
  HiddenLayer input_;
  std::vector<Layer> layers_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("dgm", "1.0.0", registry) {
  registry.architecture<Dgm>("dgm", "gated network of the deep Galerkin method");
}
