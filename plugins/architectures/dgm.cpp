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
        input_(p, builder, "input", builder.inputs(), static_cast<int>(p.width)) {
    const Init weight = hidden_weights(p), bias = Init::named(p.bias);
    const int w = static_cast<int>(p.width), d = builder.inputs();
    for (int i = 0; i < p.layers; ++i) {
      const std::string name = "layer." + std::to_string(i);
      layers_.push_back({builder.packed(name + ".points", d, w, 4, weight, bias),
                         builder.packed(name + ".gates", w, w, 3, weight, {}),
                         builder.linear(name + ".candidate", w, w, weight, {}),
                         {p, builder, name + ".gates", 3 * w},
                         {p, builder, name + ".candidate", w}});
    }
    output_ = output_layer(p, builder, w);
  }

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    const Expression x = first_input(p_, inputs, signature_);
    Expression s = input_(x);
    for (const auto& layer : layers_) {
      const int w = layer.candidate.out;
      const Expression p = layer.points(x);
      const Expression zgr = layer.gate(p.columns(0, 3 * w) + layer.gates(s));
      const Expression z = zgr.columns(0, w), g = zgr.columns(w, w), r = zgr.columns(2 * w, w);
      const Expression h = layer.accept(p.columns(3 * w, w) + layer.candidate(s * r));
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
  HiddenLayer input_;
  std::vector<Layer> layers_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("dgm", "1.0.0", registry) {
  registry.architecture<Dgm>("dgm", "gated network of the deep Galerkin method");
}
