// SPDX-License-Identifier: Apache-2.0
#include <banach/architecture.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct LinearParameters {
  bool bias = true;
};
void describe(Schema<LinearParameters>& s) {
  s.field("bias", &LinearParameters::bias, "whether a constant is added");
}

// One matrix: the branch of a linear operator needs no more, and generalises as least squares do.
class LinearMap final : public Architecture {
 public:
  using Parameters = LinearParameters;
  LinearMap(const LinearParameters& p, Builder& b)
      : domain_(b.signature().coordinates),
        map_(b.linear("map", b.inputs(), b.outputs(), Init{Init::Kind::xavier_uniform},
                      p.bias ? std::optional<Init>(Init{Init::Kind::zeros}) : std::nullopt)) {}
  Expression forward(const Inputs& in) const override { return map_(scaled(in.points(), domain_)); }
  std::optional<Expression> features(const Inputs& in) const override {
    return scaled(in.points(), domain_);
  }

 private:
  Domain domain_;
  Linear map_;
};

}  // namespace

BANACH_PLUGIN("linear", "1.0.0", registry) {
  registry.architecture<LinearMap>("linear", "one linear map, for branches of linear operators");
}
