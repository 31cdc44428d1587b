// SPDX-License-Identifier: Apache-2.0
// Multilayer perceptron that is exactly periodic in some coordinates: they enter as harmonics of
// the length of their axis.
#include <algorithm>
#include <banach/layers.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct PeriodicParameters : StackParameters {
  std::vector<std::string> axes;
  std::int64_t harmonics = 3;
};
void describe(Schema<PeriodicParameters>& s) {
  s.field("axes", &PeriodicParameters::axes, "coordinates in which the solution is periodic")
      .required();
  s.field("harmonics", &PeriodicParameters::harmonics, "sin and cos of 1 .. this many periods")
      .at_least(1);
  stack_fields(s);
}

class Periodic final : public Architecture {
 public:
  using Parameters = PeriodicParameters;
  Periodic(const PeriodicParameters& p, Builder& builder)
      : features_(builder.signature().coordinates, p.axes, static_cast<int>(p.harmonics),
                  p.scale_inputs),
        hidden_(p, builder, "hidden", features_.width()),
        output_(output_layer(p, builder, hidden_.width())) {}

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    return hidden_(features_(inputs.points()));
  }

 private:
  Harmonics features_;
  HiddenLayers hidden_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("periodic", "1.0.0", registry) {
  registry.architecture<Periodic>("periodic", "perceptron that is periodic in some coordinates");
}
