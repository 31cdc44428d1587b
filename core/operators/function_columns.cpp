// SPDX-License-Identifier: Apache-2.0
#include "core/operators/function_columns.hpp"

#include <algorithm>

#include "core/operators/column_writer.hpp"

namespace banach {
namespace {

constexpr unsigned both = function_rows | point_rows;

void add_once(std::vector<int>& list, int node) {
  if (std::find(list.begin(), list.end(), node) == list.end()) list.push_back(node);
}

// Which nodes the root is made of.
std::vector<char> needed(const Trace& trace, int root) {
  std::vector<char> out(trace.nodes().size(), 0);
  out[static_cast<std::size_t>(root)] = 1;
  for (std::size_t i = out.size(); i-- > 0;)
    if (out[i])
      for (const int k : trace.nodes()[i].in) out[static_cast<std::size_t>(k)] = 1;
  return out;
}

int copied(const Trace& from, int node, Trace& to, std::map<int, int>& known) {
  if (const auto place = known.find(node); place != known.end()) return place->second;
  Node n = from.node(node);
  for (int& i : n.in) i = copied(from, i, to, known);
  return known[node] = to.add(std::move(n)).node();
}

}  // namespace

FunctionColumns::FunctionColumns(std::shared_ptr<const Network> network,
                                 std::vector<TapeTerm> terms)
    : network_(std::move(network)), terms_(std::move(terms)) {
  if (network_->grid()) throw BeyondTape{"an architecture that maps grids"};
  find_boundary();
}

void FunctionColumns::find_boundary() {
  const Trace& trace = *network_->training_trace;
  const int root = network_->training_root;
  const auto feature = [&](int node) {
    while (trace.node(node).op == Op::columns) node = trace.node(node).in[0];
    if (trace.node(node).rows & point_rows) add_once(features_, node);
  };
  const auto used = needed(trace, root);
  for (std::size_t i = 0; i < used.size(); ++i) {
    const Node& n = trace.nodes()[i];
    if (!used[i]) continue;
    if (n.op == Op::dropout) throw BeyondTape{"dropout"};
    if (n.op == Op::batch_mean) throw BeyondTape{"statistics of the batch"};
    if ((n.rows & both) != both) continue;
    for (const int k : n.in) {
      const unsigned rows = trace.node(k).rows & both;
      if (rows == function_rows) add_once(coefficients_, k);
      if (!(rows & function_rows)) feature(k);
    }
  }
  if (!per_function(trace.node(root))) feature(root);
  if (features_.empty()) throw BeyondTape{"a network that does not look at the points"};
}

std::shared_ptr<const Network> FunctionColumns::point_network(int functions) const {
  auto out = std::make_shared<Network>(*network_);
  const Trace& from = *network_->training_trace;
  out->signature.functions.clear();
  for (std::size_t i = 0; i < coefficients_.size(); ++i)
    out->layout.add({"coefficients." + std::to_string(i),
                     {from.node(coefficients_[i]).width, functions},
                     Init{Init::Kind::zeros}});
  out->trace = std::make_shared<Trace>(std::vector<std::string>{}, true);
  std::map<int, int> known;
  Node all;
  all.op = Op::concat;
  all.width = 0;
  all.rows = point_rows;
  for (const int node : features_) {
    all.in.push_back(copied(from, node, *out->trace, known));
    all.width += from.node(node).width;
    all.numbers.push_back(from.node(node).width);
  }
  out->signature.outputs = all.width;
  out->root = all.in.size() == 1 ? all.in[0] : out->trace->add(all).node();
  out->training_trace = out->trace;
  out->training_root = out->root;
  return out;
}

PointTerms FunctionColumns::make(int functions) const {
  PointTerms out;
  out.network = point_network(functions);
  for (const TapeTerm& term : terms_) {
    ColumnWriter writer({network_.get(), &coefficients_, &features_}, *term.trace, functions);
    bool columns = false;
    TapeTerm written = term;
    written.root = writer.write(term.root, columns);
    written.trace = writer.trace();
    out.terms.push_back(std::move(written));
    out.per_function.push_back(columns);
  }
  return out;
}

}  // namespace banach
