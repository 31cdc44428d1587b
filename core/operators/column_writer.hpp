// SPDX-License-Identifier: Apache-2.0
// Writes one term with the network in it for F functions at once.
#pragma once
#include <map>

#include "core/executor/evaluator.hpp"
#include "core/fused/tape.hpp"

namespace banach {

/// Where the points' part of the network ends.
struct NetworkBoundary {
  const Network* network;
  const std::vector<int>*coefficients, *features;  // nodes of its record
};

class ColumnWriter {
 public:
  ColumnWriter(const NetworkBoundary& boundary, const Trace& term, int functions);
  /// The node of the new record that is this one, columns of functions side by side.
  int write(int root, bool& per_function);
  std::shared_ptr<const Trace> trace() const { return out_; }

 private:
  using Summand = std::pair<double, int>;  // factor and node of the new record
  /// One column of a node for all functions: rest + sum over slots of features . coefficients.
  struct Column {
    std::map<int, std::vector<Summand>> features;  // by slot
    std::vector<Summand> rest;                     // one column, or one for every function
  };
  using Columns = std::vector<Column>;
  /// A record that is being written: the term, or the network for one call.
  struct Source {
    const Trace* trace;
    int call = -1;                      // of the network, in the new record
    std::vector<int> plain = {};        // per node, in the new record
    std::vector<Columns> columns = {};  // per node
    std::vector<char> nonlinear = {};   // something reads the node that is not linear in it
  };

  static std::vector<char> read_nonlinearly(const Trace& trace, int root, bool result);
  void write(Source& source, int node);
  Columns written(Source& source, const Node& n, bool needed);
  Columns call(const Node& node, bool nonlinear);
  Column one(Source& source, const Node& n, int i);
  Column product(Source& source, const Node& n, int i);
  Column dotted(Source& source, const Node& n);
  Column column(Source& source, int node, int i);
  int plain(Source& source, int node);
  int feature(Source& source, int node);
  int plain_column(int node, int i);
  int alike(const Node& n, std::vector<int> in);
  int add(Node n);
  int sum(const std::vector<Summand>& summands);
  int value(const Column& column);
  int widened(int node);
  static void append(Column& to, const Column& from, double factor);
  static Column of(int node) { return {{}, {{1.0, node}}}; }
  template <class F>
  Column mapped(const Column& column, const F& f) const;

  NetworkBoundary boundary_;
  Source term_;
  std::shared_ptr<Trace> out_;
  int functions_;
};

/// Whether a node of a record depends on functions (and, in the network's record, points).
inline bool per_function(const Node& n) { return (n.rows & function_rows) != 0; }

}  // namespace banach
