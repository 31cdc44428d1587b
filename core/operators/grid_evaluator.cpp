// SPDX-License-Identifier: Apache-2.0
#include "core/operators/grid_evaluator.hpp"

#include <torch/types.h>

#include <algorithm>

#include "core/operators/grid_pass.hpp"
#include "datasets/axis_match.hpp"

namespace banach {
namespace {

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

GridEvaluator::GridEvaluator(const Experiment& experiment, const OperatorData& data,
                             at::TensorOptions options)
    : experiment_(experiment), options_(options.requires_grad(false)) {
  BANACH_ASSERT(data.grid);
  for (std::size_t k = 0; k < data.axes.size(); ++k) {
    const Axis& axis = data.domain[k];
    Line line;
    line.name = axis.name, line.size = data.extents[k];
    line.lower = axis.lower - origin_along(experiment.domain, experiment.origins, axis.name);
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
    if (spacing_of(values).even && (values.size() < 2 || values.front() < values.back())) continue;
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
