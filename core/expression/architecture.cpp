// SPDX-License-Identifier: Apache-2.0
#include "banach/architecture.hpp"

#include "core/expression/trace.hpp"

namespace banach {

Architecture::~Architecture() = default;
std::optional<Expression> Architecture::features(const Inputs&) const { return std::nullopt; }
void Architecture::prepare(Preparation&) {}
std::vector<std::string> Architecture::draws() const { return {}; }
void Architecture::draw(int, Preparation&) {}
std::vector<double> Preparation::bending(const std::vector<double>&) { return {}; }
int Architecture::basis() const { return 0; }
std::vector<Level> Architecture::levels() const { return {}; }
Preparation::~Preparation() = default;
Builder::~Builder() = default;

Inputs::Inputs(Expression points, std::vector<std::pair<std::string, Expression>> functions)
    : points_(points), functions_(std::move(functions)) {}

const Expression& Inputs::function(std::string_view name) const {
  std::vector<std::string> names;
  for (const auto& [known, values] : functions_) {
    if (known == name) return values;
    names.push_back(known);
  }
  throw ConfigError("there is no input function \"" + std::string(name) +
                    "\"; the input functions are " + (names.empty() ? "none" : join(names)));
}

Expression Linear::operator()(E x) const {
  if (x.width() != in)
    throw ConfigError("a linear layer of " + std::to_string(in) + " inputs was given " +
                      std::to_string(x.width()));
  Trace& trace = Trace::current();
  Node n;
  n.op = Op::linear;
  n.in = {trace.node_of(x)};
  n.rows = trace.node(n.in[0]).rows;
  n.width = out;
  n.index = weight;
  n.second = bias;
  return trace.add(n);
}

Row::operator Expression() const {
  Node n;
  n.op = Op::slot;
  n.index = slot;
  n.width = width;
  return Trace::current().add(n);
}

Linear Builder::linear(const std::string& name, int in, int out, const Init& weight,
                       const std::optional<Init>& bias) {
  Linear layer{slot(name + ".weight", {in, out}, weight, in, out), -1, in, out};
  if (bias) layer.bias = slot(name + ".bias", {out}, *bias, in, out);
  return layer;
}

Linear Builder::fixed(const std::string& name, int in, int out, const Init& weight,
                      const Init& bias) {
  return {slot(name + ".weight", {in, out}, weight, in, out, false),
          slot(name + ".bias", {out}, bias, in, out, false), in, out};
}

Linear Builder::packed(const std::string& name, int in, int out, int parts, const Init& weight,
                       const std::optional<Init>& bias) {
  if (weight.kind == Init::Kind::orthogonal || (bias && bias->kind == Init::Kind::orthogonal))
    throw ConfigError(
        "\"" + name + "\" packs " + std::to_string(parts) +
        " layers in one, which orthogonal initialisation cannot fill; choose another, "
        "such as xavier_uniform");
  const int all = parts * out;
  Linear layer{slot(name + ".weight", {in, all}, weight, in, out), -1, in, all};
  if (bias) layer.bias = slot(name + ".bias", {all}, *bias, in, out);
  return layer;
}

Row Builder::row(const std::string& name, int width, const Init& init, bool trainable) {
  return {slot(name, {width}, init, width, width, trainable), width};
}

Expression scaled(E points, const Domain& coordinates) {
  std::vector<double> scale, shift;
  for (const auto& axis : coordinates) {
    scale.push_back(2 / (axis.upper - axis.lower));
    shift.push_back(-(axis.upper + axis.lower) / (axis.upper - axis.lower));
  }
  return affine(points, scale, shift);
}

}  // namespace banach
