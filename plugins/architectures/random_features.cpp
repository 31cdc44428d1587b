// SPDX-License-Identifier: Apache-2.0
// A frozen layer of random features and a linear layer on top.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>
#include <cmath>

namespace {
using namespace banach;

struct RandomFeaturesParameters {
  std::int64_t features = 300;
  std::string activation = "sin";
  std::vector<double> scales{2.0};
};
void describe(Schema<RandomFeaturesParameters>& s) {
  s.field("features", &RandomFeaturesParameters::features, "of all scales together").at_least(1);
  s.field("activation", &RandomFeaturesParameters::activation, "of the frozen layer")
      .one_of({"sin", "tanh", "gaussian"});
  s.field("scales", &RandomFeaturesParameters::scales,
          "standard deviations of the frozen weights, each for an equal part of the features")
      .positive();
}

class RandomFeatures final : public Architecture {
 public:
  using Parameters = RandomFeaturesParameters;
  RandomFeatures(const RandomFeaturesParameters& p, Builder& builder)
      : activation_(p.activation),
        domain_(builder.signature().coordinates),
        frozen_(frozen(p, builder)),
        output_(builder.linear("output", static_cast<int>(p.features), builder.outputs(),
                               Init{Init::Kind::zeros})) {}

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    const Expression x = scaled(inputs.points(), domain_);
    std::vector<Expression> parts;
    for (const auto& layer : frozen_) {
      const Expression z = layer(x);
      parts.push_back(activation_ == "gaussian" ? exp(-(z * z)) : activate(activation_, z));
    }
    return concat(parts);
  }

 private:
  // Phases of sines fill a period; ridges of the others lie all over the box.
  static std::vector<Linear> frozen(const RandomFeaturesParameters& p, Builder& builder) {
    if (p.scales.empty()) throw ConfigError("scales is an empty list; give at least one number");
    std::vector<Linear> out;
    const auto parts = static_cast<std::int64_t>(p.scales.size());
    for (std::int64_t i = 0; i < parts; ++i) {
      const double scale = p.scales[static_cast<std::size_t>(i)];
      const auto count = p.features * (i + 1) / parts - p.features * i / parts;
      const double shift = p.activation == "sin" ? pi : scale * std::sqrt(builder.inputs());
      out.push_back(builder.fixed("frozen." + std::to_string(i), builder.inputs(),
                                  static_cast<int>(count), Init{Init::Kind::normal, scale},
                                  Init{Init::Kind::uniform, shift}));
    }
    return out;
  }

  std::string activation_;
  Domain domain_;
  std::vector<Linear> frozen_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("random_features", "1.0.0", registry) {
  registry.architecture<RandomFeatures>("random_features", "frozen random features, linear on top");
}
