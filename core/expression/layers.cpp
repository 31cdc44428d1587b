// SPDX-License-Identifier: Apache-2.0
#include "banach/layers.hpp"

#include <algorithm>

#include "core/expression/trace.hpp"

namespace banach {

Init hidden_weights(const LayerParameters& p) {
  Init out = Init::named(p.initialisation);
  out.gain = p.gain;
  return out;
}

std::vector<int> layer_widths(const StackParameters& p) {
  if (p.width.empty()) throw ConfigError("width is an empty list; give one number per layer");
  const auto listed = static_cast<std::int64_t>(p.width.size());
  if (listed > 1 && p.depth && *p.depth != listed)
    throw ConfigError("width lists " + std::to_string(listed) + " layers, but depth = " +
                      std::to_string(*p.depth) + ": leave depth out, or give one width for all");
  const std::int64_t count = listed > 1 ? listed : p.depth.value_or(3);
  std::vector<int> out;
  for (std::int64_t i = 0; i < count; ++i)
    out.push_back(static_cast<int>(p.width[listed > 1 ? static_cast<std::size_t>(i) : 0]));
  return out;
}

Activation::Activation(const LayerParameters& p, Builder& builder, const std::string& name,
                       int width)
    : function_(p.activation), scale_(p.adaptive_scale) {
  if (p.adaptive != "none")
    slope_ = builder.row(name + ".slope", p.adaptive == "layer" ? 1 : width,
                         Init{Init::Kind::constant, 1, 1 / scale_});
}

Expression Activation::operator()(E z) const {
  return activate(function_, slope_ ? scale_ * (*slope_ * z) : z);
}

Expression dropout(E x, double rate) {
  Trace& trace = Trace::current();
  if (!trace.training() || rate == 0) return x;
  Node n;
  n.op = Op::dropout;
  n.in = {trace.node_of(x)};
  n.width = x.width();
  n.rows = trace.node(n.in[0]).rows;
  n.index = trace.new_mask();
  n.numbers = {rate};
  return trace.add(n);
}

Normalisation::Normalisation(Builder& builder, const std::string& name, int width)
    : mean_(builder.row(name + ".mean", width, Init{Init::Kind::zeros}, false)),
      variance_(builder.row(name + ".variance", width, Init{Init::Kind::ones}, false)),
      scale_(builder.row(name + ".scale", width, Init{Init::Kind::ones})),
      shift_(builder.row(name + ".shift", width, Init{Init::Kind::zeros})) {}

Expression Normalisation::operator()(E x) const {
  if (!Trace::current().training())
    return (x - mean_) * pow(variance_ + 1e-5, -0.5) * scale_ + shift_;
  const auto statistic = [](E value, const Row& running) {
    Trace& trace = Trace::current();
    Node n;
    n.op = Op::batch_mean;
    n.in = {trace.node_of(value)};
    n.width = value.width();
    n.rows = trace.node(n.in[0]).rows & ~unsigned(point_rows);
    n.numbers = {static_cast<double>(running.slot)};
    return trace.add(n);
  };
  const Expression centred = x - statistic(x, mean_);
  const Expression variance = statistic(centred * centred, variance_);
  return centred * pow(variance + 1e-5, -0.5) * scale_ + shift_;
}

HiddenLayer::HiddenLayer(const LayerParameters& p, Builder& builder, const std::string& name,
                         int in, int out)
    : linear_(builder.linear(name, in, out, hidden_weights(p), Init::named(p.bias))),
      activation_(p, builder, name, out),
      dropout_(p.dropout) {
  if (p.normalisation == "before") before_.emplace(builder, name + ".normalisation", out);
  if (p.normalisation == "after") after_.emplace(builder, name + ".normalisation", out);
}

Expression HiddenLayer::operator()(E x) const {
  Expression z = linear_(x);
  if (before_) z = (*before_)(z);
  z = activation_(z);
  if (after_) z = (*after_)(z);
  return dropout(z, dropout_);
}

HiddenLayers::HiddenLayers(const StackParameters& p, Builder& builder, const std::string& name,
                           int in)
    : width_(in) {
  for (const int out : layer_widths(p)) {
    layers_.emplace_back(p, builder, name + "." + std::to_string(layers_.size()), width_, out);
    width_ = out;
  }
}

Expression HiddenLayers::operator()(E x) const {
  Expression h = x;
  for (const auto& layer : layers_) h = layer(h);
  return h;
}

Linear output_layer(const LayerParameters& p, Builder& builder, int in) {
  return builder.linear("output", in, builder.outputs(), Init::named(p.initialisation),
                        Init::named(p.bias));
}

Expression first_input(const LayerParameters& p, const Inputs& inputs, const Signature& signature) {
  return p.scale_inputs ? scaled(inputs.points(), signature.coordinates) : inputs.points();
}

Flow::Flow(const FlowParameters& p, Builder& builder) : activation(p.activation) {
  const Init weight = hidden_weights(p), bias = Init::named(p.bias);
  const int width = static_cast<int>(p.width);
  lift = builder.linear("lift", builder.inputs(), width, weight, bias);
  int in = width + 1;
  for (const auto out : p.hidden) {
    right_side.push_back(builder.linear("hidden." + std::to_string(right_side.size()), in,
                                        static_cast<int>(out), weight, bias));
    in = static_cast<int>(out);
  }
  right_side.push_back(builder.linear("velocity", in, width, weight, bias));
  output = output_layer(p, builder, width);
}

Expression Flow::velocity(E x, double s) const {
  Expression h = concat({x, s});
  for (std::size_t i = 0; i + 1 < right_side.size(); ++i)
    h = activate(activation, right_side[i](h));
  return right_side.back()(h);
}

Harmonics::Harmonics(const Domain& coordinates, const std::vector<std::string>& axes, int n,
                     bool scale) {
  std::vector<std::string> known;
  for (const auto& axis : coordinates) known.push_back(axis.name);
  if (axes.empty()) throw ConfigError("axes is an empty list; the axes are " + join(known));
  for (const auto& name : axes) {
    if (std::count(known.begin(), known.end(), name) == 0)
      throw ConfigError("axes: there is no axis \"" + name + "\"; the axes are " + join(known));
    if (std::count(axes.begin(), axes.end(), name) > 1)
      throw ConfigError("axes: \"" + name + "\" is named twice");
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    const double low = coordinates[i].lower, length = coordinates[i].upper - low;
    if (std::count(axes.begin(), axes.end(), known[i]) == 0) {
      plain_.push_back(static_cast<int>(i));
      plain_scale_.push_back(scale ? 2 / length : 1);
      plain_shift_.push_back(scale ? -2 * low / length - 1 : 0);
      continue;
    }
    for (int k = 1; k <= n; ++k) {
      angles_.push_back(static_cast<int>(i));
      angle_scale_.push_back(2 * pi * k / length);
      angle_shift_.push_back(-2 * pi * k * low / length);
    }
  }
}

Expression Harmonics::operator()(E points) const {
  const auto columns = [&](const std::vector<int>& which) {
    std::vector<Expression> out;
    out.reserve(which.size());
    for (const int i : which) out.push_back(points[i]);
    return concat(out);
  };
  const Expression angle = affine(columns(angles_), angle_scale_, angle_shift_);
  std::vector<Expression> parts{sin(angle), cos(angle)};
  if (!plain_.empty())
    parts.insert(parts.begin(), affine(columns(plain_), plain_scale_, plain_shift_));
  return concat(parts);
}

}  // namespace banach
