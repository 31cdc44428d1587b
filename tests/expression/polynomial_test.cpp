// SPDX-License-Identifier: Apache-2.0
#include "core/expression/polynomial.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>

namespace banach {
namespace {

Polynomial xi(int v, int power = 1) { return Polynomial::variable(v, power); }
Polynomial laplacian(int dimensions) {
  Polynomial sum;
  for (int v = 0; v < dimensions; ++v) sum = sum + xi(v, 2);
  return sum;
}
int planes(const std::vector<Polynomial>& operators) { return closure(operators).size(); }

double entry(const std::vector<ProductEntry>& table, int out, int left, int right) {
  for (const auto& e : table)
    if (e.out == out && e.left == left && e.right == right) return e.value;
  return 0;
}

TEST(Polynomial, ArithmeticMergesAndDropsZeros) {
  const Polynomial p = xi(0) + 2.0 * xi(1, 2);
  EXPECT_EQ(p * p, xi(0, 2) + 4.0 * (xi(0) * xi(1, 2)) + 4.0 * xi(1, 4));
  EXPECT_TRUE((p + (-1.0) * p).zero());
  EXPECT_TRUE((0.0 * p).zero());
  EXPECT_EQ(p.degree(), 2);
  EXPECT_EQ(p.variables(), 2);
  EXPECT_EQ(p.derivative(1), 4.0 * xi(1));
  EXPECT_EQ(p.derivative(0), Polynomial(1.0));
  EXPECT_TRUE(p.derivative(2).zero());
}

TEST(Polynomial, MonomialsComeByDegreeThenByVariable) {
  const MonomialOrder before;
  EXPECT_TRUE(before({}, {1}));
  EXPECT_TRUE(before({0, 1}, {2}));
  EXPECT_TRUE(before({1}, {0, 1}));
  EXPECT_TRUE(before({2}, {1, 1}));
  EXPECT_FALSE(before({1}, {1}));
}

TEST(Polynomial, BinomialsAreProductsOverTheVariables) {
  EXPECT_EQ(binomial({2, 1}, {2, 3}), 6 * 4);
  EXPECT_EQ(binomial({}, {4}), 1);
}

TEST(Closure, HasThePlanesOfTheTable) {
  const double nu = 0.7;
  EXPECT_EQ(planes({xi(1) + (-nu) * xi(0, 2)}), 3);             // heat
  EXPECT_EQ(planes({xi(1), xi(0, 2)}), 4);                      // heat with learnable kappa
  EXPECT_EQ(planes({xi(1, 2) + (-1.0) * xi(0, 2)}), 4);         // wave
  EXPECT_EQ(planes({xi(1) + xi(0, 3), xi(0)}), 4);              // Korteweg-de Vries
  EXPECT_EQ(planes({xi(9) + (-nu) * laplacian(9)}), 11);        // heat, 9 dimensions and time
  EXPECT_EQ(planes({xi(3) + (-nu) * laplacian(3), xi(0)}), 5);  // Navier-Stokes 3-D
  EXPECT_EQ(planes({laplacian(2) * laplacian(2)}), 9);
  EXPECT_EQ(planes({laplacian(3) * laplacian(3)}), 14);
  EXPECT_EQ(planes({xi(2) + 0.01 * (laplacian(2) * laplacian(2))}), 9);
  EXPECT_EQ(planes({xi(2) + 0.01 * (laplacian(2) * laplacian(2)), laplacian(2)}), 9);
  EXPECT_EQ(planes({xi(2), laplacian(2) * laplacian(2)}), 10);  // Cahn-Hilliard's glue
  EXPECT_EQ(planes({xi(0) * xi(1)}), 4);
  EXPECT_EQ(planes({}), 1);
}

TEST(Closure, TinyCoefficientsChangeNothing) {
  for (const double nu : {1e-2, 1e-4, 1e-8, 1e-11}) {
    const Polynomial p = xi(1) + (-nu) * xi(0, 2);
    EXPECT_EQ(planes({p}), 3) << nu;
    EXPECT_EQ(planes({p, xi(1)}), 4) << nu;
    const Basis basis = closure({p, xi(0, 2)});
    ASSERT_EQ(basis.size(), 4) << nu;
    Polynomial back;
    for (const auto& [row, value] : coordinates(p, basis)) back = back + value * basis.rows[row];
    EXPECT_NEAR(back.at({0, 1}), 1, 1e-15);
    EXPECT_NEAR(back.at({2}) / -nu, 1, 1e-12);
  }
}

TEST(Closure, RoundingDoesNotMakePlanes) {
  const Polynomial lap = laplacian(2), scaled = 0.1 * (0.3 * lap), again = 0.03 * lap;
  EXPECT_EQ(planes({scaled + xi(2), again + xi(2)}), 4);
}

TEST(Closure, FirstRowIsTheValueAndEveryDerivativeIsInside) {
  const Basis basis = closure({laplacian(2) * laplacian(2), xi(2) + xi(0, 3)});
  EXPECT_EQ(basis.rows[0], Polynomial(1.0));
  for (const auto& row : basis.rows)
    for (int v = 0; v < 3; ++v) {
      Polynomial back;
      for (const auto& [k, value] : coordinates(row.derivative(v), basis))
        back = back + value * basis.rows[k];
      const Polynomial rest = back + (-1.0) * row.derivative(v);
      for (const auto& term : rest.terms()) EXPECT_NEAR(term.second, 0, 1e-14);
    }
}

TEST(Span, IsReduced) {
  const Basis basis = span({xi(0) + xi(1), xi(0) + (-1.0) * xi(1), 3.0 * xi(0)});
  ASSERT_EQ(basis.size(), 2);
  EXPECT_EQ(basis.rows[0], xi(0));
  EXPECT_EQ(basis.rows[1], xi(1));
  EXPECT_EQ(span({Polynomial()}).size(), 0);
}

TEST(ProductTable, IsLeibnizRuleForHeat) {
  const Basis b = closure({xi(1) + (-0.7) * xi(0, 2)});  // 1, x, L = t - 0.7 xx
  ASSERT_EQ(b.size(), 3);
  const auto table = product_table(b, b, b);
  EXPECT_EQ(table.size(), 6u);
  EXPECT_EQ(entry(table, 0, 0, 0), 1);
  EXPECT_EQ(entry(table, 1, 0, 1), 1);
  EXPECT_EQ(entry(table, 1, 1, 0), 1);
  EXPECT_EQ(entry(table, 2, 0, 2), 1);
  EXPECT_EQ(entry(table, 2, 2, 0), 1);
  EXPECT_DOUBLE_EQ(entry(table, 2, 1, 1), -1.4);  // L(fg) = f Lg + g Lf - 2 * 0.7 f_x g_x
}

TEST(ProductTable, IsLeibnizRuleForFourthOrder) {
  const Basis b = closure({xi(0, 4)});
  ASSERT_EQ(b.size(), 5);
  const auto table = product_table(b, b, b);
  const double choose[] = {1, 4, 6, 4, 1};
  for (int k = 0; k <= 4; ++k) EXPECT_EQ(entry(table, 4, k, 4 - k), choose[k]);
}

// D(fg) by the table against the definition, for exponentials: D exp(a.x) = D(a) exp(a.x).
TEST(ProductTable, HoldsForExponentials) {
  const Polynomial operators[] = {laplacian(2) * laplacian(2), xi(0) * xi(1, 3) + xi(2),
                                  xi(2) + (-1e-3) * laplacian(2)};
  const std::vector<double> a{0.3, -1.1, 0.7}, c{-0.4, 0.9, 1.3};
  const auto at = [](const Polynomial& p, const std::vector<double>& x) {
    double sum = 0;
    for (const auto& [m, value] : p.terms()) {
      double product = value;
      for (std::size_t v = 0; v < m.size(); ++v) product *= std::pow(x[v], m[v]);
      sum += product;
    }
    return sum;
  };
  for (const auto& op : operators) {
    const Basis out = span({op}), left = closure({op, xi(2, 2)}), right = closure({op});
    double sum = 0;
    for (const auto& e : product_table(out, left, right))
      sum += e.value * at(left.rows[e.left], a) * at(right.rows[e.right], c);
    EXPECT_NEAR(sum, at(out.rows[0], {a[0] + c[0], a[1] + c[1], a[2] + c[2]}), 1e-12);
  }
}

}  // namespace
}  // namespace banach
