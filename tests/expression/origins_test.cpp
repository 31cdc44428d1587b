// SPDX-License-Identifier: Apache-2.0
// Origins of axes, and numbers of expressions that cancel before they are rounded.
#include "core/expression/origins.hpp"

#include <cmath>

#include "core/expression/hard_conditions.hpp"
#include "tests/expression/trace_test.hpp"

namespace banach {
namespace {

TEST(Origins, AreZeroOfAxesNearZero) {
  for (const auto& [lower, upper] :
       {std::pair(0.0, 1.0), {-1.0, 1.0}, {0.0, 1e9}, {0.0, 1e-9}, {1.0, 2.0}, {-3.0, 0.5}})
    EXPECT_EQ(origin_of({"x", lower, upper}), 0) << lower;
}

TEST(Origins, MoveWithTheirAxisExactly) {
  const Axis axis{"x", 0.25, 6.25};
  for (const double far : {32.0, 1e5, 5.4e6, 1.7e9, -1.7e9, std::ldexp(1.0, 40)}) {
    const double origin = origin_of({"x", axis.lower + far, axis.upper + far});
    EXPECT_EQ(origin, far);
    EXPECT_EQ(axis.upper + far - origin, axis.upper);
  }
  const double origin = origin_of({"x", 1.7e9 + 5, 1.7e9 + 11});
  EXPECT_LE(std::abs(1.7e9 + 8 - origin), 16);
  EXPECT_EQ(origin_of({"x", 1.7e9, 1.7e9 + 1e-6}) - 1.7e9, 0);
}

TEST(Origins, OfAnAxisWithoutLengthAreZero) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(origin_of({"x", 5, 5}), 0);
  EXPECT_EQ(origin_of({"x", 0, inf}), 0);
  EXPECT_EQ(origin_of({"x", -1e308, 1e308}), 0);
}

TEST(Origins, RangesAreRelativeToThemByName) {
  const Domain axes{{"x", 1e6, 1e6 + 1}, {"t", 0, 1}};
  const Domain near = relative_to(axes, {1e6, 0}, {{"t", 0, 1}, {"cos(x)", -1, 1}, axes[0]});
  EXPECT_EQ(near[0].upper, 1);
  EXPECT_EQ(near[1].lower, -1);
  EXPECT_EQ(near[2].lower, 0);
  EXPECT_EQ(near[2].upper, 1);
}

class FarTrace : public ::testing::Test {
 protected:
  static constexpr double far = 1.7e9;
  Trace trace_{{"x", "t"}, false, {far, 0}};
  Trace::Scope scope_{trace_};
  const Domain domain_{{"x", far, far + 6}, {"t", 0, 1}};
  Field field(const Solution& solution) { return make_field(trace_, domain_, {"u"}, {}, solution); }
  static Expression network(const Point& p) { return call_network(0, 1, p, {}); }
  const Node& node(E e) const { return trace_.node(e.node()); }
  static void small(double number) { EXPECT_LT(std::abs(number), 7); }
  /// The stored number of x itself.
  bool is_stored(E e) const { return node(e).op == Op::coordinate && node(e).index == 0; }
};

TEST_F(FarTrace, DifferencesToNumbersFoldInDouble) {
  const Expression x = trace_point(trace_)["x"];
  EXPECT_TRUE(is_stored(x - far));
  EXPECT_TRUE(is_stored((x + 5) - (far + 5)));
  const Expression scaled = (x - (far + 3)) * 2;
  ASSERT_EQ(node(scaled).op, Op::affine);
  EXPECT_EQ(node(scaled).numbers, (std::vector<double>{2, -6}));
  EXPECT_TRUE(is_stored(Expression(&trace_, node(scaled).in[0])));
  const Expression t = trace_point(trace_)["t"], front = x - 0.5 * t - far;
  EXPECT_EQ(node(front).op, Op::combine);
  EXPECT_EQ(node(front).numbers, (std::vector<double>{1, -0.5}));
}

TEST_F(FarTrace, NetworksSeeStoredNumbers) {
  const Field u = field(network);
  const Node& points = trace_.node(node(u()).in[0]);
  ASSERT_EQ(points.op, Op::concat);
  EXPECT_EQ(trace_.node(points.in[0]).op, Op::coordinate);
  const Field late = u.with("x", u.at("x") - 2);
  const Node& moved = trace_.node(trace_.node(node(late()).in[0]).in[0]);
  ASSERT_EQ(moved.op, Op::affine);
  EXPECT_EQ(moved.numbers, (std::vector<double>{1, -2}));
  const Field end = u.with("x", far + 6);
  EXPECT_EQ(trace_.node(trace_.node(trace_.node(node(end()).in[0]).in[0]).in[0]).op, Op::shift);
}

TEST_F(FarTrace, QuadratureNodesAreStoredAsCoordinatesAre) {
  const Field u = field(network);
  const auto kernel = [&](const Field&, const Field& there) {
    return there() * sin(there.at("x") - far);
  };
  u.integral("x", Quadrature::gauss(3, far, far + 6), kernel);
  u.integral("x", Quadrature::monte_carlo(4, far, far + 6), kernel);
  u.integral_to("x", far, 3, kernel);
  for (const Node& n : trace_.nodes()) {
    if (n.op == Op::nodes) small(n.numbers[0]);
    if (n.op != Op::network && n.op != Op::apply) continue;
    const Node& in = trace_.node(n.in[0]);
    for (const int i : n.op == Op::network ? in.in : n.in)
      if (trace_.node(i).op == Op::affine) small(trace_.node(i).numbers[1]);
  }
}

TEST_F(FarTrace, HardConditionsMeasureFromTheFaces) {
  const HardConditions hard(
      domain_, {"u"},
      {dirichlet("left", "x", Side::lower, 1.0), neumann("right", "x", Side::upper, 2.0)});
  field(hard.around(network));
  for (const Node& n : trace_.nodes()) {
    if (n.op != Op::multiply && n.op != Op::network) continue;
    for (const int i : n.in) {
      const Node& in = trace_.node(i);
      if (in.op == Op::affine) small(in.numbers[1]);
      if (in.op == Op::constant) small(in.numbers[0]);
    }
  }
}

TEST_F(FarTrace, SlopesDoNotSeeTheNumbers) {
  const Expression x = trace_point(trace_)["x"];
  const Field u = field(network);
  const Expression slope = (u() * 3 + 1e6).d("x"), same = 3 * u().d("x");
  EXPECT_EQ(slope.node(), same.node());
  EXPECT_EQ(node(x * u()).op, Op::multiply);
}

TEST(Origins, OfZeroChangeNoRecord) {
  const auto recorded = [](std::vector<double> origins) {
    auto trace = std::make_unique<Trace>(std::vector<std::string>{"x", "t"}, false, origins);
    Trace::Scope scope(*trace);
    const Field u = make_field(*trace, {{"x", 0, 1}, {"t", 0, 1}}, {"u"}, {},
                               [](const Point& p) { return call_network(0, 1, p, {}); });
    const Field late = u.with("t", u.at("t") - 0.5);
    concat({u.d("t") - (u.at("x") + 2) * late() + 3, late.d("t"),
            u.integral("x", Quadrature::gauss(3, 0, 1),
                       [](const Field& here, const Field& there) { return here() * there(); })});
    return trace->nodes();
  };
  EXPECT_TRUE(recorded({}) == recorded({0, 0}));
}

TEST_F(TraceTest, StandardisedExpressionsAreWhatWasShifted) {
  const Expression x = trace_point(trace_)["x"], both = concat({x, trace_point(trace_)["t"]});
  const Expression wide = shifted(both, {0.1, 3}, {101325, -2});
  EXPECT_EQ(standardised(wide, {0.1, 3}, {101325, -2}).node(), both.node());
  EXPECT_EQ(standardised(wide[0], {0.1}, {101325}).node(), both[0].node());
  EXPECT_EQ(shifted(both, {1, 1}, {0, 0}).node(), both.node());
  const Expression other = standardised(x, {2}, {5});
  ASSERT_EQ(node(other).op, Op::combine);
}

}  // namespace
}  // namespace banach
