// SPDX-License-Identifier: Apache-2.0
#include "core/operators/column_writer.hpp"

#include <algorithm>

namespace banach {
namespace {

// From so many functions on, a product of the features costs less than one matrix product more.
constexpr int enough_functions = 16;

}  // namespace

ColumnWriter::ColumnWriter(const NetworkBoundary& boundary, const Trace& term, int functions)
    : boundary_(boundary),
      term_{&term},
      out_(std::make_shared<Trace>(term.coordinates(), term.training())),
      functions_(functions) {
  while (out_->variables() < term.variables()) out_->new_variable();
}

int ColumnWriter::write(int root, bool& columns) {
  term_.nonlinear = read_nonlinearly(*term_.trace, root, false);
  term_.plain.assign(term_.trace->nodes().size(), -1);
  term_.columns.resize(term_.trace->nodes().size());
  columns = per_function(term_.trace->node(root));
  if (!columns) return plain(term_, root);
  write(term_, root);
  Node all;
  all.op = Op::concat;
  all.width = 0;
  for (const Column& c : term_.columns[static_cast<std::size_t>(root)]) {
    all.in.push_back(widened(value(c)));
    all.width += functions_;
    all.numbers.push_back(functions_);
  }
  return all.in.size() == 1 ? all.in[0] : add(all);
}

int ColumnWriter::add(Node n) {
  n.rows = n.op == Op::coordinate || n.op == Op::data || n.op == Op::nodes ? n.rows : one_row;
  if (n.op == Op::given) n.rows = point_rows;
  for (const int i : n.in) n.rows |= out_->node(i).rows;
  if (n.op == Op::node_sum) n.rows &= ~unsigned(node_rows);
  return out_->add(std::move(n)).node();
}

void ColumnWriter::append(Column& to, const Column& from, double factor) {
  for (const auto& [slot, summands] : from.features)
    for (const auto& [c, node] : summands) to.features[slot].emplace_back(factor * c, node);
  for (const auto& [c, node] : from.rest) to.rest.emplace_back(factor * c, node);
}

template <class F>
ColumnWriter::Column ColumnWriter::mapped(const Column& column, const F& f) const {
  Column out = column;
  for (auto& entry : out.features)
    for (auto& summand : entry.second) summand.second = f(summand.second);
  for (auto& summand : out.rest) summand.second = f(summand.second);
  return out;
}

int ColumnWriter::sum(const std::vector<Summand>& summands) {
  if (summands.size() == 1 && summands[0].first == 1) return summands[0].second;
  Node n;
  n.op = summands.empty() ? Op::constant : Op::combine;
  if (summands.empty()) n.numbers = {0};
  for (const auto& [c, node] : summands) {
    n.in.push_back(node);
    n.numbers.push_back(c);
    n.width = std::max(n.width, out_->node(node).width);
  }
  return add(std::move(n));
}

int ColumnWriter::widened(int node) {
  if (out_->node(node).width == functions_) return node;
  Node n;
  n.op = Op::combine;
  n.in = {node};
  n.numbers = {1};
  n.width = functions_;
  return add(std::move(n));
}

int ColumnWriter::value(const Column& column) {
  std::vector<Summand> all;
  for (const auto& [slot, summands] : column.features) {
    Node n;
    n.op = Op::linear;
    n.index = slot;
    n.second = -1;
    n.width = functions_;
    n.in = {summands.size() == 1 ? summands[0].second : sum(summands)};
    all.emplace_back(summands.size() == 1 ? summands[0].first : 1.0, add(std::move(n)));
  }
  all.insert(all.end(), column.rest.begin(), column.rest.end());
  return sum(all);
}

int ColumnWriter::plain_column(int node, int i) {
  if (out_->node(node).width == 1) return node;
  Node n;
  n.op = Op::columns;
  n.in = {node};
  n.index = i;
  return add(std::move(n));
}

ColumnWriter::Column ColumnWriter::column(Source& source, int node, int i) {
  const Node& n = source.trace->node(node);
  if (!per_function(n)) return of(plain_column(plain(source, node), i));
  write(source, node);
  return source
      .columns[static_cast<std::size_t>(node)][n.width == 1 ? 0 : static_cast<std::size_t>(i)];
}

void ColumnWriter::write(Source& source, int node) {
  Columns& out = source.columns[static_cast<std::size_t>(node)];
  if (!out.empty()) return;
  const bool needed = source.nonlinear[static_cast<std::size_t>(node)] != 0;
  out = written(source, source.trace->node(node), needed);
  if (!needed && functions_ >= enough_functions) return;
  for (Column& c : out) c = of(value(c));
}

ColumnWriter::Columns ColumnWriter::written(Source& source, const Node& n, bool needed) {
  Columns out;
  switch (n.op) {
    case Op::given: {
      Node given = n;
      given.width = functions_;
      return {of(add(std::move(given)))};
    }
    case Op::network:
      return call(n, needed);
    case Op::dot:
      return {dotted(source, n)};
    case Op::concat:
      for (const int k : n.in)
        for (int i = 0; i < source.trace->node(k).width; ++i) out.push_back(column(source, k, i));
      return out;
    case Op::sum:
      out.resize(1);
      for (int i = 0; i < source.trace->node(n.in[0]).width; ++i)
        append(out[0], column(source, n.in[0], i), 1);
      return out;
    default:
      for (int i = 0; i < n.width; ++i) out.push_back(one(source, n, i));
      return out;
  }
}

// Column i of an operation that acts on every column alike.
ColumnWriter::Column ColumnWriter::one(Source& source, const Node& n, int i) {
  Column out;
  switch (n.op) {
    case Op::combine:
      for (std::size_t k = 0; k < n.in.size(); ++k)
        append(out, column(source, n.in[k], i), n.numbers[k]);
      return out;
    case Op::columns:
      return column(source, n.in[0], n.index + i);
    case Op::affine: {
      append(out, column(source, n.in[0], i), n.numbers[static_cast<std::size_t>(i)]);
      Node shift;
      shift.numbers = {n.numbers[static_cast<std::size_t>(n.width + i)]};
      if (shift.numbers[0] != 0) out.rest.emplace_back(1.0, add(std::move(shift)));
      return out;
    }
    case Op::multiply:
      return product(source, n, i);
    case Op::derivative:
      return mapped(column(source, n.in[0], i), [&](int node) { return alike(n, {node}); });
    case Op::apply:
    case Op::stop:
    case Op::node_sum:
    case Op::select: {
      std::vector<int> in;
      for (const int k : n.in) in.push_back(value(column(source, k, i)));
      return of(alike(n, in));
    }
    default:
      throw BeyondTape{"a network in which functions meet points outside of dot products"};
  }
}

// The operation of n on these nodes.
int ColumnWriter::alike(const Node& n, std::vector<int> in) {
  Node out = n;
  out.width = 1;
  for (const int k : in) out.width = std::max(out.width, out_->node(k).width);
  out.in = std::move(in);
  return add(std::move(out));
}

ColumnWriter::Column ColumnWriter::product(Source& source, const Node& n, int i) {
  const Column a = column(source, n.in[0], i), b = column(source, n.in[1], i);
  const bool left = per_function(source.trace->node(n.in[0])),
             right = per_function(source.trace->node(n.in[1]));
  if (left && right) return of(alike(n, {value(a), value(b)}));
  const int factor = value(left ? b : a);
  Column gathered = left ? a : b;
  for (auto& entry : gathered.features) entry.second = {{1.0, sum(entry.second)}};
  if (!gathered.rest.empty()) gathered.rest = {{1.0, sum(gathered.rest)}};
  return mapped(gathered, [&](int node) { return alike(n, {factor, node}); });
}

}  // namespace banach
