// SPDX-License-Identifier: Apache-2.0
#include "core/fused/tape_builder.hpp"

#include <algorithm>

#include "banach/error.hpp"
#include "core/fused/jet_tables.hpp"

namespace banach {

TapeScope TapeBuilder::scope(const Trace& trace, const Plan& plan, RowDomain points, int member,
                             int place, int bank) {
  TapeScope out{&trace, &plan, points, member, place, bank, {}, {}, {}};
  out.block.assign(trace.nodes().size(), -1);
  out.read_outside.assign(trace.nodes().size(), 0);
  out.readers.resize(trace.nodes().size());
  for (std::size_t i = 0; i < trace.nodes().size(); ++i)
    if (plan.used(static_cast<int>(i)))
      for (const int k : trace.nodes()[i].in)
        out.readers[static_cast<std::size_t>(k)].push_back(static_cast<int>(i));
  return out;
}

int TapeBuilder::add_block(Block block) {
  if (block.zero.empty()) block.zero.assign(static_cast<std::size_t>(block.planes), 0);
  tape_.has_nodes = tape_.has_nodes || block.rows.nodes > 1;
  block.parent = -1;  // where it was copied from a view
  tape_.blocks.push_back(std::move(block));
  return static_cast<int>(tape_.blocks.size()) - 1;
}

RowDomain TapeBuilder::common(const std::vector<int>& blocks) const {
  RowDomain out;
  for (const int i : blocks) {
    const RowDomain& rows = block(i).rows;
    if (rows.place != RowDomain::nobody) {
      BANACH_ASSERT(out.place == RowDomain::nobody || out.place == rows.place);
      out.place = rows.place;
    }
    if (rows.nodes > 1 && out.nodes > 1 && rows.nodes != out.nodes)
      throw BeyondTape{"quadratures with different numbers of nodes meet"};
    out.nodes = std::max(out.nodes, rows.nodes);
  }
  return out;
}

int TapeBuilder::lifted(int i, RowDomain domain) {
  if (block(i).rows == domain) return i;
  const auto [place, fresh] = lifts_.try_emplace({i, {domain.place, domain.nodes}}, -1);
  if (!fresh) return place->second;
  Block out = block(i);
  out.rows = domain;
  const int number = add_block(std::move(out));
  Operation operation;
  operation.code = Code::lift;
  operation.in = {i};
  operation.out = number;
  add(std::move(operation));
  return place->second = number;
}

int TapeBuilder::mixed(int i, const std::vector<std::vector<Coordinate>>& reads) {
  bool same = static_cast<int>(reads.size()) == block(i).planes;
  for (std::size_t k = 0; k < reads.size(); ++k)
    same = same && reads[k].size() == 1 && reads[k][0].row == static_cast<int>(k) &&
           reads[k][0].value == 1;
  if (same) return i;
  Operation operation;
  operation.code = Code::mix;
  operation.in = {i};
  Block out = block(i);
  out.planes = static_cast<int>(reads.size());
  out.zero.assign(reads.size(), 1);
  for (std::size_t k = 0; k < reads.size(); ++k)
    for (const auto& [row, value] : reads[k]) {
      if (block(i).zero[static_cast<std::size_t>(row)]) continue;
      operation.entries.push_back({static_cast<int>(k), row, 0, value, out.zero[k] != 0});
      out.zero[k] = 0;
    }
  operation.out = add_block(std::move(out));
  add(operation);
  return operation.out;
}

int TapeBuilder::read(const TapeScope& scope, int node, const std::vector<Polynomial>& wanted) {
  const auto place = static_cast<std::size_t>(node);
  std::vector<std::vector<Coordinate>> reads;
  for (const auto& p : wanted) reads.push_back(coordinates(p, scope.plan->basis[place]));
  return mixed(scope.block[place], reads);
}

// The block of a node's result; zero planes as those of all inputs.
int TapeBuilder::like(const TapeScope& scope, int node, const std::vector<int>& in,
                      RowDomain rows) {
  Block out;
  out.width = scope.trace->node(node).width;
  out.planes = scope.plan->basis[static_cast<std::size_t>(node)].size();
  out.rows = rows;
  out.zero.assign(static_cast<std::size_t>(out.planes), 1);
  for (const int i : in) {
    out.active = out.active || block(i).active;
    for (std::size_t k = 0; k < out.zero.size() && k < block(i).zero.size(); ++k)
      out.zero[k] = out.zero[k] && block(i).zero[k];
  }
  return add_block(std::move(out));
}

int TapeBuilder::append_leaf(TapeScope& scope, int node) {
  const Node& n = scope.trace->node(node);
  const Basis& basis = scope.plan->basis[static_cast<std::size_t>(node)];
  Operation leaf;
  Block out;
  out.width = n.width;
  out.planes = basis.size();
  leaf.name = n.name;
  leaf.index = n.index;
  leaf.bank = scope.bank;
  leaf.member = scope.member;
  bool trained = false;
  if (n.op == Op::coordinate || n.op == Op::data) {
    leaf.source = n.op == Op::data ? LeafSource::data : LeafSource::coordinate;
    out.rows = {scope.place, n.op == Op::data && (n.rows & node_rows) ? n.index : 1};
  } else if (n.op == Op::given) {
    leaf.source = LeafSource::given;
    leaf.operators = basis.rows;
    out.rows = {scope.place, 1};
  } else if (n.op == Op::nodes) {
    leaf.source = LeafSource::nodes;
    out.rows = {RowDomain::nobody, static_cast<int>(n.numbers.size())};
  } else if (n.op == Op::slot || n.op == Op::coefficient) {
    leaf.source = LeafSource::slot;
    leaf.weight = n.op == Op::slot ? n.index : network_.layout.find("problem." + n.name);
    trained =
        scope.bank == 0 && network_.layout.slots()[static_cast<std::size_t>(leaf.weight)].trainable;
  }
  const bool variable = n.op == Op::coordinate || n.op == Op::shift;
  for (int i = 0; i < basis.size(); ++i) {
    const Polynomial& p = basis.rows[static_cast<std::size_t>(i)];
    const double part = n.op == Op::shift ? 0 : n.op == Op::given ? 1 : p.at({});
    const double slope = variable ? p.at(Polynomial::variable(n.index).terms().begin()->first) : 0;
    if (n.op == Op::constant) {
      leaf.numbers.insert(leaf.numbers.end(), {0, part * n.numbers[0]});
    } else {
      leaf.numbers.insert(leaf.numbers.end(), {part, slope});
    }
    out.zero.push_back(part == 0 && slope == 0);
  }
  if (n.op == Op::nodes)
    leaf.numbers.insert(leaf.numbers.end(), n.numbers.begin(), n.numbers.end());
  out.active = trained;
  leaf.out = add_block(std::move(out));
  add(leaf);
  if (!trained || !rowwise_) return leaf.out;
  const int wide = lifted(leaf.out, {scope.points.place, 1});
  tape_.operations.back().weight = leaf.weight;
  tape_.operations.back().numbers = leaf.numbers;
  return wide;
}

int TapeBuilder::append_linear(TapeScope& scope, int node, int into) {
  const Node& n = scope.trace->node(node);
  const int x = read(scope, n.in[0], scope.plan->basis[static_cast<std::size_t>(node)].rows);
  Operation linear;
  linear.code = Code::linear;
  linear.in = {x};
  linear.bank = scope.bank;
  linear.weight = n.index;
  linear.bias = n.second;
  const auto trained = [&](int slot) {
    return scope.bank == 0 && slot >= 0 &&
           network_.layout.slots()[static_cast<std::size_t>(slot)].trainable;
  };
  const bool active = trained(n.index) || trained(n.second);
  for (const auto& row : scope.plan->basis[static_cast<std::size_t>(node)].rows)
    linear.numbers.push_back(row.at({}));
  linear.accumulate = into >= 0;
  linear.out = into >= 0 ? into : like(scope, node, {x}, block(x).rows);
  Block& out = tape_.blocks[static_cast<std::size_t>(linear.out)];
  out.active = out.active || active || block(x).active;
  for (std::size_t k = 0; k < out.zero.size(); ++k)
    out.zero[k] = out.zero[k] && block(x).zero[k] && (n.second < 0 || linear.numbers[k] == 0);
  add(linear);
  return linear.out;
}

int TapeBuilder::append_network(int points, const Basis& closed, const Basis& outputs, int bank) {
  const bool training = bank == 0;
  const Trace& trace = training ? *network_.training_trace : *network_.trace;
  const int root = training ? network_.training_root : network_.root;
  plans_.push_back(plan(trace, {{root, outputs.rows}}));
  const RowDomain rows = block(points).rows;
  TapeScope inner = scope(trace, plans_.back(), rows, 0, rows.place, bank);
  inner.read_outside[static_cast<std::size_t>(root)] = 1;
  for (std::size_t i = 0; i < trace.nodes().size(); ++i) {
    const int node = static_cast<int>(i);
    if (!inner.plan->used(node)) continue;
    if (trace.node(node).op != Op::input) {
      append(inner, node);
      continue;
    }
    if (trace.node(node).index != 0) throw BeyondTape{"the network takes functions"};
    std::vector<std::vector<Coordinate>> reads;
    for (const auto& row : inner.plan->basis[i].rows) reads.push_back(coordinates(row, closed));
    inner.block[i] = mixed(points, reads);
  }
  if (bank == 0) tape_.planes = std::max(tape_.planes, closed.size());
  return inner.block[static_cast<std::size_t>(root)];
}

}  // namespace banach
