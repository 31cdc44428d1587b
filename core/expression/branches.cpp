// SPDX-License-Identifier: Apache-2.0
#include "core/expression/branches.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "core/expression/trace.hpp"

namespace banach {
namespace {

// Whether a node can be infinite or NaN, or have such slopes, where those that it reads are finite.
bool risky(const Node& n) {
  if (n.op == Op::data) return !(n.rows & node_rows);
  if (n.op == Op::given) return true;
  if (n.op != Op::apply) return false;
  switch (static_cast<Function>(n.index)) {
    case Function::log:
    case Function::sqrt:
    case Function::exp:
    case Function::reciprocal:
    case Function::power:
      return true;
    default:
      return false;
  }
}

// Whether every column of the result depends on the same column of the operands alone.
bool column_by_column(Op op) {
  return op == Op::combine || op == Op::multiply || op == Op::apply || op == Op::affine ||
         op == Op::select || op == Op::derivative || op == Op::stop || op == Op::dropout ||
         op == Op::node_sum;
}

/// Rewrites one branch; a node's `need` is the condition under which its values count.
class Branch {
 public:
  Branch(Trace& trace, int root, int condition, bool when)
      : trace_(trace), root_(root), condition_(condition), when_(when) {}

  int rewritten() {
    if (!find_affected()) return root_;
    need_.emplace(root_, condition_);
    for (auto i = need_.begin(); i != need_.end(); ++i) ask_operands(i->first, i->second);
    for (auto i = need_.rbegin(); i != need_.rend(); ++i) rewrite(i->first, i->second);
    return new_.at(root_);
  }

 private:
  // What a node reads under its own condition.
  bool reads(const Node& n, std::size_t k) const {
    if (n.op == Op::batch_mean || (n.op == Op::select && k == 0)) return false;
    return n.op != Op::node_sum || !(trace_.node(condition_).rows & node_rows);
  }

  bool find_affected() {
    std::vector<char> cone(static_cast<std::size_t>(root_) + 1, 0);
    affected_ = cone;
    cone[static_cast<std::size_t>(root_)] = 1;
    for (std::size_t i = cone.size(); i-- > 0;) {
      const Node& n = trace_.nodes()[i];
      for (std::size_t k = 0; cone[i] && k < n.in.size(); ++k)
        if (reads(n, k)) cone[static_cast<std::size_t>(n.in[k])] = 1;
    }
    for (std::size_t i = 0; i < cone.size(); ++i) {
      const Node& n = trace_.nodes()[i];
      bool here = cone[i] && risky(n);
      for (std::size_t k = 0; cone[i] && k < n.in.size(); ++k)
        here = here || (reads(n, k) && affected(n.in[k]));
      affected_[i] = here;
    }
    return affected(root_);
  }
  bool affected(int node) const { return affected_[static_cast<std::size_t>(node)]; }

  void ask_operands(int node, int need) {
    const Node n = trace_.node(node);  // a copy: more nodes come
    int from = 0;
    for (std::size_t k = 0; k < n.in.size(); ++k) {
      const int width = trace_.node(n.in[k]).width;
      if (reads(n, k) && affected(n.in[k])) {
        const int asked = need_of_operand(n, need, from, width);
        const auto [place, fresh] = need_.emplace(n.in[k], asked);
        if (!fresh) place->second = either(place->second, asked);
      }
      from += width;
    }
  }

  int need_of_operand(const Node& n, int need, int from, int width) {
    const int columns = trace_.node(need).width;
    if (columns == 1) return need;
    if (n.op == Op::concat) return trace_.node_of(expression(need).columns(from, width));
    if (column_by_column(n.op) && width == columns) return need;
    int any = trace_.node_of(expression(need)[0]);
    for (int w = 1; w < columns; ++w) any = either(any, trace_.node_of(expression(need)[w]));
    return any;
  }

  // Holds where one of both does.
  int either(int a, int b) {
    if (a == b) return a;
    return trace_.node_of(when_ ? select(expression(a), expression(a), expression(b))
                                : select(expression(a), expression(b), expression(a)));
  }

  int guarded(int node, int need) {
    return trace_.node_of(when_ ? select(expression(need), expression(node), 1.0)
                                : select(expression(need), 1.0, expression(node)));
  }

  void rewrite(int node, int need) {
    Node n = trace_.node(node);
    for (std::size_t k = 0; k < n.in.size(); ++k) {
      if (reads(n, k) && affected(n.in[k])) n.in[k] = new_.at(n.in[k]);
      if (risky(n)) n.in[k] = guarded(n.in[k], need);
      n.rows |= trace_.node(n.in[k]).rows;
    }
    if (n.op == Op::node_sum) n.rows &= ~unsigned(node_rows);
    const int again = trace_.add(n).node();
    new_[node] = n.in.empty() ? guarded(again, need) : again;
  }

  Expression expression(int node) const { return {&trace_, node}; }

  Trace& trace_;
  int root_, condition_;
  bool when_;
  std::vector<char> affected_;
  std::map<int, int, std::greater<>> need_;  // readers before what they read
  std::map<int, int> new_;
};

}  // namespace

Expression taken(E branch, E condition, bool when) {
  if (!branch.trace() || !condition.trace()) return branch;
  Trace& trace = Trace::current();
  return {&trace, Branch(trace, trace.node_of(branch), trace.node_of(condition), when).rewritten()};
}

}  // namespace banach
