// SPDX-License-Identifier: Apache-2.0
// Whether the exact solution satisfies the problem's own terms.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/expression/plan.hpp"
#include "core/sampling/samplers.hpp"
#include "core/training/collocation.hpp"
#include "core/training/problem_notices.hpp"

namespace banach {
namespace {

constexpr std::int64_t count = 64;  // points of a term
constexpr std::uint64_t seed = 0x6578616374ull;
constexpr int deepest = 4;  // sums inside of products inside of sums that are taken apart
// Of a residual, as a part of the size of what cancels in it; of one with an integral, which has
// the error of its quadrature.
constexpr double noticeable = 1e-4, noticeable_integral = 5e-2;

Expression size_of(Trace& trace, int node, int depth);

Expression sizes_of_sum(Trace& trace, const Node& n, int depth) {
  std::vector<std::pair<double, Expression>> parts;
  for (std::size_t k = 0; k < n.in.size(); ++k)
    parts.emplace_back(std::abs(n.numbers[k]), size_of(trace, n.in[k], depth));
  return combine(parts);
}

// The size of what cancels in a node: absolute values of the summands, those of differential
// operators included.
Expression size_of(Trace& trace, int node, int depth) {
  const Node n = trace.node(node);  // a copy: more nodes come
  const Expression whole(&trace, node);
  if (depth == 0) return abs(whole);
  if (n.op == Op::combine) return sizes_of_sum(trace, n, depth - 1);
  if (n.op == Op::multiply)
    return size_of(trace, n.in[0], depth - 1) * size_of(trace, n.in[1], depth - 1);
  if (n.op == Op::derivative) {
    Expression sum = 0.0;
    for (const auto& [monomial, c] : n.polynomial.terms()) {
      Polynomial one;
      one.add(monomial, 1.0);
      sum = sum + std::abs(c) * abs(trace.derivative(Expression(&trace, n.in[0]), one));
    }
    return sum;
  }
  if (n.op == Op::concat) {
    std::vector<Expression> parts;
    for (const int k : n.in) parts.push_back(size_of(trace, k, depth));
    return concat(parts);
  }
  return abs(whole);
}

/// A term with exact() in place of the network, its residual and the size of its parts.
struct Posed {
  Term term;
  std::shared_ptr<Trace> trace;
  int residual, size;
  double bound = noticeable;
};

// Whether a term can be evaluated by exact() alone: no unknown number, no noise, no data.
bool closed(const Trace& trace) {
  return std::none_of(trace.nodes().begin(), trace.nodes().end(), [](const Node& n) {
    return n.op == Op::coefficient || n.op == Op::data || n.op == Op::network ||
           n.op == Op::function || n.op == Op::given;
  });
}

// Nothing where exact() or the term is beyond what can be evaluated in this way.
std::optional<Posed> posed(const Experiment& e, const Term& term, const Solution& solution) {
  if (term.kind == Term::Kind::energy) return std::nullopt;
  const Recorded r = record_term(e, term, solution);
  if (!closed(*r.trace)) return std::nullopt;
  const auto& nodes = r.trace->nodes();
  const bool integral =
      std::any_of(nodes.begin(), nodes.end(), [](const Node& n) { return n.op == Op::node_sum; });
  Trace::Scope scope(*r.trace);
  const int size = r.trace->node_of(size_of(*r.trace, r.root, deepest));
  plan(*r.trace, {{r.root, {Polynomial(1.0)}}, {size, {Polynomial(1.0)}}});
  return Posed{term, r.trace, r.root, size, integral ? noticeable_integral : noticeable};
}

std::vector<Posed> all_posed(const Experiment& e) {
  std::vector<Posed> out;
  const auto exact = *e.truth->exact();
  const Solution solution = [&](const Point& p) { return exact(p); };
  for (const Term& term : e.truth->terms()) try {
      if (auto one = posed(e, term, solution)) out.push_back(std::move(*one));
    } catch (const ConfigError&) {  // such as a second derivative of relu
    }
  return out;
}

// Points of every term, then as many in the whole box for each.
std::vector<PointSet> points_of(const Experiment& e, const std::vector<Posed>& terms) {
  Experiment view = e;
  view.terms.clear();
  for (const bool box : {false, true})
    for (const Posed& p : terms) {
      Term term = p.term;
      if (box) term.region = {};
      view.terms.push_back({term, {p.trace, p.residual}, {}, 0});
    }
  const auto sampler = std::make_shared<SobolSampler>(SobolSampler::Parameters{});
  const std::vector<SamplingChoice> choices(view.terms.size(), SamplingChoice{sampler, count, 0});
  Collocation collocation(view, choices, seed, at::kDouble);
  return collocation.at_step(0);
}

at::Tensor finite_or_zero(const at::Tensor& x) {
  return at::where(at::isfinite(x), x, at::zeros_like(x));
}

std::string misfit(const Experiment& e, const Posed& p, const PointSet& own, const PointSet& box,
                   const Bank& bank) {
  const at::Tensor r = node_values(e, p.trace, p.residual, own, bank).abs();
  const at::Tensor here = node_values(e, p.trace, p.size, own, bank);
  const at::Tensor usual = finite_or_zero(node_values(e, p.trace, p.size, box, bank)).mean(0, true);
  const at::Tensor parts = (r / (here + usual)).expand_as(r);
  const at::Tensor off = at::where(at::isfinite(parts), parts, at::zeros_like(parts)).amax(1);
  const auto wrong = off.gt(p.bound).sum().item<std::int64_t>();
  if (wrong == 0 || 10 * wrong < off.numel()) return "";  // singular points are few
  const auto row = off.argmax().item<std::int64_t>();
  return fmt::format(
      "exact() does not satisfy term \"{}\": its residual is {:.3g} at {}, where the parts of the "
      "term are of size {:.3g} ({} of {} points); errors are measured against exact(): check it, "
      "the term and their parameters",
      p.term.name, finite_or_zero(r)[row].max().item<double>(), point_text(e, own.points, row),
      finite_or_zero(here + usual)[row].max().item<double>(), wrong, off.numel());
}

// Both ends of a periodic axis are the same point.
std::string not_periodic(const Experiment& e, std::size_t axis, const at::Tensor& points,
                         const Bank& bank) {
  const Axis& a = e.domain[axis];
  const auto column = static_cast<std::int64_t>(axis);
  at::Tensor low = points.clone(), high = points.clone();
  low.select(1, column).fill_(a.lower - e.origins[axis]);
  high.select(1, column).fill_(a.upper - e.origins[axis]);
  const auto at = [&](const at::Tensor& x) {
    return node_values(e, e.exact->trace, e.exact->root, {x, {}, {}}, bank);
  };
  const at::Tensor jump = finite_or_zero((at(high) - at(low)).abs()).amax(1);
  const double size = finite_or_zero(at(points).abs()).mean().item<double>();
  const auto row = jump.argmax().item<std::int64_t>();
  if (!(jump[row].item<double>() > 1e-6 * size)) return "";
  return fmt::format(
      "axis \"{}\" is periodic, but exact() differs by {:.3g} between its ends (at {}): leave out "
      "`periodic` of the axis, or correct its range or exact()",
      a.name, jump[row].item<double>(), point_text(e, low, row));
}

}  // namespace

std::vector<std::string> exact_notices(const Experiment& e) {
  std::vector<std::string> out;
  if (!e.exact || !e.functions.empty()) return out;
  const auto& layout = e.network->layout;
  const Bank bank{at::zeros({layout.parameters()}, at::kDouble),
                  at::zeros({layout.buffers()}, at::kDouble)};
  const auto terms = all_posed(e);
  const auto sets = points_of(e, terms);
  for (std::size_t i = 0; i < terms.size(); ++i)
    if (auto text = misfit(e, terms[i], sets[i], sets[terms.size() + i], bank); !text.empty())
      out.push_back(std::move(text));
  const at::Tensor box = terms.empty() ? at::Tensor() : sets[terms.size()].points;
  for (std::size_t axis = 0; box.defined() && axis < e.domain.size(); ++axis)
    if (e.domain[axis].periodic)
      if (auto text = not_periodic(e, axis, box, bank); !text.empty())
        out.push_back(std::move(text));
  return out;
}

}  // namespace banach
