// SPDX-License-Identifier: Apache-2.0
// The algebra of recorded expressions.
#include "tests/expression/trace_test.hpp"

namespace banach {
namespace {

TEST_F(TraceTest, DerivativeOfADerivativeIsOneNode) {
  const Field u = field();
  const Expression e = u.d("x").d("t").d("x");
  EXPECT_EQ(node(e).op, Op::derivative);
  EXPECT_EQ(node(e).polynomial, xi(0, 2) * xi(1));
  EXPECT_EQ(node(e).in[0], u().node());
  EXPECT_EQ(e.node(), u.d("xxt").node());
  EXPECT_EQ(e.node(), u.d("txx").node());
}

TEST_F(TraceTest, DerivativesOfAScaledDerivativeMerge) {
  const Field u = field();
  const Expression e = (3 * u.d("x")).d("x");
  EXPECT_EQ(node(e).polynomial, 3.0 * xi(0, 2));
  EXPECT_EQ(node(e).in, std::vector<int>{u().node()});
  const Expression lap = u.d("xx") + u.d("tt");
  EXPECT_EQ(node(lap).polynomial, xi(0, 2) + xi(1, 2));
  EXPECT_EQ(node(lap.d("xx")).polynomial, xi(0, 4) + xi(0, 2) * xi(1, 2));
}

TEST_F(TraceTest, SumsMergeDerivativesOfOneBaseThroughTheOtherSummands) {
  const Field u = field();
  const Expression burgers = u.d("t") + u() * u.d("x") - 0.01 * u.d("xx");
  EXPECT_EQ(node(burgers).op, Op::combine);
  ASSERT_EQ(node(burgers).in.size(), 2u);
  const Node& merged = trace_.node(node(burgers).in[1]);
  EXPECT_EQ(merged.op, Op::derivative);
  EXPECT_EQ(merged.polynomial, xi(1) + (-0.01) * xi(0, 2));
  EXPECT_EQ(network_planes(trace_, plan(trace_, {{burgers.node(), {Polynomial(1.0)}}})), 3);
}

TEST_F(TraceTest, NumbersStayOutsideOfProducts) {
  const Field u = field();
  const Expression e = (2 * u()) * (3 * sin(u()));
  EXPECT_EQ(node(e).op, Op::combine);
  EXPECT_EQ(node(e).numbers, std::vector<double>{6});
}

TEST_F(TraceTest, ZeroCoefficientsVanish) {
  const Field u = field();
  EXPECT_EQ((u.d("t") + 0 * u.d("xx")).node(), u.d("t").node());
  EXPECT_EQ((u.d("t") - u.d("t") + u()).node(), u().node());
  const Expression nothing = u.d("xx") - u.d("xx") + 2.0;
  EXPECT_EQ(nothing.trace(), nullptr);
  EXPECT_EQ(nothing.constant(), 2);
}

TEST_F(TraceTest, ASumThatVanishesKeepsItsWidth) {
  const Field u = make_field({{"x", 0, 1}, {"t", 0, 1}}, {"u", "v"});
  EXPECT_EQ((u.all() - u.all()).width(), 2);
  EXPECT_EQ((0 * u.all() + u["u"]).width(), 2);
  EXPECT_EQ(pow(u.all(), 0).width(), 2);
  EXPECT_EQ((u.all() + 1.0 - u.all())[1].width(), 1);
}

TEST_F(TraceTest, SumsWithoutDerivativesAreNotFlattened) {
  Expression h = field()();
  for (int i = 0; i < 50; ++i) h = h + tanh(h);
  for (const auto& n : trace_.nodes()) {
    if (n.op == Op::combine) {
      EXPECT_LE(n.in.size(), 2u);
    }
  }
  EXPECT_LT(trace_.nodes().size(), 110u);
}

TEST_F(TraceTest, EqualNodesAreStoredOnce) {
  const Field u = field();
  const Expression first = sin(u()) * u.at("x") + 1;
  const std::size_t count = trace_.nodes().size();
  const Expression second = sin(u()) * u.at("x") + 1;
  EXPECT_EQ(first.node(), second.node());
  EXPECT_EQ(trace_.nodes().size(), count);
}

TEST_F(TraceTest, ConstantsFoldWithoutNodes) {
  const std::size_t count = trace_.nodes().size();
  EXPECT_EQ((sin(Expression(0.0)) + 2 * Expression(3.0) / 4 - pow(2.0, 3)).constant(), -6.5);
  EXPECT_EQ(Expression(2.0).d("x").constant(), 0);
  EXPECT_EQ(trace_.nodes().size(), count);
}

TEST_F(TraceTest, RowKindsUnite) {
  const Field u = make_field({{"x", 0, 1}, {"t", 0, 1}}, {"u"}, {{"f", 3}});
  EXPECT_EQ(node(u.at("x")).rows, unsigned(point_rows));
  EXPECT_EQ(node(u()).rows, point_rows | function_rows);
  EXPECT_EQ(node(u.function("f")).rows, unsigned(function_rows));
  const Expression i =
      u.integral("x", Quadrature::gauss(3, 0, 1), [&](const Field&, const Field& there) {
        EXPECT_EQ(node(there.at("x")).rows, unsigned(node_rows));
        EXPECT_EQ(node(there()).rows, point_rows | node_rows | function_rows);
        return there();
      });
  EXPECT_EQ(node(i).rows, point_rows | function_rows);
}

}  // namespace
}  // namespace banach
