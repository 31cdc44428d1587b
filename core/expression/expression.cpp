// SPDX-License-Identifier: Apache-2.0
#include "banach/expression.hpp"

#include <algorithm>
#include <cmath>

#include "banach/config.hpp"
#include "core/expression/branches.hpp"
#include "core/expression/trace.hpp"

namespace banach {

namespace {

bool constant(E e) { return !e.trace(); }
// Refuses expressions of another record before it looks at them.
const Node& node(E e) {
  Trace& trace = Trace::current();
  return trace.node(trace.node_of(e));
}
unsigned rows(E e) { return constant(e) ? unsigned(one_row) : node(e).rows; }

int common_width(const std::vector<Expression>& operands, const char* what) {
  int width = 1;
  for (const auto& e : operands) {
    if (e.width() == 1 || e.width() == width) continue;
    if (width != 1)
      throw ConfigError(std::string(what) + " of widths " + std::to_string(width) + " and " +
                        std::to_string(e.width()) + ": widths must be equal, or 1");
    width = e.width();
  }
  return width;
}

// A node of the current trace with these operands; rows and width from the operands.
Node make(Op op, const std::vector<Expression>& operands, const char* what) {
  Trace& trace = Trace::current();
  Node n;
  n.op = op;
  n.width = common_width(operands, what);
  for (const auto& e : operands) {
    n.in.push_back(trace.node_of(e));
    n.rows |= rows(e);
  }
  return n;
}

bool is_shifted(E e) { return !constant(e) && node(e).op == Op::affine && node(e).second == 1; }

bool has_derivative(E e) {
  if (constant(e)) return false;
  const Node& n = node(e);
  if (n.op == Op::derivative) return true;
  if (n.op != Op::combine) return false;
  return std::any_of(n.in.begin(), n.in.end(),
                     [&](int i) { return e.trace()->node(i).op == Op::derivative; });
}

// The summands of c * e, looking through sums that contain derivatives (and only those: flattening
// the sums of a residual network would be quadratic), through scaled single operands and through
// numbers that were added last.
void collect(double c, E e, std::vector<std::pair<double, Expression>>& out) {
  if (is_shifted(e) && e.width() == 1) {
    const Node n = node(e);
    collect(c * n.numbers[0], Expression(e.trace(), n.in[0]), out);
    out.emplace_back(c, n.numbers[1]);
  } else if (!constant(e) && node(e).op == Op::combine &&
             (node(e).in.size() == 1 || has_derivative(e))) {
    const Node n = node(e);
    for (std::size_t i = 0; i < n.in.size(); ++i)
      collect(c * n.numbers[i], Expression(e.trace(), n.in[i]), out);
  } else {
    out.emplace_back(c, e);
  }
}

}  // namespace

Expression::Expression(Trace* trace, int node)
    : trace_(trace), serial_(trace->serial()), node_(node) {}

int Expression::width() const { return trace_ ? banach::node(*this).width : 1; }

Expression Expression::operator[](int column) const { return columns(column, 1); }

Expression Expression::columns(int first, int count) const {
  if (first < 0 || count < 1 || first + count > width())
    throw ConfigError("columns " + std::to_string(first) + " to " +
                      std::to_string(first + count - 1) + " of an expression of width " +
                      std::to_string(width()));
  if (count == width()) return *this;
  if (is_shifted(*this)) {
    const Node whole = banach::node(*this);
    const auto part = [&](int from) {
      const auto begin = whole.numbers.begin() + from + first;
      return std::vector<double>(begin, begin + count);
    };
    return shifted(Expression(trace_, whole.in[0]).columns(first, count), part(0),
                   part(whole.width));
  }
  Node n = make(Op::columns, {*this}, "columns");
  n.width = count;
  n.index = first;
  return Trace::current().add(n);
}

Expression Expression::d(std::string_view by) const {
  if (!trace_) return 0.0;
  Trace& trace = Trace::current();
  return trace.derivative(*this, trace.parse(by, trace.own_variables()));
}

namespace {
// A sum whose number stays apart from its other operands.
Expression with_number(const std::vector<std::pair<double, Expression>>& terms, double number) {
  const bool single = terms.size() == 1;
  const Expression rest = single ? terms[0].second : combine(terms);
  const auto width = static_cast<std::size_t>(rest.width());
  return shifted(rest, std::vector<double>(width, single ? terms[0].first : 1.0),
                 std::vector<double>(width, number));
}
}  // namespace

Expression combine(const std::vector<std::pair<double, Expression>>& terms) {
  std::vector<std::pair<double, Expression>> parts;
  for (const auto& [c, e] : terms) collect(c, e, parts);
  std::vector<Expression> operands;
  operands.reserve(parts.size());
  for (const auto& part : parts) operands.push_back(part.second);
  const int width = common_width(operands, "a sum");
  double number = 0;
  std::vector<std::pair<double, Expression>> merged;
  std::map<int, Polynomial> bases;  // derivatives by their base
  for (const auto& [c, e] : parts) {
    if (constant(e)) {
      number += c * e.constant();
    } else if (node(e).op == Op::derivative) {
      Polynomial& sum = bases[node(e).in[0]];
      sum = sum + c * node(e).polynomial;
    } else {
      const int which = e.node();
      const auto same = std::find_if(merged.begin(), merged.end(),
                                     [which](const auto& m) { return m.second.node() == which; });
      if (same != merged.end())
        same->first += c;
      else
        merged.emplace_back(c, e);
    }
  }
  for (const auto& [base, p] : bases) {
    const Expression e(&Trace::current(), base);
    if (!p.zero()) merged.emplace_back(1.0, Trace::current().derivative(e, p));
  }
  merged.erase(std::remove_if(merged.begin(), merged.end(), [](auto& m) { return m.first == 0; }),
               merged.end());
  operands.clear();
  for (const auto& m : merged) operands.push_back(m.second);
  if (common_width(operands, "a sum") < width) {  // the wide summands vanished
    Node row;
    row.width = width;
    row.numbers = {number};
    merged.emplace_back(1.0, Trace::current().add(row));
    number = 0;
  }
  if (merged.empty()) return number;
  if (number != 0 && Trace::current().has_origins()) return with_number(merged, number);
  if (number != 0) merged.emplace_back(1.0, number);
  if (merged.size() == 1 && merged[0].first == 1) return merged[0].second;
  operands.clear();
  for (const auto& m : merged) operands.push_back(m.second);
  Node n = make(Op::combine, operands, "a sum");
  for (const auto& m : merged) n.numbers.push_back(m.first);
  return Trace::current().add(n);
}

Expression apply(Function f, E x, double exponent) {
  Node n = make(Op::apply, {x}, "a function");
  n.index = static_cast<int>(f);
  if (f == Function::power) n.numbers = {exponent};
  return Trace::current().add(n);
}

Expression operator+(E a, E b) {
  if (constant(a) && constant(b)) return a.constant() + b.constant();
  return combine({{1, a}, {1, b}});
}
Expression operator-(E a, E b) {
  if (constant(a) && constant(b)) return a.constant() - b.constant();
  return combine({{1, a}, {-1, b}});
}
Expression operator-(E a) { return constant(a) ? Expression(-a.constant()) : combine({{-1, a}}); }

Expression operator*(E a, E b) {
  if (constant(a) && constant(b)) return a.constant() * b.constant();
  if (constant(a)) return combine({{a.constant(), b}});
  if (constant(b)) return combine({{b.constant(), a}});
  // Numbers move out of products, so that c * D(...) stays visible to the algebra of sums.
  const auto split = [](E e) -> std::pair<double, Expression> {
    const Node& n = node(e);
    if (n.op == Op::combine && n.in.size() == 1) return {n.numbers[0], {e.trace(), n.in[0]}};
    return {1.0, e};
  };
  const auto [c, x] = split(a);
  const auto [d, y] = split(b);
  Node n = make(Op::multiply, {x, y}, "a product");
  return combine({{c * d, Trace::current().add(n)}});
}

Expression operator/(E a, E b) {
  if (constant(b)) return a * (1 / b.constant());
  return a * apply(Function::reciprocal, b);
}

Expression select(E condition, E a, E b) {
  return Trace::current().add(make(Op::select, {condition, a, b}, "where"));
}
Expression where(E condition, E a, E b) {
  return select(condition, taken(a, condition, true), taken(b, condition, false));
}
Expression concat(const std::vector<Expression>& parts) {
  if (parts.size() == 1) return parts[0];
  Trace& trace = Trace::current();
  Node n;
  n.op = Op::concat;
  n.width = 0;
  for (const auto& e : parts) {
    n.in.push_back(trace.node_of(e));
    n.rows |= rows(e);
    n.width += e.width();
    n.numbers.push_back(e.width());
  }
  return trace.add(n);
}

Expression sum(E x) {
  if (x.width() == 1) return x;
  Node n = make(Op::sum, {x}, "sum");
  n.width = 1;
  return Trace::current().add(n);
}

Expression dot(E a, E b) {
  if (a.width() == 1 && b.width() == 1) return a * b;
  Node n = make(Op::dot, {a, b}, "dot");
  n.width = 1;
  return Trace::current().add(n);
}

Expression batch_mean(E x) {
  Node n = make(Op::batch_mean, {x}, "batch_mean");
  n.rows &= ~unsigned(point_rows);
  return Trace::current().add(n);
}

Expression stop(E x) { return constant(x) ? x : Trace::current().add(make(Op::stop, {x}, "stop")); }

Expression affine(E x, const std::vector<double>& scale, const std::vector<double>& shift) {
  Node n = make(Op::affine, {x}, "affine");
  BANACH_ASSERT(static_cast<int>(scale.size()) == n.width && scale.size() == shift.size());
  n.numbers = scale;
  n.numbers.insert(n.numbers.end(), shift.begin(), shift.end());
  return Trace::current().add(n);
}

Expression node_sum(E e, const std::vector<double>& weights) {
  if (!(rows(e) & node_rows)) {
    double total = 0;
    for (const double w : weights) total += w;
    return total * e;
  }
  Node n = make(Op::node_sum, {e}, "an integral");
  n.rows &= ~unsigned(node_rows);
  n.numbers = weights;
  return Trace::current().add(n);
}

}  // namespace banach
