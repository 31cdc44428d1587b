// SPDX-License-Identifier: Apache-2.0
// Small architectures for the tests of the executor, one for each way to combine primitives.
#pragma once
#include <torch/types.h>

#include <memory>

#include "banach/registry.hpp"
#include "banach/tensor_architecture.hpp"

namespace banach::testing_only {

struct Nothing {};
inline void describe(Schema<Nothing>&) {}

struct Shape {
  std::int64_t width = 7, depth = 2;
  std::string activation = "tanh";
};
inline void describe(Schema<Shape>& s) {
  s.field("width", &Shape::width, "neurons");
  s.field("depth", &Shape::depth, "hidden layers");
  s.field("activation", &Shape::activation, "between layers");
}

class Perceptron final : public Architecture {
 public:
  using Parameters = Shape;
  Perceptron(const Shape& p, Builder& b) : p_(p), domain_(b.signature().coordinates) {
    int in = b.inputs();
    for (int i = 0; i < p.depth; ++i) {
      hidden_.push_back(b.linear("hidden" + std::to_string(i), in, static_cast<int>(p.width)));
      in = static_cast<int>(p.width);
    }
    output_ = b.linear("output", in, b.outputs());
  }
  Expression forward(const Inputs& inputs) const override {
    Expression h = scaled(inputs.points(), domain_);
    for (const auto& layer : hidden_) h = activate(p_.activation, layer(h));
    return output_(h);
  }

 private:
  Shape p_;
  Domain domain_;
  std::vector<Linear> hidden_;
  Linear output_;
};

/// One gated block of the deep Galerkin method, a residual sum and a learnable row.
class Gated final : public Architecture {
 public:
  using Parameters = Nothing;
  Gated(const Nothing&, Builder& b)
      : in_(b.linear("in", b.inputs(), 5)),
        out_(b.linear("out", 5, b.outputs())),
        scale_(b.row("scale", 5, Init{Init::Kind::ones})) {
    for (const char* gate : {"z", "g", "r", "h"}) {
      x_.push_back(b.linear(std::string("x") + gate, b.inputs(), 5));
      s_.push_back(b.linear(std::string("s") + gate, 5, 5, Init{Init::Kind::xavier_uniform}, {}));
    }
  }
  Expression forward(const Inputs& inputs) const override {
    const Expression x = inputs.points();
    const Expression s = tanh(in_(x));
    const Expression z = tanh(x_[0](x) + s_[0](s)), g = sigmoid(x_[1](x) + s_[1](s));
    const Expression r = tanh(x_[2](x) + s_[2](s)), h = tanh(x_[3](x) + s_[3](s * r));
    return out_((1 - g) * h + z * s + scale_ * sin(s));
  }

 private:
  Linear in_, out_;
  Row scale_;
  std::vector<Linear> x_, s_;
};

/// Branch and trunk joined by a dot product.
class Operator final : public Architecture {
 public:
  using Parameters = Nothing;
  Operator(const Nothing&, Builder& b)
      : branch_(b.linear("branch", b.signature().functions.at(0).sensors, 6)),
        mix_(b.linear("mix", 6, 6)),
        trunk_(b.linear("trunk", b.inputs(), 6)),
        last_(b.linear("last", 6, 6)),
        shift_(b.row("shift", 1, Init{Init::Kind::zeros})) {}
  Expression forward(const Inputs& inputs) const override {
    const Expression branch = mix_(tanh(branch_(inputs.functions()[0].second)));
    return dot(branch, last_(tanh(trunk_(inputs.points())))) + shift_;
  }

 private:
  Linear branch_, mix_, trunk_, last_;
  Row shift_;
};

/// Functions and points meet early: columns side by side, then a layer.
class Mixed final : public Architecture {
 public:
  using Parameters = Nothing;
  Mixed(const Nothing&, Builder& b)
      : join_(b.linear("join", b.signature().functions.at(0).sensors + b.inputs(), 6)),
        plain_(b.linear("plain", b.inputs(), b.outputs())),
        out_(b.linear("out", 6, b.outputs())) {}
  Expression forward(const Inputs& inputs) const override {
    const Expression f = inputs.functions()[0].second, x = inputs.points();
    return out_(tanh(join_(concat({f, x})))) + f[0] * plain_(x) + sum(f);
  }

 private:
  Linear join_, plain_, out_;
};

/// Linear in the functions and in the points: a sum, or one product more.
template <bool product>
class Plain final : public Architecture {
 public:
  using Parameters = Nothing;
  Plain(const Nothing&, Builder& b)
      : functions_(b.linear("functions", b.signature().functions.at(0).sensors, b.outputs())),
        points_(b.linear("points", b.inputs(), b.outputs())) {}
  Expression forward(const Inputs& inputs) const override {
    const Expression f = inputs.functions()[0].second, x = points_(inputs.points());
    return functions_(f) + (product ? f[0] * x : x);
  }

 private:
  Linear functions_, points_;
};

class Normalised final : public Architecture {
 public:
  using Parameters = Nothing;
  Normalised(const Nothing&, Builder& b)
      : in_(b.linear("in", b.inputs(), 5)), out_(b.linear("out", 5, b.outputs())) {}
  Expression forward(const Inputs& inputs) const override {
    const Expression h = in_(inputs.points()), centred = h - batch_mean(h);
    return out_(tanh(centred / sqrt(batch_mean(centred * centred) + 0.05)));
  }

 private:
  Linear in_, out_;
};

/// Fixed random frequencies: buffers, sines and cosines side by side.
class Frequencies final : public Architecture {
 public:
  using Parameters = Nothing;
  Frequencies(const Nothing&, Builder& b)
      : fixed_(b.fixed("frequencies", b.inputs(), 4, Init{Init::Kind::normal},
                       Init{Init::Kind::zeros})),
        out_(b.linear("out", 8, b.outputs())) {}
  Expression forward(const Inputs& inputs) const override {
    const Expression z = fixed_(inputs.points());
    return out_(concat({sin(z), cos(z)}));
  }

 private:
  Linear fixed_, out_;
};

class Opaque final : public TensorArchitecture {
 public:
  using Parameters = Nothing;
  Opaque(const Nothing&, Builder& b)
      : TensorArchitecture(b.outputs(),
                           {b.slot("in", {b.inputs(), 6}, Init{Init::Kind::normal}, 1, 6),
                            b.slot("shift", {6}, Init{Init::Kind::normal}, 1, 6),
                            b.slot("out", {6, b.outputs()}, Init{Init::Kind::normal}, 6, 1)}) {}
  at::Tensor evaluate(const at::Tensor& points,
                      const std::vector<at::Tensor>& weights) const override {
    return at::matmul(at::tanh(at::matmul(points, weights[0]) + weights[1]), weights[2]);
  }
};

class WrongShape final : public TensorArchitecture {
 public:
  using Parameters = Nothing;
  WrongShape(const Nothing&, Builder& b)
      : TensorArchitecture(b.outputs(), {b.slot("in", {1}, Init{Init::Kind::ones}, 1, 1)}) {}
  at::Tensor evaluate(const at::Tensor& points, const std::vector<at::Tensor>& w) const override {
    return (points * w[0]).sum();
  }
};

/// The product of two sub-architectures.
class Product final : public Architecture {
 public:
  using Parameters = Nothing;
  Product(const Nothing&, Builder& b)
      : left_(b.part("left", b.signature())), right_(b.part("right", b.signature())) {}
  Expression forward(const Inputs& inputs) const override {
    return left_->forward(inputs) * right_->forward(inputs);
  }

 private:
  std::shared_ptr<Architecture> left_, right_;
};

inline Registry registry() {
  Registry r;
  r.architecture<Perceptron>("perceptron", "layers");
  r.architecture<Gated>("gated", "gates");
  r.architecture<Operator>("operator", "branch and trunk");
  r.architecture<Mixed>("mixed", "functions beside points");
  r.architecture<Plain<false>>("additive", "linear in everything");
  r.architecture<Plain<true>>("bilinear", "linear in functions and in points");
  r.architecture<Normalised>("normalised", "batch statistics");
  r.architecture<Frequencies>("frequencies", "fixed features");
  r.architecture<Opaque>("opaque", "tensors");
  r.architecture<WrongShape>("wrong_shape", "a scalar");
  r.architecture<Product>("product", "two parts");
  return r;
}

}  // namespace banach::testing_only
