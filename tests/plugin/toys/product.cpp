// SPDX-License-Identifier: Apache-2.0
// The product of two sub-networks, each any architecture by its name.
#include <banach/architecture.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct ProductParameters {
  double factor = 1.0;
};
void describe(Schema<ProductParameters>& s) {
  s.field("factor", &ProductParameters::factor, "in front of the product");
}

class Product final : public Architecture {
 public:
  using Parameters = ProductParameters;
  Product(const ProductParameters& p, Builder& builder)
      : factor_(p.factor),
        left_(builder.part("left", builder.signature())),
        right_(builder.part("right", builder.signature())) {}

  Expression forward(const Inputs& inputs) const override {
    return factor_ * left_->forward(inputs) * right_->forward(inputs);
  }

 private:
  double factor_;
  std::shared_ptr<Architecture> left_, right_;
};
}  // namespace

BANACH_PLUGIN("product", "1.0.0", registry) {
  registry.architecture<Product>("product", "product of two sub-networks");
}
