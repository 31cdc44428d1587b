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
      out = append_leaf(scope, node);
      return;
    case Op::linear:
      if (!joins_a_sum(scope, node)) out = append_linear(scope, node, -1);
      return;
    case Op::combine:
      out = append_combine(scope, node);
      return;
    case Op::multiply:
    case Op::dot:
      out = append_product(scope, node);
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

int TapeBuilder::append_combine(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  const auto& rows = scope.plan->basis[static_cast<std::size_t>(node)].rows;
  std::vector<int> in, linear;
  std::vector<double> factors;
  std::vector<double> constant(rows.size(), 0.0);
  bool shifted = false;
  for (std::size_t k = 0; k < n.in.size(); ++k) {
    const Node& from = scope.trace->node(n.in[k]);
    if (from.op == Op::constant) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        constant[i] += n.numbers[k] * from.numbers[0] * rows[i].at({});
      shifted = true;
    } else if (scope.block[static_cast<std::size_t>(n.in[k])] < 0) {
      linear.push_back(n.in[k]);
    } else {
      in.push_back(read(scope, n.in[k], rows));
      factors.push_back(n.numbers[k]);
    }
  }
  std::vector<int> all = in;
  for (const int k : linear)
    all.push_back(scope.block[static_cast<std::size_t>(scope.trace->node(k).in[0])]);
  const RowDomain domain = common(all);
  if (all.empty()) throw BeyondTape{"a sum of constants"};
  std::vector<int> into;
  for (const int k : linear) {
    const int x = scope.block[static_cast<std::size_t>(scope.trace->node(k).in[0])];
    if (block(x).rows == domain) {
      into.push_back(k);
    } else {
      in.push_back(append_linear(scope, k, -1));
      factors.push_back(1);
    }
  }
  for (auto& i : in) i = lifted(i, domain);
  const int out = like(scope, node, in, domain);
  bool begun = false;
  for (const int k : into) {
    append_linear(scope, k, out);
    tape_.operations.back().accumulate = begun;
    begun = true;
  }
  for (std::size_t k = 0; k < in.size(); ++k, begun = true) {
    Operation add_one;
    add_one.code = Code::add;
    add_one.in = {in[k]};
    add_one.out = out;
    add_one.accumulate = begun;
    add_one.numbers = {factors[k]};
    add(std::move(add_one));
  }
  if (!shifted) return out;
  Operation shift;
  shift.code = Code::shift;
  shift.out = out;
  shift.numbers = constant;
  add(std::move(shift));
  Block& result = tape_.blocks[static_cast<std::size_t>(out)];
  for (std::size_t i = 0; i < rows.size(); ++i) result.zero[i] = result.zero[i] && constant[i] == 0;
  return out;
}

int TapeBuilder::append_product(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  const auto block_of = [&](int k) { return scope.block[static_cast<std::size_t>(n.in[k])]; };
  const RowDomain domain = common({block_of(0), block_of(1)});
  Operation product;
  product.code = n.op == Op::dot ? Code::dot : Code::multiply;
  product.in = {lifted(block_of(0), domain), lifted(block_of(1), domain)};
  const auto basis = [&](int k) { return scope.plan->basis[static_cast<std::size_t>(k)]; };
  product.entries = plane_products(product_table(basis(node), basis(n.in[0]), basis(n.in[1])),
                                   block(product.in[0]).zero, block(product.in[1]).zero);
  for (std::size_t k = 0; k < 2; ++k) {
    product.adjoint[k] = operand_adjoint(product.entries, k == 1);
    int planes = 0;
    for (const auto& e : product.adjoint[k]) planes += e.first;
    product.covers[k] = planes == block(product.in[k]).planes;
  }
  Block out;
  out.width = n.width;
  out.planes = basis(node).size();
  out.rows = domain;
  out.active = block(product.in[0]).active || block(product.in[1]).active;
  out.zero.assign(static_cast<std::size_t>(out.planes), 1);
  for (const auto& e : product.entries) out.zero[static_cast<std::size_t>(e.out)] = 0;
  product.out = add_block(std::move(out));
  add(product);
  return product.out;
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
  Operation plain;
  plain.in = {x};
  RowDomain domain = block(x).rows;
  plain.numbers = n.numbers;
  plain.width = n.width;
  plain.from = n.index;
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
    if (n.op == Op::stop) plain.from = 0;
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
