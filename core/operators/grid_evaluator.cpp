// SPDX-License-Identifier: Apache-2.0
#include "core/operators/grid_evaluator.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/executor/operations.hpp"

namespace banach {
namespace {

constexpr int on_nodes = -1;  // else: half way between two nodes along that axis

int order_along(const Monomial& m, std::size_t axis) { return axis < m.size() ? m[axis] : 0; }

bool supported(Op op) {
  return op != Op::shift && op != Op::data && op != Op::nodes && op != Op::node_sum &&
         op != Op::batch_mean && op != Op::opaque && op != Op::dropout;
}

// Whether the network is called at the term's points: their coordinates in their order.
bool at_own_points(const Trace& trace, const Node& network) {
  const Node& points = trace.node(network.in[0]);
  const auto own = [&](int node, std::size_t k) {
    const Node& n = trace.node(node);
    return n.op == Op::coordinate && n.index == static_cast<int>(k);
  };
  if (points.op != Op::concat) return trace.coordinates().size() == 1 && own(network.in[0], 0);
  if (points.in.size() != trace.coordinates().size()) return false;
  for (std::size_t k = 0; k < points.in.size(); ++k)
    if (!own(points.in[k], k)) return false;
  return true;
}

}  // namespace

// Values of the nodes of one trace, each where it is wanted, found once.
class GridEvaluator::Pass {
 public:
  Pass(const GridEvaluator& grid, const Trace& trace, const GridFields& fields)
      : grid_(grid), trace_(trace), fields_(fields) {}

  const at::Tensor& value(int node, int half = on_nodes) {
    at::Tensor& known = values_[{node, half}];
    if (!known.defined()) known = find(trace_.node(node), half);
    return known;
  }

 private:
  static std::int64_t dim(std::size_t line) { return static_cast<std::int64_t>(line) + 1; }

  at::Tensor find(const Node& n, int half) {
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
                          "\": on a grid residuals read it at the points: input(\"" + n.name +
                          "\")");
      default:
        return operation(n, half);
    }
  }

  at::Tensor operation(const Node& n, int half) {
    static const std::vector<ProductEntry> product = {{0, 0, 0, 1.0}};
    std::vector<Jet> in;
    for (const int i : n.in) in.push_back({value(i, half)});
    if (n.op == Op::multiply) return in[0][0] * in[1][0];
    if (n.op == Op::dot) return (in[0][0] * in[1][0]).sum(-1, true);
    if (n.op == Op::apply) return apply_jet(n, in[0], product, 0, grid_.options_)[0];
    return plane_operation(n, in, fields_.slots, {1.0}, grid_.options_)[0];
  }

  at::Tensor coordinate(std::size_t line, int half) const {
    const Line& l = grid_.lines_[line];
    std::vector<std::int64_t> shape(grid_.lines_.size() + 2, 1);
    const at::Tensor nodes = at::arange(l.size, grid_.options_) * l.step + l.lower;
    shape[line + 1] = l.size;
    const at::Tensor out = nodes.reshape(shape);
    if (half != static_cast<int>(line)) return out;
    return out.narrow(dim(line), 0, l.size - 1) + l.step / 2;
  }

  at::Tensor input(const std::string& name) const {
    const auto& functions = grid_.experiment_.functions;
    for (std::size_t i = 0; i < functions.size(); ++i)
      if (functions[i].name == name) return fields_.inputs[i];
    BANACH_ASSERT(false);
    return {};
  }

  // Half way along an axis: the mean; of a coefficient of one sign the harmonic mean, which
  // conserves fluxes across its jumps.
  static at::Tensor halved(const at::Tensor& values, int half, bool harmonic) {
    if (half == on_nodes || values.size(dim(static_cast<std::size_t>(half))) == 1) return values;
    const std::int64_t d = dim(static_cast<std::size_t>(half)), n = values.size(d) - 1;
    const at::Tensor a = values.narrow(d, 0, n), b = values.narrow(d, 1, n);
    const at::Tensor mean = (a + b) * 0.5;
    if (!harmonic) return mean;
    const at::Tensor product = a * b;
    return at::where(product > 0, product / at::where(product > 0, mean, at::ones_like(mean)),
                     mean);
  }

  // Whether a derivative along this axis is taken inside: then the flux between two nodes is.
  bool flux(int node, std::size_t axis) const {
    const Node& n = trace_.node(node);
    if (n.op == Op::derivative)
      for (const auto& [m, c] : n.polynomial.terms())
        if (order_along(m, axis) > 0) return true;
    return std::any_of(n.in.begin(), n.in.end(), [&](int i) { return flux(i, axis); });
  }

  at::Tensor derivative(const Node& n, int half) {
    at::Tensor sum;
    for (const auto& [m, c] : n.polynomial.terms())
      sum = add_scaled(sum, partial(n.in[0], m, half), c);
    return sum;
  }

  at::Tensor partial(int node, const Monomial& m, int half) {
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

  at::Tensor difference(const at::Tensor& values, std::size_t line) const {
    const std::int64_t d = dim(line), n = values.size(d) - 1;
    return (values.narrow(d, 1, n) - values.narrow(d, 0, n)) / grid_.lines_[line].step;
  }

  // Fluxes end half a step before the faces, where no residual of theirs is used.
  static at::Tensor padded(const at::Tensor& inner, std::size_t line) {
    const std::int64_t d = dim(line);
    return at::cat({inner.narrow(d, 0, 1), inner, inner.narrow(d, inner.size(d) - 1, 1)}, d);
  }

  const GridEvaluator& grid_;
  const Trace& trace_;
  const GridFields& fields_;
  std::map<std::pair<int, int>, at::Tensor> values_;
};

GridEvaluator::GridEvaluator(const Experiment& experiment, const OperatorData& data,
                             at::TensorOptions options)
    : experiment_(experiment), options_(options.requires_grad(false)) {
  BANACH_ASSERT(data.grid);
  for (std::size_t k = 0; k < data.axes.size(); ++k) {
    const Axis& axis = data.domain[k];
    Line line;
    line.name = axis.name, line.size = data.extents[k], line.lower = axis.lower;
    line.periodic = axis.periodic;
    const double parts = static_cast<double>(line.periodic ? line.size : line.size - 1);
    line.step = parts > 0 ? (axis.upper - axis.lower) / parts : 1;
    lines_.push_back(line);
  }
  for (const auto& axis : experiment.domain)
    for (std::size_t k = 0; k < lines_.size(); ++k)
      if (lines_[k].name == axis.name) place_.push_back(k);
  for (const auto& term : experiment.terms)
    for (auto& line : lines_)
      if (term.term.region.kind == Region::Kind::face && term.term.region.axis == line.name)
        (term.term.region.side == Side::lower ? line.lower_term : line.upper_term) = true;
  check(experiment, data);
}

void GridEvaluator::check(const Experiment& experiment, const OperatorData& data) const {
  for (const Node& n : experiment.solution.trace->nodes())
    if (n.op == Op::network && !at_own_points(*experiment.solution.trace, n))
      throw ConfigError(
          "problem.hard: the conditions are built in by values of the network on faces, which a "
          "grid operator does not have; leave them soft, or map points");
  for (std::size_t i = 0; i < experiment.terms.size(); ++i) {
    const RecordedTerm& term = experiment.terms[i];
    if (holds_by_itself(i)) continue;
    if (term.term.region.kind == Region::Kind::points)
      throw ConfigError("term \"" + term.term.name +
                        "\" holds at listed points, which a grid operator does not know");
    const Trace& trace = *term.residual.trace;
    for (const Node& n : trace.nodes())
      if (!supported(n.op) || (n.op == Op::network && !at_own_points(trace, n)))
        throw ConfigError("term \"" + term.term.name +
                          "\" reads the solution at moved points, integrates it, or reads columns "
                          "of data: a grid operator cannot, one that maps points can");
  }
  if (experiment.terms.empty()) return;
  for (std::size_t k = 0; k < lines_.size(); ++k) {
    const auto& values = data.info.axis(data.axes[k])->values;
    for (std::size_t i = 1; i < values.size(); ++i)
      if (std::abs(values[i] - values[i - 1] - lines_[k].step) > 1e-4 * std::abs(lines_[k].step))
        throw ConfigError("dataset: the points along \"" + lines_[k].name +
                          "\" are not equidistant in increasing order, as derivatives on the grid "
                          "need; select equidistant ones, or map points");
  }
}

bool GridEvaluator::holds_by_itself(std::size_t i) const {
  const Term& term = experiment_.terms[i].term;
  if (!term.condition || term.condition->type != Condition::Type::periodic) return false;
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.name == term.region.axis && line.periodic;
  });
}

at::Tensor GridEvaluator::solution(const GridFields& fields) const {
  Pass pass(*this, *experiment_.solution.trace, fields);
  return pass.value(experiment_.solution.root);
}

at::Tensor GridEvaluator::restricted(const Term& term, const at::Tensor& values) const {
  std::vector<std::int64_t> shape{values.size(0)};
  for (const auto& line : lines_) shape.push_back(line.size);
  shape.push_back(values.size(-1));
  at::Tensor out = values.expand(shape);
  const Region& region = term.region;
  for (std::size_t k = 0; k < lines_.size(); ++k) {
    const Line& line = lines_[k];
    const auto d = static_cast<std::int64_t>(k) + 1;
    if (region.kind == Region::Kind::face && region.axis == line.name) {
      if (line.periodic)
        throw ConfigError("term \"" + term.name + "\": the axis \"" + line.name +
                          "\" is periodic in the data set and has no faces");
      out = out.narrow(d, region.side == Side::lower ? 0 : line.size - 1, 1);
    } else if (region.kind == Region::Kind::interior && !line.periodic) {
      const std::int64_t first = line.lower_term ? 1 : 0, last = line.upper_term ? 1 : 0;
      out = out.narrow(d, first, line.size - first - last);
    }
  }
  return out.reshape({out.size(0), -1, out.size(-1)});
}

std::vector<at::Tensor> GridEvaluator::residuals(const GridFields& fields) const {
  std::vector<at::Tensor> out;
  for (std::size_t i = 0; i < experiment_.terms.size(); ++i) {
    const RecordedTerm& term = experiment_.terms[i];
    if (holds_by_itself(i)) {
      out.push_back(at::zeros({1, 1, 1}, options_));
      continue;
    }
    Pass pass(*this, *term.residual.trace, fields);
    at::Tensor value = pass.value(term.residual.root);
    while (value.dim() < static_cast<std::int64_t>(lines_.size()) + 2) value = value.unsqueeze(0);
    out.push_back(restricted(term.term, value));
  }
  return out;
}

}  // namespace banach
