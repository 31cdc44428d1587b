// SPDX-License-Identifier: Apache-2.0
// What a Field refers to while a term is recorded.
#pragma once
#include "banach/problem.hpp"
#include "core/expression/trace.hpp"

namespace banach {

/// All unknowns at a point, [rows, unknowns]: the network inside its ansatz, or an exact solution.
using Solution = std::function<Expression(const Point&)>;

struct FieldState {
  Domain domain;
  Unknowns unknowns;
  std::vector<InputFunction> functions;
  Solution solution;
  Point point;
  std::vector<int> variables;  // the symbol of each coordinate of this field's own arguments
  Expression all;              // all unknowns at the point
  std::string fixed;           // the coordinate along which it cannot be moved, if any
  bool moved = false;          // not at the term's own points
};

/// The field of a solution at the term's own points.
BANACH_API Field make_field(Trace& trace, const Domain& domain, const Unknowns& unknowns,
                            const std::vector<InputFunction>& functions, const Solution& solution,
                            const std::string& fixed = {});
/// The point of a trace: its coordinates.
BANACH_API Point trace_point(Trace& trace);
/// The call of the architecture (bank 0) or of an earlier solution (bank k) at a point.
BANACH_API Expression call_network(int bank, int outputs, const Point& point,
                                   const std::vector<InputFunction>& functions);

/// The solution of a problem with the parameters of bank k.
BANACH_API Frozen make_frozen(std::shared_ptr<const Problem> problem, int bank);

}  // namespace banach
