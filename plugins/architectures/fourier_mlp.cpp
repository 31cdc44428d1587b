// SPDX-License-Identifier: Apache-2.0
// Random Fourier features in front of a multilayer perceptron.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct FourierMlpParameters : StackParameters {
  std::vector<double> scales{1.0};
  std::int64_t features = 32;
};
void describe(Schema<FourierMlpParameters>& s) {
  s.field("scales", &FourierMlpParameters::scales, "standard deviations of the frequencies")
      .positive();
  s.field("features", &FourierMlpParameters::features, "frequencies of each scale").at_least(1);
  stack_fields(s);
}

class FourierMlp final : public Architecture {
 public:
  using Parameters = FourierMlpParameters;
  FourierMlp(const FourierMlpParameters& p, Builder& builder)
      : p_(p),
        signature_(builder.signature()),
        frequencies_(frequencies(p, builder)),
        hidden_(p, builder, "hidden",
                2 * static_cast<int>(p.features) * static_cast<int>(p.scales.size())),
        output_(output_layer(p, builder, hidden_.width())) {}

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    const Expression x = first_input(p_, inputs, signature_);
    std::vector<Expression> parts;
    for (const auto& layer : frequencies_) {
      const Expression angle = layer(x);
      parts.push_back(cos(angle));
      parts.push_back(sin(angle));
    }
    return hidden_(concat(parts));
  }

 private:
  static std::vector<Linear> frequencies(const FourierMlpParameters& p, Builder& builder) {
    if (p.scales.empty()) throw ConfigError("scales is an empty list; give at least one number");
    std::vector<Linear> out;
    for (const double scale : p.scales)  // 2 pi B x, B normal
      out.push_back(builder.fixed("frequencies." + std::to_string(out.size()), builder.inputs(),
                                  static_cast<int>(p.features),
                                  Init{Init::Kind::normal, 2 * pi * scale}, Init{}));
    return out;
  }
  FourierMlpParameters p_;
  Signature signature_;
  std::vector<Linear> frequencies_;
  HiddenLayers hidden_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("fourier_mlp", "1.0.0", registry) {
  registry.architecture<FourierMlp>("fourier_mlp", "perceptron on random Fourier features");
}
