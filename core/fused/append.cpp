// SPDX-License-Identifier: Apache-2.0
// One kind of node after the other.
#include <algorithm>

#include "banach/error.hpp"
#include "core/fused/jet_tables.hpp"
#include "core/fused/tape_builder.hpp"

namespace banach {

void TapeBuilder::append(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  int& out = scope.block[static_cast<std::size_t>(node)];
  switch (n.op) {
    case Op::constant:
    case Op::coordinate:
    case Op::shift:
    case Op::data:
    case Op::nodes:
    case Op::slot:
    case Op::coefficient:
    case Op::given:
      out = append_leaf(scope, node);
      return;
    case Op::linear:
      if (!joins_a_sum(scope, node)) out = append_linear(scope, node, -1);
      return;
    case Op::combine:
      if (!joins_a_product(scope, node)) out = append_combine(scope, node);
      return;
    case Op::multiply:
    case Op::dot:
      if (!joins_a_sum(scope, node)) out = append_product(scope, node);
      return;
    case Op::apply:
      out = append_apply(scope, node);
      return;
    case Op::concat:
      out = append_concat(scope, node);
      return;
    case Op::select:
      out = append_select(scope, node);
      return;
    case Op::network:
      out = append_call(scope, node);
      return;
    case Op::derivative: {
      std::vector<Polynomial> wanted;
      for (const auto& row : scope.plan->basis[static_cast<std::size_t>(node)].rows)
        wanted.push_back(n.polynomial * row);
      out = read(scope, n.in[0], wanted);
      return;
    }
    case Op::affine:
    case Op::columns:
    case Op::sum:
    case Op::node_sum:
    case Op::stop:
      out = append_plain(scope, node);
      return;
    case Op::dropout:
      throw BeyondTape{"dropout"};
    case Op::batch_mean:
      throw BeyondTape{"statistics of the batch"};
    case Op::opaque:
      throw BeyondTape{"an architecture written in tensor operations"};
    default:
      throw BeyondTape{"input functions"};
  }
}

int TapeBuilder::append_apply(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  const Basis& basis = scope.plan->basis[static_cast<std::size_t>(node)];
  const Basis closed = closure(basis.rows);
  Operation apply;
  apply.code = Code::apply;
  apply.in = {read(scope, n.in[0], closed.rows)};
  Block out = block(apply.in[0]);
  apply.function = jet_function_tables(n, closed, out.zero);
  out.zero[0] = 0;
  for (const auto& entries : apply.function->powers)
    for (const auto& e : entries) out.zero[static_cast<std::size_t>(e.out)] = 0;
  apply.out = add_block(std::move(out));
  add(apply);
  std::vector<std::vector<Coordinate>> reads;
  for (const auto& row : basis.rows) reads.push_back(coordinates(row, closed));
  return mixed(apply.out, reads);
}

int TapeBuilder::append_concat(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  const auto& rows = scope.plan->basis[static_cast<std::size_t>(node)].rows;
  std::vector<int> in;
  for (const int k : n.in) in.push_back(read(scope, k, rows));
  const RowDomain domain = common(in);
  for (auto& i : in) i = lifted(i, domain);
  const int out = like(scope, node, in, domain);
  int to = 0;
  for (std::size_t k = 0; k < in.size(); ++k) {
    Operation copy;
    copy.code = Code::copy;
    copy.in = {in[k]};
    copy.out = out;
    copy.to = to;
    copy.width = static_cast<int>(n.numbers[k]);
    to += copy.width;
    add(std::move(copy));
  }
  return out;
}

int TapeBuilder::append_select(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  const auto& rows = scope.plan->basis[static_cast<std::size_t>(node)].rows;
  std::vector<int> in = {read(scope, n.in[0], {Polynomial(1.0)}), read(scope, n.in[1], rows),
                         read(scope, n.in[2], rows)};
  const RowDomain domain = common(in);
  for (auto& i : in) i = lifted(i, domain);
  Operation select;
  select.code = Code::select;
  select.in = in;
  select.out = like(scope, node, {in[1], in[2]}, domain);
  add(select);
  return select.out;
}

int TapeBuilder::append_plain(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  const auto& rows = scope.plan->basis[static_cast<std::size_t>(node)].rows;
  const int x = read(scope, n.in[0], rows);
  if (n.op == Op::columns && divided(scope, n.in[0])) {
    const int out = like(scope, node, {x}, block(x).rows);
    tape_.blocks[static_cast<std::size_t>(out)].parent = x;
    tape_.blocks[static_cast<std::size_t>(out)].from = n.index;
    return out;
  }
  Operation plain;
  plain.in = {x};
  RowDomain domain = block(x).rows;
  plain.numbers = n.numbers;
  plain.width = n.width;
  plain.from = n.op == Op::stop ? 0 : n.index;
  if (n.op == Op::affine) {
    plain.code = Code::affine;
    for (const auto& row : rows) plain.numbers.push_back(row.at({}));
  } else if (n.op == Op::sum) {
    plain.code = Code::sum;
  } else if (n.op == Op::node_sum) {
    plain.code = Code::node_sum;
    if (domain.nodes == 1)
      plain.in[0] = lifted(x, {domain.place, static_cast<int>(n.numbers.size())});
    domain.nodes = 1;
  } else {
    plain.code = Code::copy;
  }
  plain.out = like(scope, node, {x}, domain);
  Block& out = tape_.blocks[static_cast<std::size_t>(plain.out)];
  if (n.op == Op::stop) out.active = false;
  if (n.op == Op::affine)
    for (std::size_t k = 0; k < out.zero.size(); ++k)
      out.zero[k] = out.zero[k] && rows[k].at({}) == 0;
  add(plain);
  return plain.out;
}

int TapeBuilder::append_call(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  if (n.in.size() > 1) throw BeyondTape{"input functions"};
  const Basis& basis = scope.plan->basis[static_cast<std::size_t>(node)];
  const Basis closed = closure(basis.rows);
  int points = read(scope, n.in[0], closed.rows);
  if (rowwise_ && n.index == 0 && block(points).rows.place == RowDomain::nobody)
    points = lifted(points, {scope.place, block(points).rows.nodes});
  return append_network(points, closed, basis, n.index);
}

}  // namespace banach
