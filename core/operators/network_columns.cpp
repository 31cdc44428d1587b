// SPDX-License-Identifier: Apache-2.0
// The network in a term that is written for functions at once: its features, and where they meet
// the functions.
#include <algorithm>

#include "core/operators/column_writer.hpp"

namespace banach {
namespace {

bool is_linear(const Trace& trace, const Node& n) {
  switch (n.op) {
    case Op::combine:
    case Op::concat:
    case Op::columns:
    case Op::derivative:
    case Op::affine:
    case Op::sum:
    case Op::network:
      return true;
    case Op::multiply:
      return !per_function(trace.node(n.in[0])) || !per_function(trace.node(n.in[1]));
    default:
      return false;
  }
}

}  // namespace

// What is read by something nonlinear is needed itself; operators on it are then planes of it.
std::vector<char> ColumnWriter::read_nonlinearly(const Trace& trace, int root, bool result) {
  std::vector<char> out(trace.nodes().size(), 0), used = out;
  used[static_cast<std::size_t>(root)] = 1;
  out[static_cast<std::size_t>(root)] = result;
  for (std::size_t i = out.size(); i-- > 0;) {
    const Node& n = trace.nodes()[i];
    if (!used[i]) continue;
    const bool itself = !is_linear(trace, n) || (out[i] && n.op != Op::multiply);
    for (const int k : n.in) {
      used[static_cast<std::size_t>(k)] = 1;
      if (itself) out[static_cast<std::size_t>(k)] = 1;
    }
  }
  return out;
}

// A node that depends on no function, in the new record.
int ColumnWriter::plain(Source& source, int node) {
  int& known = source.plain[static_cast<std::size_t>(node)];
  if (known >= 0) return known;
  Node n = source.trace->node(node);
  if (source.call >= 0 && (n.rows & point_rows)) return known = feature(source, node);
  for (int& i : n.in) i = plain(source, i);
  return known = add(std::move(n));
}

// A part of what the call of the network gives.
int ColumnWriter::feature(Source& source, int node) {
  Node part = source.trace->node(node);
  if (part.op == Op::columns) {
    part.in = {feature(source, part.in[0])};
    return add(std::move(part));
  }
  part = Node();
  part.op = Op::columns;
  part.in = {source.call};
  for (const int other : *boundary_.features) {
    part.width = source.trace->node(other).width;
    if (other == node) break;
    part.index += part.width;
  }
  return boundary_.features->size() == 1 ? source.call : add(std::move(part));
}

ColumnWriter::Columns ColumnWriter::call(const Node& node, bool nonlinear) {
  if (node.index != 0) throw BeyondTape{"operators of earlier solutions"};
  const Trace& trace = *boundary_.network->training_trace;
  const int root = boundary_.network->training_root;
  Node n;
  n.op = Op::network;
  n.in = {plain(term_, node.in[0])};
  n.width = 0;
  for (const int feature : *boundary_.features) n.width += trace.node(feature).width;
  Source network{&trace, add(std::move(n))};
  network.plain.assign(trace.nodes().size(), -1);
  network.columns.resize(trace.nodes().size());
  network.nonlinear = read_nonlinearly(trace, root, nonlinear);
  Columns out;
  for (int i = 0; i < trace.node(root).width; ++i) out.push_back(column(network, root, i));
  return out;
}

ColumnWriter::Column ColumnWriter::dotted(Source& source, const Node& n) {
  for (std::size_t k = 0; k < 2; ++k) {
    const auto& list = *boundary_.coefficients;
    const auto place = std::find(list.begin(), list.end(), n.in[k]);
    const Node &a = source.trace->node(n.in[k]), &b = source.trace->node(n.in[1 - k]);
    if (source.call < 0 || place == list.end() || per_function(b) || a.width != b.width) continue;
    const auto slot =
        boundary_.network->layout.slots().size() + static_cast<std::size_t>(place - list.begin());
    Column out;
    out.features[static_cast<int>(slot)] = {{1.0, plain(source, n.in[1 - k])}};
    return out;
  }
  throw BeyondTape{"a network in which functions meet points outside of dot products"};
}

}  // namespace banach
