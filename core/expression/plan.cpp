// SPDX-License-Identifier: Apache-2.0
#include "core/expression/plan.hpp"

#include <algorithm>

#include "banach/error.hpp"

namespace banach {

bool acts_plane_by_plane(Op op) {
  switch (op) {
    case Op::linear:
    case Op::affine:
    case Op::combine:
    case Op::concat:
    case Op::columns:
    case Op::sum:
    case Op::node_sum:
    case Op::stop:
    case Op::select:
    case Op::dropout:
      return true;
    default:
      return false;
  }
}

namespace {

void check(const Node& node, const Basis& basis) {
  if (basis.degree() > 4)
    throw ConfigError("the equations need derivatives of order " + std::to_string(basis.degree()) +
                      "; orders up to 4 are supported");
  if (node.op == Op::apply && node.index == static_cast<int>(Function::relu) && basis.degree() >= 2)
    throw ConfigError("the equations read derivatives of order " + std::to_string(basis.degree()) +
                      " of a piecewise-linear activation (relu), and these vanish (u_xx = 0): the "
                      "loss would fall "
                      "while the answer is wrong; choose a smooth activation such as tanh");
}

std::vector<Polynomial> demanded(const Node& node, std::size_t input, const Basis& basis) {
  const std::vector<Polynomial> value{Polynomial(1.0)};
  if (node.op == Op::select && input == 0) return value;
  if (node.op == Op::batch_mean) return value;
  if (acts_plane_by_plane(node.op)) return basis.rows;
  if (node.op == Op::derivative) {
    std::vector<Polynomial> out;
    for (const auto& row : basis.rows) out.push_back(node.polynomial * row);
    return out;
  }
  if (node.op == Op::network && input > 0) return value;
  return closure(basis.rows).rows;
}

}  // namespace

Plan plan(const Trace& trace, const std::vector<Demand>& demands) {
  const std::size_t count = trace.nodes().size();
  std::vector<std::vector<Polynomial>> asked(count);
  for (const auto& d : demands) {
    auto& list = asked[static_cast<std::size_t>(d.node)];
    list.insert(list.end(), d.operators.begin(), d.operators.end());
  }
  Plan out;
  out.basis.resize(count);
  for (std::size_t i = count; i-- > 0;) {
    if (asked[i].empty()) continue;
    const Node& node = trace.nodes()[i];
    out.basis[i] = span(asked[i]);
    check(node, out.basis[i]);
    for (std::size_t k = 0; k < node.in.size(); ++k) {
      auto& list = asked[static_cast<std::size_t>(node.in[k])];
      const auto more = demanded(node, k, out.basis[i]);
      list.insert(list.end(), more.begin(), more.end());
    }
  }
  return out;
}

int network_planes(const Trace& trace, const Plan& plan) {
  int planes = 0;
  for (std::size_t i = 0; i < trace.nodes().size(); ++i)
    if (trace.nodes()[i].op == Op::network && plan.used(static_cast<int>(i)))
      planes = std::max(planes, closure(plan.basis[i].rows).size());
  return planes;
}

}  // namespace banach
