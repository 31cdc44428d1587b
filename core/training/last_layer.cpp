// SPDX-License-Identifier: Apache-2.0
#include "core/training/last_layer.hpp"

#include <algorithm>

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

}  // namespace

Ranges last_layer(const Network& network) {
  if (!network.training_trace) return {};
  const Node& root = network.training_trace->node(network.training_root);
  if (root.op != Op::linear) return {};
  Ranges out;
  for (const int slot : {root.index, root.second}) {
    if (slot < 0) continue;
    const Slot& layer = network.layout.slots()[static_cast<std::size_t>(slot)];
    if (layer.trainable) out.emplace_back(layer.offset, layer.size);
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
