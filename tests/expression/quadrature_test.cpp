// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "banach/error.hpp"
#include "banach/problem.hpp"

namespace banach {
namespace {

double integral(const Quadrature& q, const std::function<double(double)>& f) {
  double sum = 0;
  for (std::size_t i = 0; i < q.weights.size(); ++i) sum += q.weights[i] * f(q.nodes[i]);
  return sum;
}
double power(double x, int n) { return std::pow(x, n); }
double exact(int n, double a, double b) { return (power(b, n + 1) - power(a, n + 1)) / (n + 1); }

TEST(Quadrature, GaussIsExactToDegreeTwoNMinusOne) {
  for (const int n : {1, 2, 3, 5, 8, 16, 32}) {
    const Quadrature q = Quadrature::gauss(n, -0.5, 1.5);
    ASSERT_EQ(q.nodes.size(), static_cast<std::size_t>(n));
    for (int degree = 0; degree < 2 * n && degree < 24; ++degree)
      EXPECT_NEAR(integral(q, [&](double x) { return power(x, degree); }), exact(degree, -0.5, 1.5),
                  1e-13 * std::max(1.0, exact(degree, -0.5, 1.5)))
          << n << " nodes, degree " << degree;
    for (std::size_t i = 1; i < q.nodes.size(); ++i) EXPECT_LT(q.nodes[i - 1], q.nodes[i]);
  }
  const Quadrature two = Quadrature::gauss(2, -1, 1);
  EXPECT_GT(std::abs(integral(two, [](double x) { return power(x, 4); }) - 0.4), 0.1);
}

TEST(Quadrature, ClenshawCurtisIsExactToDegreeNMinusOne) {
  for (const int n : {2, 3, 4, 5, 8, 9, 17}) {
    const Quadrature q = Quadrature::clenshaw_curtis(n, 0, 2);
    EXPECT_DOUBLE_EQ(q.nodes.front(), 0);
    EXPECT_DOUBLE_EQ(q.nodes.back(), 2);
    for (int degree = 0; degree < n; ++degree)
      EXPECT_NEAR(integral(q, [&](double x) { return power(x, degree); }), exact(degree, 0, 2),
                  1e-13 * exact(degree, 0, 2))
          << n << " nodes, degree " << degree;
  }
}

TEST(Quadrature, TrapezoidIsExactForLinesAndOfSecondOrder) {
  const Quadrature q = Quadrature::trapezoid(7, 1, 3);
  EXPECT_NEAR(integral(q, [](double x) { return 2 * x + 1; }), 10, 1e-14);
  const auto error = [](int n) {
    return std::abs(integral(Quadrature::trapezoid(n, 0, 1), [](double x) { return std::exp(x); }) -
                    (std::exp(1.0) - 1));
  };
  EXPECT_NEAR(error(11) / error(21), 4, 0.01);
}

TEST(Quadrature, TensorProductsIntegrateOverTheBox) {
  const Quadrature q = Quadrature::gauss(3, 0, 2).times(
      Quadrature::gauss(2, -1, 1).times(Quadrature::trapezoid(2, 0, 1)));
  ASSERT_EQ(q.axes, 3);
  ASSERT_EQ(q.weights.size(), 12u);
  ASSERT_EQ(q.nodes.size(), 36u);
  double sum = 0;
  for (std::size_t i = 0; i < q.weights.size(); ++i)
    sum +=
        q.weights[i] * power(q.nodes[3 * i], 4) * power(q.nodes[3 * i + 1], 2) * q.nodes[3 * i + 2];
  EXPECT_NEAR(sum, 32.0 / 5 * (2.0 / 3) * 0.5, 1e-13);
}

TEST(Quadrature, ImpossibleRulesAreRefused) {
  const auto error = [](const auto& f) -> std::string {
    try {
      f();
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_EQ(error([] { Quadrature::gauss(0, 0, 1); }),
            "quadrature: needs at least one node and an interval [a, b] with a < b");
  EXPECT_EQ(error([] { Quadrature::gauss(3, 1, 1); }),
            "quadrature: needs at least one node and an interval [a, b] with a < b");
  EXPECT_EQ(error([] { Quadrature::trapezoid(1, 0, 1); }),
            "quadrature: the trapezoid rule needs two nodes and an interval [a, b] with a < b");
  EXPECT_EQ(error([] { Quadrature::clenshaw_curtis(1, 0, 1); }),
            "quadrature: Clenshaw-Curtis needs two nodes and an interval [a, b] with a < b");
}

}  // namespace
}  // namespace banach
