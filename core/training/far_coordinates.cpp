// SPDX-License-Identifier: Apache-2.0
#include "core/training/far_coordinates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace banach {
namespace {

constexpr double coarse = 1e-4;  // of an axis' length
constexpr double shortest = 1e-30, longest = 1e30;

struct Interval {
  double low = 0, high = 0;
  double width() const { return high - low; }
  double most() const { return std::max(std::abs(low), std::abs(high)); }
};
using Range = std::optional<Interval>;

Interval scaled(const Interval& x, double c) {
  return c < 0 ? Interval{c * x.high, c * x.low} : Interval{c * x.low, c * x.high};
}

Interval product(const Interval& a, const Interval& b) {
  const double all[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
  return {*std::min_element(all, all + 4), *std::max_element(all, all + 4)};
}

// What numbers a node of coordinates takes in the domain; nothing of all other nodes.
Range range_of(const Experiment& e, const Node& n, const std::vector<Range>& known) {
  std::vector<Interval> in;
  for (const int k : n.in) {
    if (!known[static_cast<std::size_t>(k)]) return std::nullopt;
    in.push_back(*known[static_cast<std::size_t>(k)]);
  }
  Interval out;
  switch (n.op) {
    case Op::constant:
      return Interval{n.numbers[0], n.numbers[0]};
    case Op::coordinate: {
      const auto axis = static_cast<std::size_t>(n.index);
      return Interval{e.domain[axis].lower - e.origins[axis],
                      e.domain[axis].upper - e.origins[axis]};
    }
    case Op::shift:
      return out;
    case Op::nodes:
      return Interval{*std::min_element(n.numbers.begin(), n.numbers.end()),
                      *std::max_element(n.numbers.begin(), n.numbers.end())};
    case Op::data:
      return n.rows & node_rows ? Range(Interval{0, 1}) : std::nullopt;
    case Op::combine:
      for (std::size_t k = 0; k < in.size(); ++k) {
        const Interval part = scaled(in[k], n.numbers[k]);
        out.low += part.low, out.high += part.high;
      }
      return out;
    case Op::affine:
      if (n.width != 1) return std::nullopt;
      out = scaled(in[0], n.numbers[0]);
      return Interval{out.low + n.numbers[1], out.high + n.numbers[1]};
    case Op::multiply:
      return n.width == 1 ? Range(product(in[0], in[1])) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// The farthest axis among the coordinates that a node is made of; else of all.
std::size_t axis_of(const Experiment& e, const Trace& trace, int node) {
  std::vector<bool> below(trace.nodes().size(), false);
  below[static_cast<std::size_t>(node)] = true;
  std::vector<bool> found(e.domain.size(), false);
  for (int i = node; i >= 0; --i) {
    if (!below[static_cast<std::size_t>(i)]) continue;
    const Node& n = trace.node(i);
    if (n.op == Op::coordinate) found[static_cast<std::size_t>(n.index)] = true;
    for (const int k : n.in) below[static_cast<std::size_t>(k)] = true;
  }
  const bool any = std::count(found.begin(), found.end(), true) > 0;
  std::size_t out = 0;
  double most = -1;
  for (std::size_t k = 0; k < found.size(); ++k) {
    const double far = std::abs(e.origins[k]) / (e.domain[k].upper - e.domain[k].lower);
    if ((any && !found[k]) || far <= most) continue;
    most = far, out = k;
  }
  return out;
}

std::vector<std::size_t> far_axes(const Experiment& e, const Recorded& record, double epsilon) {
  const Trace& trace = *record.trace;
  const Plan used = plan(trace, {{record.root, {Polynomial(1.0)}}});
  std::vector<Range> ranges;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < trace.nodes().size(); ++i) {
    const Node& n = trace.nodes()[i];
    ranges.push_back(range_of(e, n, ranges));
    const auto& rows = used.basis[i].rows;
    const bool value =
        std::any_of(rows.begin(), rows.end(), [](const Polynomial& p) { return p.at({}) != 0; });
    const bool apart = n.op == Op::affine && n.second == 1;
    if (!value || !apart || !ranges[i] || !(ranges[i]->width() > 0)) continue;
    if (epsilon * ranges[i]->most() <= coarse * ranges[i]->width()) continue;
    const std::size_t axis = axis_of(e, trace, static_cast<int>(i));
    if (std::find(out.begin(), out.end(), axis) == out.end()) out.push_back(axis);
  }
  return out;
}

double spacing_at(const Axis& axis, double epsilon) {
  const double most = std::max(std::abs(axis.lower), std::abs(axis.upper));
  return std::ldexp(epsilon, std::ilogb(most));
}

}  // namespace

std::vector<std::string> far_coordinates(const Experiment& e, double epsilon) {
  std::vector<std::string> out;
  const auto look = [&](const std::string& what, const Recorded& record) {
    for (const std::size_t k : far_axes(e, record, epsilon)) {
      const Axis& axis = e.domain[k];
      out.push_back(fmt::format(
          "{} reads the coordinate \"{}\" itself, where numbers of this dtype are {:.2g} apart and "
          "the axis is {:.6g} long: write it in terms of {} - {:.17g}, or set dtype = \"float64\"",
          what, axis.name, spacing_at(axis, epsilon), axis.upper - axis.lower, axis.name,
          axis.lower));
    }
  };
  for (const auto* list : {&e.terms, &e.held_out})
    for (const RecordedTerm& term : *list) look("term \"" + term.term.name + "\"", term.residual);
  if (out.empty()) look("the ansatz or a condition that is built in", e.solution);
  for (const Axis& axis : e.domain) {
    const double step = spacing_at(axis, std::numeric_limits<double>::epsilon());
    if (step > coarse * (axis.upper - axis.lower))
      out.push_back(fmt::format(
          "axis \"{}\" is {:.6g} long, but double-precision numbers are {:.2g} apart there: move "
          "it nearer to zero",
          axis.name, axis.upper - axis.lower, step));
  }
  return out;
}

std::string beyond_single(const Domain& domain) {
  for (const Axis& axis : domain) {
    const double length = axis.upper - axis.lower;
    if (length < shortest || length > longest)
      return fmt::format(
          "axis \"{}\" is {:.6g} long: float32 holds no derivatives along it; give it in other "
          "units, or set dtype = \"float64\"",
          axis.name, length);
  }
  return "";
}

}  // namespace banach
