// SPDX-License-Identifier: Apache-2.0
// Derivatives of piecewise expressions: what jumps is left out of them.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/expression/plan.hpp"
#include "core/training/problem_notices.hpp"

namespace banach {
namespace {

constexpr std::int64_t lines = 16, samples = 65, most_crossings = 48;
constexpr int halvings = 60;
constexpr double noticeable = 1e-3;  // of a jump, as a part of the size of what jumps

/// The points on both sides of a jump, [n, axes].
struct Interface {
  at::Tensor below, above;
};

/// One term, with the network at its initial parameters: smooth and like no special case.
class JumpSearch {
 public:
  JumpSearch(const Experiment& e, const Term& term)
      : e_(e),
        term_(term),
        box_(relative_to(e.domain, e.origins, e.domain)),
        recorded_(record_term(e, term, e.hard.around(network_solution(e)))) {}

  std::string notice() {
    const auto& nodes = recorded_.trace->nodes();
    if (std::none_of(nodes.begin(), nodes.end(), [](const Node& n) { return n.op == Op::select; }))
      return "";
    prepare();
    const Plan used = plan(*recorded_.trace, {{recorded_.root, {Polynomial(1.0)}}});
    for (std::size_t i = 0; i < used.basis.size(); ++i) {
      const Node n = nodes[i];  // a copy: more nodes come
      if (n.op != Op::derivative || !used.used(static_cast<int>(i))) continue;
      for (int axis = 0; axis < static_cast<int>(e_.domain.size()); ++axis)
        if (const auto text = across(n, axis); !text.empty()) return text;
    }
    return "";
  }

 private:
  void prepare() {
    std::vector<double> parameters, buffers;
    initialise(e_.network->layout, 0, parameters, buffers);
    bank_ = {at::tensor(parameters, at::kDouble), at::tensor(buffers, at::kDouble)};
    for (const auto& f : e_.functions)
      functions_[f.name] = at::linspace(-0.3, 1, f.sensors, at::kDouble).unsqueeze(0);
    const auto axes = static_cast<std::int64_t>(e_.domain.size());
    at::Tensor unit = at::empty({lines, axes}, at::kDouble);
    for (std::int64_t k = 0; k < axes; ++k)  // a lattice of irrational slopes
      unit.select(1, k).copy_((at::arange(lines, at::kDouble) + 0.5) *
                              std::sqrt(static_cast<double>(2 + 3 * k)));
    base_ = unit.sub_(unit.floor());
    for (std::int64_t k = 0; k < axes; ++k) {
      const Axis& axis = box_[static_cast<std::size_t>(k)];
      base_.select(1, k).mul_(axis.upper - axis.lower).add_(axis.lower);
    }
    if (term_.region.kind != Region::Kind::face) return;
    for (std::int64_t k = 0; k < axes; ++k) {
      const Axis& axis = box_[static_cast<std::size_t>(k)];
      if (axis.name == term_.region.axis)
        base_.select(1, k).fill_(term_.region.side == Side::lower ? axis.lower : axis.upper);
    }
  }

  at::Tensor values(int node, const at::Tensor& points) const {
    return node_values(e_, recorded_.trace, node, {points, {}, functions_}, bank_);
  }

  // Lines along an axis, [lines * samples, axes].
  at::Tensor along(int axis) const {
    const Axis& a = box_[static_cast<std::size_t>(axis)];
    const at::Tensor out = base_.repeat_interleave(samples, 0);
    out.select(1, axis).copy_(at::linspace(a.lower, a.upper, samples, at::kDouble).repeat({lines}));
    return out;
  }

  bool depends(int node, int axis) const {
    const auto cone = cone_of(*recorded_.trace, node, true);
    for (std::size_t i = 0; i < cone.size(); ++i) {
      const Node& n = recorded_.trace->nodes()[i];
      if (cone[i] && n.op == Op::coordinate && n.index == axis) return true;
    }
    return false;
  }

  std::string across(const Node& derivative, int axis) {
    int order = 0;
    for (const auto& term : derivative.polynomial.terms())
      if (static_cast<std::size_t>(axis) < term.first.size())
        order = std::max(order, int(term.first[static_cast<std::size_t>(axis)]));
    if (order == 0) return "";
    const auto cone = cone_of(*recorded_.trace, derivative.in[0], false);
    for (std::size_t i = 0; i < cone.size(); ++i) {
      const Node n = recorded_.trace->nodes()[i];
      if (!cone[i] || n.op != Op::select || !depends(n.in[0], axis)) continue;
      const Interface at = interface_of(n.in[0], axis);
      for (int below = 0; at.below.defined() && below < order; ++below)
        if (const auto text = jump(derivative.in[0], axis, below, at); !text.empty()) return text;
    }
    return "";
  }

  // Where the condition changes its sign along the axis.
  Interface interface_of(int condition, int axis) const {
    if (recorded_.trace->node(condition).rows & node_rows) return {};
    const at::Tensor points = along(axis);
    const at::Tensor on = values(condition, points).gt(0);
    const std::int64_t columns = on.size(1);
    const at::Tensor by_line = on.view({lines, samples, columns});
    const at::Tensor changes =
        by_line.narrow(1, 0, samples - 1).ne(by_line.narrow(1, 1, samples - 1)).nonzero();
    if (changes.size(0) == 0) return {};
    const at::Tensor some =
        changes.slice(0, 0, at::nullopt, (changes.size(0) + most_crossings - 1) / most_crossings);
    const at::Tensor row = some.select(1, 0) * samples + some.select(1, 1);
    const at::Tensor column = some.select(1, 2).unsqueeze(1);
    at::Tensor low = points.index_select(0, row), high = points.index_select(0, row + 1);
    const at::Tensor side = on.index_select(0, row).gather(1, column);
    for (int i = 0; i < halvings; ++i) {
      const at::Tensor middle = (low + high) / 2;
      const at::Tensor same = values(condition, middle).gt(0).gather(1, column).eq(side);
      low = at::where(same, middle, low), high = at::where(same, high, middle);
    }
    return {low, high};
  }

  // Whether the derivative of that order of `node` jumps.
  std::string jump(int node, int axis, int order, const Interface& at) {
    Trace::Scope scope(*recorded_.trace);
    const Expression base(recorded_.trace.get(), node);
    const Expression lower =
        order == 0 ? base : recorded_.trace->derivative(base, Polynomial::variable(axis, order));
    if (!lower.trace()) return "";
    const at::Tensor below = values(lower.node(), at.below), above = values(lower.node(), at.above);
    const at::Tensor usual = values(lower.node(), along(axis)).abs();
    const double size =
        at::where(at::isfinite(usual), usual, at::zeros_like(usual)).mean().item<double>();
    const at::Tensor jumps = (above - below).abs().amax(1);
    const at::Tensor sizes = size + at::maximum(above.abs(), below.abs()).amax(1);
    const at::Tensor parts = jumps / sizes;
    const auto worst = at::where(at::isfinite(parts), parts, at::zeros_like(parts)).argmax();
    const auto row = worst.item<std::int64_t>();
    if (!(parts[row].item<double>() > noticeable)) return "";
    return text(axis, order, jumps[row].item<double>(), at.below, row);
  }

  std::string text(int axis, int order, double size, const at::Tensor& points,
                   std::int64_t row) const {
    const std::string& name = e_.domain[static_cast<std::size_t>(axis)].name;
    const std::string what = order == 0
                                 ? "is discontinuous"
                                 : fmt::format("has a derivative of order {} that jumps", order);
    return fmt::format(
        "term \"{}\" differentiates by \"{}\" a piecewise expression (where, abs, max, min) that "
        "{}: "
        "a jump of {:.3g} at {} is left out of the derivative, so that the loss can fall while the "
        "solution is wrong; make the flux an unknown of its own (q = a u', q' = f), state "
        "conditions "
        "at the interface, or use a smooth transition (docs/derivatives.md)",
        term_.name, name, what, size, point_text(e_, points, row));
  }

  const Experiment& e_;
  const Term& term_;
  Domain box_;  // relative to the origins, as points are
  Recorded recorded_;
  Bank bank_;
  std::map<std::string, at::Tensor> functions_;
  at::Tensor base_;  // [lines, axes]
};

// The first term that reads derivatives of order >= 2 of an architecture with kinks.
std::string kinked_network(const Experiment& e) {
  const auto& nodes = e.network->trace->nodes();
  const auto cone = cone_of(*e.network->trace, e.network->root, false);
  bool kinks = false;
  for (std::size_t i = 0; i < cone.size(); ++i)
    kinks = kinks || (cone[i] && nodes[i].op == Op::select);
  for (std::size_t i = 0; kinks && i < e.terms.size(); ++i) {
    const Recorded& r = e.terms[i].residual;
    const Plan used = plan(*r.trace, {{r.root, {Polynomial(1.0)}}});
    for (std::size_t k = 0; k < used.basis.size(); ++k)
      if (r.trace->nodes()[k].op == Op::network && used.basis[k].degree() >= 2)
        return fmt::format(
            "term \"{}\" reads derivatives of order {} of an architecture that is piecewise "
            "(where, "
            "abs, max, min): its kinks are left out of them, so that the loss can fall while the "
            "solution is wrong; choose smooth functions",
            e.terms[i].term.name, used.basis[k].degree());
  }
  return "";
}

}  // namespace

std::vector<std::string> jump_notices(const Experiment& e) {
  std::vector<std::string> out;
  if (e.network->grid()) return out;
  if (auto text = kinked_network(e); !text.empty()) out.push_back(std::move(text));
  for (const RecordedTerm& t : e.terms) {
    if (!t.data.empty()) continue;
    try {
      if (auto text = JumpSearch(e, t.term).notice(); !text.empty()) out.push_back(std::move(text));
    } catch (const Error&) {  // a term that needs more than points
    }
  }
  return out;
}

}  // namespace banach
