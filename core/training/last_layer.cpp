// SPDX-License-Identifier: Apache-2.0
#include "core/training/last_layer.hpp"

#include <algorithm>
#include <set>

namespace banach {
namespace {

constexpr int beyond = 1000;  // no polynomial

// Degree of a node as a polynomial of the trained network's values and derivatives.
int degree_of(const Node& node, const std::vector<int>& degrees) {
  int highest = 0, sum = 0;
  for (const int i : node.in) {
    const int degree = degrees[static_cast<std::size_t>(i)];
    highest = std::max(highest, degree), sum += degree;
  }
  switch (node.op) {
    case Op::network:
      return highest > 0 ? beyond : node.index == 0 ? 1 : 0;
    case Op::multiply:
    case Op::dot:
      return sum;
    case Op::apply:
    case Op::linear:
    case Op::opaque:
      return highest > 0 ? beyond : 0;
    case Op::select:
      return degrees[static_cast<std::size_t>(node.in[0])] > 0 ? beyond : highest;
    default:
      return highest;
  }
}

// A number or a row of frozen ones.
bool frozen(const Network& network, const Node& node) {
  return node.op == Op::constant ||
         (node.op == Op::slot &&
          !network.layout.slots()[static_cast<std::size_t>(node.index)].trainable);
}

// The layers of which the network's value is a sum, each times frozen numbers, and the sums and
// products on the way to them.
struct LinearPart {
  std::set<int> layers, way;
};

void follow(const Network& network, int place, LinearPart& out) {
  const Trace& trace = *network.training_trace;
  const Node& node = trace.node(place);
  const auto is_frozen = [&](int i) { return frozen(network, trace.node(i)); };
  if (node.op == Op::linear) {
    out.layers.insert(place);
  } else if (node.op == Op::combine) {
    out.way.insert(place);
    for (const int i : node.in) follow(network, i, out);
  } else if (node.op == Op::multiply && (is_frozen(node.in[0]) || is_frozen(node.in[1]))) {
    out.way.insert(place);
    follow(network, node.in[is_frozen(node.in[0]) ? 1 : 0], out);
  }
}

// Slots of those layers; none where anything else depends on the same values or slots.
std::set<int> linear_slots(const Network& network) {
  LinearPart part;
  follow(network, network.training_root, part);
  const auto& nodes = network.training_trace->nodes();
  std::set<int> out, others;
  for (int i = 0; i < static_cast<int>(nodes.size()); ++i) {
    const Node& node = nodes[static_cast<std::size_t>(i)];
    for (const int k : node.in)
      if (part.way.count(i) == 0 && (part.way.count(k) > 0 || part.layers.count(k) > 0)) return {};
    auto& slots = part.layers.count(i) > 0 ? out : others;
    if (node.op == Op::linear || node.op == Op::slot) slots.insert(node.index);
    if (node.op == Op::linear && node.second >= 0) slots.insert(node.second);
  }
  for (const int slot : others) out.erase(slot);
  return out;
}

}  // namespace

Ranges last_layer(const Network& network, const Ranges& part) {
  if (!network.training_trace) return {};
  const auto inside = [&](const Slot& slot) {
    return part.empty() || std::any_of(part.begin(), part.end(), [&](const auto& range) {
             return slot.offset >= range.first &&
                    slot.offset + slot.size <= range.first + range.second;
           });
  };
  Ranges out;
  for (const int number : linear_slots(network)) {
    const Slot& slot = network.layout.slots()[static_cast<std::size_t>(number)];
    if (slot.trainable && inside(slot)) out.emplace_back(slot.offset, slot.size);
  }
  return out;
}

std::string nonlinear_term(const Experiment& experiment) {
  for (const auto& term : experiment.terms) {
    std::vector<int> degrees;
    for (const Node& node : term.residual.trace->nodes())
      degrees.push_back(std::min(beyond, degree_of(node, degrees)));
    if (degrees[static_cast<std::size_t>(term.residual.root)] > 1) return term.term.name;
  }
  return "";
}

}  // namespace banach
