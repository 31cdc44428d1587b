// SPDX-License-Identifier: Apache-2.0
// Layers that several architectures are made of, and their parameters. No torch here.
#pragma once
#include "banach/architecture.hpp"
#include "banach/parameters.hpp"

namespace banach {

/// How one hidden layer is made; parameters of architectures derive from it.
struct LayerParameters {
  std::string activation = "tanh", initialisation = "xavier_uniform", bias = "zeros";
  double gain = 1.0;
  bool scale_inputs = true;
  std::string adaptive = "none";
  double adaptive_scale = 1.0;
  std::string normalisation = "none";
  double dropout = 0.0;
};
/// How a stack of hidden layers is made.
struct StackParameters : LayerParameters {
  std::vector<std::int64_t> width{32};
  std::optional<std::int64_t> depth;
};

/// Declares the fields of LayerParameters that say how plain layers start.
template <class P>
void weight_fields(Schema<P>& s) {
  s.field("activation", &P::activation, "of the hidden layers").one_of(activations());
  s.field("initialisation", &P::initialisation, "of the weights").one_of(Init::names());
  s.field("gain", &P::gain, "factor on the initial hidden weights").positive();
  s.field("bias", &P::bias, "initialisation of the biases").one_of(Init::names());
  s.field("scale_inputs", &P::scale_inputs, "map the domain to [-1, 1] first");
}
/// Declares the fields of LayerParameters in a struct that derives from it.
template <class P>
void layer_fields(Schema<P>& s) {
  weight_fields(s);
  s.field("adaptive", &P::adaptive, "learn the slope of the activation: per layer or per neuron")
      .one_of({"none", "layer", "neuron"});
  s.field("adaptive_scale", &P::adaptive_scale, "n in activation(n a z); a starts at 1/n")
      .at_least(1);
}
/// Declares the fields of StackParameters; `what` is what depth counts.
template <class P>
void stack_fields(Schema<P>& s, const std::string& what = "hidden layers") {
  s.field("width", &P::width, "neurons of all " + what + ", or a list of one number for each")
      .at_least(1);
  s.field("depth", &P::depth, what + " (3), where width is one number").at_least(1);
  layer_fields(s);
  s.field("normalisation", &P::normalisation, "over the batch, where from the activation")
      .one_of({"none", "before", "after"});
  s.field("dropout", &P::dropout, "probability with which a neuron is left out of a step")
      .at_least(0)
      .where("< 1", [](double rate) { return rate < 1; });
}

/// A state x(s), 0 <= s <= 1, with dx/ds = v(x, s), v a perceptron.
struct FlowParameters : LayerParameters {
  std::int64_t width = 16;
  std::vector<std::int64_t> hidden{32};
};
/// Declares the fields of FlowParameters in a struct that derives from it.
template <class P>
void flow_fields(Schema<P>& s) {
  s.field("width", &P::width, "numbers of the state").at_least(1);
  s.field("hidden", &P::hidden, "neurons of every hidden layer of the right side").at_least(1);
  weight_fields(s);
}

/// The width of every layer; ConfigError when a list and a depth disagree.
BANACH_API std::vector<int> layer_widths(const StackParameters& p);

/// activation(z); with a learnable slope activation(n a z) (Jagtap, Kawaguchi, Karniadakis 2020).
class BANACH_API Activation {
 public:
  Activation(const LayerParameters& p, Builder& builder, const std::string& name, int width);
  Expression operator()(E z) const;

 private:
  std::string function_;
  std::optional<Row> slope_;
  double scale_;
};

/// x * mask / (1 - rate) while training, masks drawn anew per point, column and step; else x. The
/// mask is a number to derivatives by the coordinates (Srivastava et al. 2014).
BANACH_API Expression dropout(E x, double rate);

/// (x - mean) / sqrt(variance + 1e-5) * scale + shift, column by column (Ioffe, Szegedy 2015). In
/// training mean and variance are those of the term's points, numbers to derivatives by the
/// coordinates; else running means of them, which every step moves by a tenth.
class BANACH_API Normalisation {
 public:
  Normalisation(Builder& builder, const std::string& name, int width);
  Expression operator()(E x) const;

 private:
  Row mean_, variance_, scale_, shift_;
};

/// activation(x W + b), [rows, out], normalised before or after, then with dropout.
class BANACH_API HiddenLayer {
 public:
  HiddenLayer(const LayerParameters& p, Builder& builder, const std::string& name, int in, int out);
  Expression operator()(E x) const;

 private:
  Linear linear_;
  Activation activation_;
  std::optional<Normalisation> before_, after_;
  double dropout_;
};

/// Hidden layers "<name>.0", "<name>.1", ... one after the other.
class BANACH_API HiddenLayers {
 public:
  HiddenLayers(const StackParameters& p, Builder& builder, const std::string& name, int in);
  Expression operator()(E x) const;
  const std::vector<HiddenLayer>& layers() const { return layers_; }
  /// Columns of the result.
  int width() const { return width_; }

 private:
  std::vector<HiddenLayer> layers_;
  int width_;
};

/// The rule for hidden weights.
BANACH_API Init hidden_weights(const LayerParameters& p);
/// The linear last layer "output", initialised with gain 1.
BANACH_API Linear output_layer(const LayerParameters& p, Builder& builder, int in);
/// The coordinates as the first layer sees them: scaled where the parameters say so.
BANACH_API Expression first_input(const LayerParameters& p, const Inputs& inputs,
                                  const Signature& signature);

/// Coordinates with the named axes replaced by sin and cos of 1 .. n periods over the axis' range;
/// the others, scaled to [-1, 1] where wanted, come first.
class BANACH_API Harmonics {
 public:
  /// ConfigError for an empty list, an unknown axis, or one that is named twice.
  Harmonics(const Domain& coordinates, const std::vector<std::string>& axes, int n, bool scale);
  Expression operator()(E points) const;
  int width() const { return static_cast<int>(plain_.size() + 2 * angles_.size()); }

 private:
  std::vector<int> plain_, angles_;  // columns of the points; one entry per result, per angle
  std::vector<double> plain_scale_, plain_shift_, angle_scale_, angle_shift_;
};

/// The layers of a flow: coordinates to x(0), (x, s) to dx/ds, x(1) to outputs. Their number does
/// not depend on how it is integrated.
struct BANACH_API Flow {
  Flow(const FlowParameters& p, Builder& builder);
  /// dx/ds, [rows, width]
  Expression velocity(E x, double s) const;

  Linear lift, output;
  std::vector<Linear> right_side;  // all but the last are followed by the activation
  std::string activation;
};

}  // namespace banach
