// SPDX-License-Identifier: Apache-2.0
// Mathematics written once: a value per row that remembers how it was made. No torch here.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "banach/export.hpp"

namespace banach {

class Trace;
inline constexpr double pi = 3.14159265358979323846;

/// A value per row, [rows, width], in the trace that is being recorded; or a plain constant.
/// Rows are of five kinds: one row, points, points x quadrature nodes, functions, functions x
/// points; operands of different kinds broadcast. Widths must agree or be 1.
class BANACH_API Expression {
 public:
  Expression(double constant = 0.0) : constant_(constant) {}
  /// One column.
  Expression operator[](int column) const;
  /// Columns [first, first + count).
  Expression columns(int first, int count) const;
  int width() const;
  /// TOTAL derivative by the term's coordinates, up to order 4: "t", "xx", "xxyy" (a whole
  /// coordinate name, else one letter at a time). Works on any expression: (k * u.d("x")).d("x").
  Expression d(std::string_view by) const;
  /// Traced once, so values cannot steer an `if`: use where(condition, a, b).
  explicit operator bool() const = delete;

  Expression(Trace* trace, int node);
  Trace* trace() const { return trace_; }
  int node() const { return node_; }
  long serial() const { return serial_; }
  double constant() const { return constant_; }

 private:
  Trace* trace_ = nullptr;
  long serial_ = 0;
  int node_ = -1;
  double constant_ = 0;
};

using E = const Expression&;
BANACH_API Expression operator+(E, E);
BANACH_API Expression operator-(E, E);
BANACH_API Expression operator*(E, E);
BANACH_API Expression operator/(E, E);
BANACH_API Expression operator-(E);
BANACH_API Expression pow(E, int exponent);
BANACH_API Expression pow(E, double exponent);
BANACH_API Expression sin(E);
BANACH_API Expression cos(E);
BANACH_API Expression exp(E);
BANACH_API Expression log(E);
BANACH_API Expression sqrt(E);
BANACH_API Expression tanh(E);
BANACH_API Expression sigmoid(E);
BANACH_API Expression softplus(E);
BANACH_API Expression gelu(E);
BANACH_API Expression silu(E);
/// Piecewise linear: refused inside a network whose derivatives of order >= 2 are read.
BANACH_API Expression relu(E);
BANACH_API Expression abs(E);
BANACH_API Expression max(E, E);
BANACH_API Expression min(E, E);
/// a where condition > 0, else b, row by row and column by column. What is not taken has no part in
/// values and gradients, even where it is not finite. A derivative by what the condition depends on
/// leaves out the jump between a and b (docs/derivatives.md).
BANACH_API Expression where(E condition, E a, E b);
/// Columns side by side.
BANACH_API Expression concat(const std::vector<Expression>& parts);
/// Sum over the columns, width 1.
BANACH_API Expression sum(E);
/// Sum over the columns of a * b; functions x points where the operands live there.
BANACH_API Expression dot(E, E);
/// Mean over the rows. Its statistics are not differentiated by the coordinates.
BANACH_API Expression batch_mean(E);
/// The same values, invisible to the gradient by parameters.
BANACH_API Expression stop(E);
/// x * scale + shift, column by column with fixed numbers (one per column).
BANACH_API Expression affine(E x, const std::vector<double>& scale,
                             const std::vector<double>& shift);

/// tanh, sin, sigmoid, softplus, gelu, silu, relu by name; for parameters use
/// one_of(activations()).
BANACH_API Expression activate(const std::string& name, E x);
BANACH_API std::vector<std::string> activations();

}  // namespace banach
