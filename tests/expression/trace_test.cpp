// SPDX-License-Identifier: Apache-2.0
#include "core/expression/trace.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "banach/architecture.hpp"
#include "core/executor/evaluator.hpp"
#include "core/expression/field.hpp"
#include "core/expression/plan.hpp"

namespace banach {
namespace {

class TraceTest : public ::testing::Test {
 protected:
  Trace trace_{{"x", "t"}};
  Trace::Scope scope_{trace_};
  Field field() { return make_field({{"x", 0, 1}, {"t", 0, 1}}, {"u"}); }
  Field make_field(const Domain& domain, const Unknowns& unknowns,
                   const std::vector<InputFunction>& functions = {}) {
    const int outputs = static_cast<int>(unknowns.size());
    return banach::make_field(
        trace_, domain, unknowns, functions,
        [=](const Point& p) { return call_network(0, outputs, p, functions); });
  }
  const Node& node(E e) const { return trace_.node(e.node()); }
  static Polynomial xi(int v, int power = 1) { return Polynomial::variable(v, power); }

  template <class F>
  static std::string error(const F& f) {
    try {
      f();
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no error";
  }
};

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

TEST_F(TraceTest, UnknownNamesListTheKnownOnes) {
  const Field u = field();
  EXPECT_EQ(error([&] { u.d("y"); }),
            "d(\"y\"): there is no coordinate \"y\"; the coordinates are x, t");
  EXPECT_EQ(error([&] { u.d("xz"); }),
            "d(\"xz\"): there is no coordinate \"z\"; the coordinates are x, t");
  EXPECT_EQ(error([&] { u.at("y"); }),
            "there is no coordinate \"y\"; the coordinates are x, t");
  EXPECT_EQ(error([&] { u.with("y", 0.0); }),
            "there is no coordinate \"y\"; the coordinates are x, t");
  EXPECT_EQ(error([&] { u["v"]; }), "there is no unknown \"v\"; the unknowns are u");
  EXPECT_EQ(error([&] { u.d("x", "v"); }), "there is no unknown \"v\"; the unknowns are u");
  EXPECT_EQ(error([&] { u.function("f"); }),
            "there is no input function \"f\"; the input functions are none");
  EXPECT_EQ(error([&] { u.axis("y"); }), "there is no axis \"y\" in the domain");
  EXPECT_EQ(error([&] { activate("thanh", u()); }).substr(0, 46),
            "there is no activation \"thanh\"; known: tanh, s");
}

TEST_F(TraceTest, OrdersAboveFourAreRefused) {
  const Field u = field();
  EXPECT_EQ(error([&] { u.d("xxxxx"); }),
            "d(\"xxxxx\"): derivatives of order 1 to 4 are supported");
  EXPECT_EQ(error([&] { u.d(""); }), "d(\"\"): derivatives of order 1 to 4 are supported");
  EXPECT_EQ(error([&] { u.d("xxxx").d("t"); }),
            "a derivative of order 5 was asked for; orders up to 4 are supported");
  const Expression e = (u.at("x") * u.d("xxx")).d("tt");
  EXPECT_EQ(error([&] { plan(trace_, {{e.node(), {Polynomial(1.0)}}}); }),
            "the equations need derivatives of order 5; orders up to 4 are supported");
}

TEST_F(TraceTest, WholeNamesComeBeforeLetters) {
  Trace trace({"x", "xi", "x1", "t"});
  const auto names = trace.own_variables();
  EXPECT_EQ(trace.parse("xi", names), xi(1));
  EXPECT_EQ(trace.parse("xxi", names), xi(0) * xi(1));
  EXPECT_EQ(trace.parse("x1x1t", names), xi(2, 2) * xi(3));
}

TEST_F(TraceTest, WrongWidthsAreRefused) {
  const Field u = make_field({{"x", 0, 1}, {"t", 0, 1}}, {"u", "v", "w"});
  const Expression two = u.all().columns(0, 2);
  EXPECT_EQ(error([&] { two + u.all(); }),
            "a sum of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error([&] { two* u.all(); }),
            "a product of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error([&] { dot(two, u.all()); }), "dot of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error([&] { where(two, u.all(), 1.0); }),
            "where of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error([&] { two[2]; }), "columns 2 to 2 of an expression of width 2");
  EXPECT_EQ(error([&] { two.columns(1, 2); }), "columns 1 to 2 of an expression of width 2");
  EXPECT_EQ(error([&] { Linear{0, 1, 3, 4}(two); }), "a linear layer of 3 inputs was given 2");
}

TEST_F(TraceTest, IntegralsNeedOneCoordinatePerAxis) {
  const Field u = field();
  const auto kernel = [](const Field&, const Field& there) { return there(); };
  EXPECT_EQ(error([&] { u.integral("x,t", Quadrature::gauss(3, 0, 1), kernel); }),
            "integral over \"x,t\" with a quadrature of 1 axes: name one coordinate per axis");
  EXPECT_EQ(error([&] { u.integral("s", Quadrature::gauss(3, 0, 1), kernel); }),
            "there is no coordinate \"s\"; the coordinates are x, t");
}

TEST_F(TraceTest, ReluWithSecondDerivativesIsRefusedWithTheReason) {
  const Field u = field();
  const Expression first = relu(u()).d("x"), second = relu(u()).d("x").d("t");
  EXPECT_NO_THROW(plan(trace_, {{first.node(), {Polynomial(1.0)}}}));
  EXPECT_EQ(error([&] { plan(trace_, {{second.node(), {Polynomial(1.0)}}}); }),
            "the equations read derivatives of order 2 of a piecewise-linear activation (relu), "
            "and these vanish (u_xx = 0): the loss would fall while the answer is wrong; choose a "
            "smooth activation such as tanh");
}

TEST_F(TraceTest, AnExpressionKeptFromAnotherRecordIsRefused) {
  const std::string expected =
      "an Expression was kept from one record to another; capture Coefficients, not Expressions";
  std::optional<Expression> kept;
  {
    auto other = std::make_unique<Trace>(std::vector<std::string>{"x", "t"});
    Trace::Scope scope(*other);
    kept = sin(other->coordinate("x"));
  }
  const Expression x = trace_.coordinate("x"), y = *kept;
  EXPECT_EQ(error([&] { x + y; }), expected);
  EXPECT_EQ(error([&] { y* x; }), expected);
  EXPECT_EQ(error([&] { sin(y); }), expected);
  EXPECT_EQ(error([&] { y.d("x"); }), expected);
  EXPECT_EQ(error([&] { y.width(); }), expected);
  EXPECT_EQ(error([&] { y[0]; }), expected);
  EXPECT_EQ(error([&] { concat({x, y}); }), expected);
  EXPECT_EQ(error([&] { x.d("x") - 2 * y; }), expected);
}

TEST(Trace, AnExpressionOutsideOfARecordIsRefused) {
  const std::string expected =
      "an Expression was used outside of a residual, condition, exact solution or forward(); "
      "expressions live only while the engine records one of these";
  Expression kept;
  {
    Trace trace({"x"});
    Trace::Scope scope(trace);
    kept = trace.coordinate("x");
  }
  const auto error = [](const auto& f) -> std::string {
    try {
      f();
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_EQ(error([&] { kept + kept; }), expected);
  EXPECT_EQ(error([&] { kept.width(); }), expected);
  EXPECT_EQ(error([&] { kept.d("x"); }), expected);
  EXPECT_EQ(error([&] { sigmoid(1.0); }), expected);
  EXPECT_EQ(error([&] { sin(Coefficient::learnable("k", 1)); }), expected);
}

TEST(Trace, AnArchitectureCannotDifferentiate) {
  Trace trace;
  EXPECT_THROW(
      try { trace.parse("x", {}); } catch (const ConfigError& e) {
        EXPECT_STREQ(e.what(), "d(\"x\"): an architecture cannot differentiate");
        throw;
      },
      ConfigError);
}

class Impure final : public Architecture {
 public:
  explicit Impure(bool root_only) : root_only_(root_only) {}
  Expression forward(const Inputs& inputs) const override {
    ++calls_;
    const Expression a = sin(inputs.points()), b = cos(inputs.points());
    if (root_only_) return calls_ % 2 ? a : b;
    return a * calls_;
  }

 private:
  bool root_only_;
  mutable int calls_ = 0;
};

TEST(Trace, AnImpureArchitectureIsRefused) {
  for (const bool root_only : {false, true}) {
    Network network;
    network.architecture = std::make_shared<Impure>(root_only);
    network.signature = {{{"x", 0, 1}}, {}, 1};
    try {
      record(network);
      ADD_FAILURE() << "accepted";
    } catch (const ConfigError& e) {
      EXPECT_STREQ(e.what(),
                   "forward() gave two different records when called twice; it must be pure (no "
                   "random numbers, no state)");
    }
  }
}

TEST(Trace, AnArchitectureOfTheWrongWidthIsRefused) {
  Network network;
  network.architecture = std::make_shared<Impure>(true);
  network.signature = {{{"x", 0, 1}, {"y", 0, 1}}, {}, 1};
  try {
    record(network);
    ADD_FAILURE() << "accepted";
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), "the architecture returns 2 columns; 1 outputs are needed");
  }
}

}  // namespace
}  // namespace banach
