// SPDX-License-Identifier: Apache-2.0
#include "core/operators/grid_pass.hpp"

#include <torch/types.h>

#include <algorithm>

#include "core/executor/operations.hpp"

namespace banach {
namespace {

int order_along(const Monomial& m, std::size_t axis) { return axis < m.size() ? m[axis] : 0; }

std::int64_t dim(std::size_t line) { return static_cast<std::int64_t>(line) + 1; }

// Half way along an axis: the mean; of a coefficient of one sign the harmonic mean, which
// conserves fluxes across its jumps.
at::Tensor halved(const at::Tensor& values, int half, bool harmonic) {
  if (half == on_nodes || values.size(dim(static_cast<std::size_t>(half))) == 1) return values;
  const std::int64_t d = dim(static_cast<std::size_t>(half)), n = values.size(d) - 1;
  const at::Tensor a = values.narrow(d, 0, n), b = values.narrow(d, 1, n);
  const at::Tensor mean = (a + b) * 0.5;
  if (!harmonic) return mean;
  const at::Tensor product = a * b;
  return at::where(product > 0, product / at::where(product > 0, mean, at::ones_like(mean)), mean);
}

// Fluxes end half a step before the faces, where no residual of theirs is used.
at::Tensor padded(const at::Tensor& inner, std::size_t line) {
  const std::int64_t d = dim(line);
  return at::cat({inner.narrow(d, 0, 1), inner, inner.narrow(d, inner.size(d) - 1, 1)}, d);
}

}  // namespace

const at::Tensor& GridEvaluator::Pass::value(int node, int half) {
  at::Tensor& known = values_[{node, half}];
  if (!known.defined()) known = find(trace_.node(node), half);
  return known;
}

at::Tensor GridEvaluator::Pass::find(const Node& n, int half) {
  switch (n.op) {
    case Op::constant:
      return at::full({1}, n.numbers[0], grid_.options_).expand({n.width});
    case Op::coordinate:
      return coordinate(grid_.place_[static_cast<std::size_t>(n.index)], half);
    case Op::given:
      return halved(input(n.name), half, true);
    case Op::network:
      return halved(fields_.network, half, false);
    case Op::slot:
      return (*fields_.slots)[static_cast<std::size_t>(n.index)];
    case Op::coefficient:
      return (*fields_.slots)[static_cast<std::size_t>(
          grid_.experiment_.network->layout.find("problem." + n.name))];
    case Op::derivative:
      return derivative(n, half);
    case Op::function:
      throw ConfigError("input function \"" + n.name +
                        "\": on a grid residuals read it at the points: input(\"" + n.name + "\")");
    default:
      return operation(n, half);
  }
}

at::Tensor GridEvaluator::Pass::operation(const Node& n, int half) {
  static const std::vector<ProductEntry> product = {{0, 0, 0, 1.0}};
  std::vector<Jet> in;
  for (const int i : n.in) in.push_back({value(i, half)});
  if (n.op == Op::multiply) return in[0][0] * in[1][0];
  if (n.op == Op::dot) return (in[0][0] * in[1][0]).sum(-1, true);
  if (n.op == Op::apply) return apply_jet(n, in[0], product, 0, grid_.options_)[0];
  return plane_operation(n, in, fields_.slots, {1.0}, grid_.options_)[0];
}

at::Tensor GridEvaluator::Pass::coordinate(std::size_t line, int half) const {
  const Line& l = grid_.lines_[line];
  std::vector<std::int64_t> shape(grid_.lines_.size() + 2, 1);
  const at::Tensor nodes = at::arange(l.size, grid_.options_) * l.step + l.lower;
  shape[line + 1] = l.size;
  const at::Tensor out = nodes.reshape(shape);
  if (half != static_cast<int>(line)) return out;
  return out.narrow(dim(line), 0, l.size - 1) + l.step / 2;
}

at::Tensor GridEvaluator::Pass::input(const std::string& name) const {
  const auto& functions = grid_.experiment_.functions;
  for (std::size_t i = 0; i < functions.size(); ++i)
    if (functions[i].name == name) return fields_.inputs[i];
  BANACH_ASSERT(false);
  return {};
}

bool GridEvaluator::Pass::flux(int node, std::size_t axis) const {
  const Node& n = trace_.node(node);
  if (n.op == Op::derivative)
    for (const auto& [m, c] : n.polynomial.terms())
      if (order_along(m, axis) > 0) return true;
  return std::any_of(n.in.begin(), n.in.end(), [&](int i) { return flux(i, axis); });
}

at::Tensor GridEvaluator::Pass::derivative(const Node& n, int half) {
  at::Tensor sum;
  for (const auto& [m, c] : n.polynomial.terms())
    sum = add_scaled(sum, partial(n.in[0], m, half), c);
  return sum;
}

at::Tensor GridEvaluator::Pass::partial(int node, const Monomial& m, int half) {
  for (std::size_t axis = 0; axis < grid_.place_.size(); ++axis) {
    const std::size_t line = grid_.place_[axis];
    const Line& l = grid_.lines_[line];
    if (degree(m) != 1 || order_along(m, axis) != 1 || l.periodic) continue;
    if (half == static_cast<int>(line)) return difference(value(node), line);
    if (half == on_nodes && flux(node, axis))
      return padded(difference(value(node, static_cast<int>(line)), line), line);
  }
  at::Tensor out = value(node);
  for (std::size_t axis = 0; axis < grid_.place_.size(); ++axis) {
    const Line& l = grid_.lines_[grid_.place_[axis]];
    const std::int64_t d = dim(grid_.place_[axis]);
    const int order = order_along(m, axis);
    if (order == 0) continue;
    if (out.dim() <= d || out.size(d) == 1) return at::zeros_like(out);  // does not depend on it
    out = grid_derivative(out, d, order, l.step, l.periodic);
  }
  return halved(out, half, false);
}

at::Tensor GridEvaluator::Pass::difference(const at::Tensor& values, std::size_t line) const {
  const std::int64_t d = dim(line), n = values.size(d) - 1;
  return (values.narrow(d, 1, n) - values.narrow(d, 0, n)) / grid_.lines_[line].step;
}

}  // namespace banach
