// SPDX-License-Identifier: Apache-2.0
// Constant-coefficient differential operators as polynomials in the symbols xi_v, and the closed
// spans that decide which derivative planes a node of a trace carries.
#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Exponents per variable, trailing zeros trimmed: {} is the value, {2} is d^2/dx_0^2.
using Monomial = std::vector<std::uint8_t>;

/// By degree first, so that the value comes before every derivative.
struct BANACH_API MonomialOrder {
  bool operator()(const Monomial& a, const Monomial& b) const;
};
BANACH_API int degree(const Monomial& m);
BANACH_API Monomial operator*(const Monomial& a, const Monomial& b);
/// prod_v binomial(a_v + b_v, a_v)
BANACH_API double binomial(const Monomial& a, const Monomial& b);

/// sum of coefficient * monomial; zero coefficients are never stored.
class BANACH_API Polynomial {
 public:
  using Terms = std::map<Monomial, double, MonomialOrder>;
  Polynomial() = default;
  explicit Polynomial(double constant);
  /// The monomial of one variable to a power.
  static Polynomial variable(int index, int power = 1);

  void add(const Monomial& m, double coefficient);
  double at(const Monomial& m) const;
  int degree() const;
  bool zero() const { return terms_.empty(); }
  const Terms& terms() const { return terms_; }
  /// Partial derivative by a symbol.
  Polynomial derivative(int variable) const;
  /// Highest variable index + 1.
  int variables() const;
  friend bool operator==(const Polynomial& a, const Polynomial& b) { return a.terms_ == b.terms_; }
  friend bool operator<(const Polynomial& a, const Polynomial& b) { return a.terms_ < b.terms_; }

 private:
  Terms terms_;
};
BANACH_API Polynomial operator*(const Polynomial& a, const Polynomial& b);
BANACH_API Polynomial operator+(const Polynomial& a, const Polynomial& b);
BANACH_API Polynomial operator*(double c, const Polynomial& a);

/// A basis in reduced row echelon form: row i has coefficient 1 at pivot i and 0 at all others.
struct BANACH_API Basis {
  std::vector<Polynomial> rows;
  std::vector<Monomial> pivots;
  int size() const { return static_cast<int>(rows.size()); }
  int degree() const;
  friend bool operator==(const Basis& a, const Basis& b) { return a.rows == b.rows; }
  friend bool operator<(const Basis& a, const Basis& b) { return a.rows < b.rows; }
};

/// Basis of the span of some operators.
BANACH_API Basis span(const std::vector<Polynomial>& operators);
/// Basis of the smallest span that contains the operators and all their derivatives by the symbols:
/// the smallest set on which the product rule closes. Its first row is the value.
BANACH_API Basis closure(const std::vector<Polynomial>& operators);

struct Coordinate {
  int row;
  double value;
};
/// An operator of the span in terms of the basis rows; zero coordinates are left out.
BANACH_API std::vector<Coordinate> coordinates(const Polynomial& p, const Basis& basis);

struct ProductEntry {
  int out, left, right;
  double value;
};
/// P_out(f g) = sum value * A_left(f) * B_right(g), for every row of `out`; `left` and `right` must
/// contain the closure of `out`.
BANACH_API std::vector<ProductEntry> product_table(const Basis& out, const Basis& left,
                                                   const Basis& right);

}  // namespace banach
