// SPDX-License-Identifier: Apache-2.0
// Numbers that are kept apart from what they are added to, so that they fold in double.
#include <algorithm>

#include "banach/config.hpp"
#include "core/expression/trace.hpp"

namespace banach {
namespace {

bool all(const std::vector<double>& numbers, double value) {
  return std::all_of(numbers.begin(), numbers.end(), [value](double v) { return v == value; });
}

}  // namespace

Expression shifted(E x, const std::vector<double>& scale, const std::vector<double>& shift) {
  BANACH_ASSERT(static_cast<int>(scale.size()) == x.width() && scale.size() == shift.size());
  if (all(scale, 1) && all(shift, 0)) return x;
  if (!x.trace() && scale.size() == 1) return scale[0] * x.constant() + shift[0];
  Trace& trace = Trace::current();
  Node n;
  n.op = Op::affine;
  n.in = {trace.node_of(x)};
  n.width = x.width();
  n.rows = trace.node(n.in[0]).rows;
  n.second = 1;
  n.numbers = scale;
  n.numbers.insert(n.numbers.end(), shift.begin(), shift.end());
  return trace.add(n);
}

Expression standardised(E e, const std::vector<double>& scale, const std::vector<double>& shift) {
  Trace& trace = Trace::current();
  const Node n = trace.node(trace.node_of(e));
  std::vector<double> numbers = scale;
  numbers.insert(numbers.end(), shift.begin(), shift.end());
  if (n.op == Op::affine && n.second == 1 && n.numbers == numbers) return {&trace, n.in[0]};
  std::vector<Expression> columns;
  for (std::size_t k = 0; k < scale.size(); ++k) {
    const Expression own = scale.size() == 1 ? e : e[static_cast<int>(k)];
    if (scale.size() > 1)
      columns.push_back(standardised(own, {scale[k]}, {shift[k]}));
    else
      columns.push_back((own - shift[k]) * (1 / scale[k]));
  }
  return concat(columns);
}

}  // namespace banach
