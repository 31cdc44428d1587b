// SPDX-License-Identifier: Apache-2.0
// What cannot be recorded or planned, and the words it is refused with.
#include <memory>
#include <optional>

#include "banach/architecture.hpp"
#include "core/executor/evaluator.hpp"
#include "tests/expression/trace_test.hpp"

namespace banach {
namespace {

class RefusalTest : public TraceTest {};

TEST_F(RefusalTest, UnknownNamesListTheKnownOnes) {
  const Field u = field();
  EXPECT_EQ(error_of([&] { u.d("y"); }),
            "d(\"y\"): there is no coordinate \"y\"; the coordinates are x, t");
  EXPECT_EQ(error_of([&] { u.d("xz"); }),
            "d(\"xz\"): there is no coordinate \"z\"; the coordinates are x, t");
  EXPECT_EQ(error_of([&] { u.at("y"); }), "there is no coordinate \"y\"; the coordinates are x, t");
  EXPECT_EQ(error_of([&] { u.with("y", 0.0); }),
            "there is no coordinate \"y\"; the coordinates are x, t");
  EXPECT_EQ(error_of([&] { u["v"]; }), "there is no unknown \"v\"; the unknowns are u");
  EXPECT_EQ(error_of([&] { u.d("x", "v"); }), "there is no unknown \"v\"; the unknowns are u");
  EXPECT_EQ(error_of([&] { u.function("f"); }),
            "there is no input function \"f\"; the input functions are none");
  EXPECT_EQ(error_of([&] { u.axis("y"); }), "there is no axis \"y\" in the domain");
  EXPECT_EQ(error_of([&] { activate("thanh", u()); }).substr(0, 46),
            "there is no activation \"thanh\"; known: tanh, s");
}

TEST_F(RefusalTest, OrdersAboveFourAreRefused) {
  const Field u = field();
  EXPECT_EQ(error_of([&] { u.d("xxxxx"); }),
            "d(\"xxxxx\"): derivatives of order 1 to 4 are supported");
  EXPECT_EQ(error_of([&] { u.d(""); }), "d(\"\"): derivatives of order 1 to 4 are supported");
  EXPECT_EQ(error_of([&] { u.d("xxxx").d("t"); }),
            "a derivative of order 5 was asked for; orders up to 4 are supported");
  const Expression e = (u.at("x") * u.d("xxx")).d("tt");
  EXPECT_EQ(error_of([&] {
              plan(trace_, {{e.node(), {Polynomial(1.0)}}});
            }),
            "the equations need derivatives of order 5; orders up to 4 are supported");
}

TEST_F(RefusalTest, WholeNamesComeBeforeLetters) {
  Trace trace({"x", "xi", "x1", "t"});
  const auto names = trace.own_variables();
  EXPECT_EQ(trace.parse("xi", names), xi(1));
  EXPECT_EQ(trace.parse("xxi", names), xi(0) * xi(1));
  EXPECT_EQ(trace.parse("x1x1t", names), xi(2, 2) * xi(3));
}

TEST_F(RefusalTest, WrongWidthsAreRefused) {
  const Field u = make_field({{"x", 0, 1}, {"t", 0, 1}}, {"u", "v", "w"});
  const Expression two = u.all().columns(0, 2);
  EXPECT_EQ(error_of([&] { two + u.all(); }),
            "a sum of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error_of([&] { two* u.all(); }),
            "a product of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error_of([&] { dot(two, u.all()); }),
            "dot of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error_of([&] { where(two, u.all(), 1.0); }),
            "where of widths 2 and 3: widths must be equal, or 1");
  EXPECT_EQ(error_of([&] { two[2]; }), "columns 2 to 2 of an expression of width 2");
  EXPECT_EQ(error_of([&] { two.columns(1, 2); }), "columns 1 to 2 of an expression of width 2");
  EXPECT_EQ(error_of([&] { Linear{0, 1, 3, 4}(two); }), "a linear layer of 3 inputs was given 2");
}

TEST_F(RefusalTest, IntegralsNeedOneCoordinatePerAxis) {
  const Field u = field();
  const auto kernel = [](const Field&, const Field& there) { return there(); };
  EXPECT_EQ(error_of([&] { u.integral("x,t", Quadrature::gauss(3, 0, 1), kernel); }),
            "integral over \"x,t\" with a quadrature of 1 axes: name one coordinate per axis");
  EXPECT_EQ(error_of([&] { u.integral("s", Quadrature::gauss(3, 0, 1), kernel); }),
            "there is no coordinate \"s\"; the coordinates are x, t");
}

TEST_F(RefusalTest, ReluWithSecondDerivativesIsRefusedWithTheReason) {
  const Field u = field();
  const Expression first = relu(u()).d("x"), second = relu(u()).d("x").d("t");
  EXPECT_NO_THROW(plan(trace_, {{first.node(), {Polynomial(1.0)}}}));
  EXPECT_EQ(error_of([&] {
              plan(trace_, {{second.node(), {Polynomial(1.0)}}});
            }),
            "the equations read derivatives of order 2 of a piecewise-linear activation (relu), "
            "and these vanish (u_xx = 0): the loss would fall while the answer is wrong; choose a "
            "smooth activation such as tanh");
}

TEST_F(RefusalTest, AnExpressionKeptFromAnotherRecordIsRefused) {
  const std::string expected =
      "an Expression was kept from one record to another; capture Coefficients, not Expressions";
  std::optional<Expression> kept;
  {
    auto other = std::make_unique<Trace>(std::vector<std::string>{"x", "t"});
    Trace::Scope scope(*other);
    kept = sin(other->coordinate("x"));
  }
  const Expression x = trace_.coordinate("x"), y = *kept;
  EXPECT_EQ(error_of([&] { x + y; }), expected);
  EXPECT_EQ(error_of([&] { y* x; }), expected);
  EXPECT_EQ(error_of([&] { sin(y); }), expected);
  EXPECT_EQ(error_of([&] { y.d("x"); }), expected);
  EXPECT_EQ(error_of([&] { y.width(); }), expected);
  EXPECT_EQ(error_of([&] { y[0]; }), expected);
  EXPECT_EQ(error_of([&] { concat({x, y}); }), expected);
  EXPECT_EQ(error_of([&] { x.d("x") - 2 * y; }), expected);
}

TEST(Refusal, AnExpressionOutsideOfARecordIsRefused) {
  const std::string expected =
      "an Expression was used outside of a residual, condition, exact solution or forward(); "
      "expressions live only while the engine records one of these";
  Expression kept;
  {
    Trace trace({"x"});
    Trace::Scope scope(trace);
    kept = trace.coordinate("x");
  }
  EXPECT_EQ(error_of([&] { kept + kept; }), expected);
  EXPECT_EQ(error_of([&] { kept.width(); }), expected);
  EXPECT_EQ(error_of([&] { kept.d("x"); }), expected);
  EXPECT_EQ(error_of([&] { sigmoid(1.0); }), expected);
  EXPECT_EQ(error_of([&] { sin(Coefficient::learnable("k", 1)); }), expected);
}

TEST(Refusal, AnArchitectureCannotDifferentiate) {
  Trace trace;
  EXPECT_EQ(error_of([&] { trace.parse("x", {}); }),
            "d(\"x\"): an architecture cannot differentiate");
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

TEST(Refusal, AnImpureArchitectureIsRefused) {
  for (const bool root_only : {false, true}) {
    Network network;
    network.architecture = std::make_shared<Impure>(root_only);
    network.signature = {{{"x", 0, 1}}, {}, 1};
    EXPECT_EQ(error_of([&] { record(network); }),
              "forward() gave two different records when called twice; it must be pure (no random "
              "numbers, no state)");
  }
}

TEST(Refusal, AnArchitectureOfTheWrongWidthIsRefused) {
  Network network;
  network.architecture = std::make_shared<Impure>(true);
  network.signature = {{{"x", 0, 1}, {"y", 0, 1}}, {}, 1};
  EXPECT_EQ(error_of([&] { record(network); }),
            "the architecture returns 2 columns; 1 outputs are needed");
}

}  // namespace
}  // namespace banach
