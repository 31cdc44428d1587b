// SPDX-License-Identifier: Apache-2.0
// A problem and an architecture put together as a run does it.
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

struct Conduction {
  Coefficient kappa = 0.5;
};
void describe(Schema<Conduction>& s) { s.field("kappa", &Conduction::kappa, "conductivity"); }

class Rod final : public Problem {
 public:
  using Parameters = Conduction;
  explicit Rod(const Conduction& p) : kappa_(p.kappa) {}
  Domain domain() const override { return {{"x", 0, pi}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {interior("pde", [k = kappa_](const Field& u) { return u.d("t") - k * u.d("xx"); }),
            neumann("left", "x", Side::lower, kappa_),
            robin("right", "x", Side::upper, 2, 3, [](const Point& p) { return sin(p["t"]); }),
            initial("start", "t", [](const Point& p) { return sin(p["x"]); }),
            periodic("ends", "x")};
  }
  Expression solution(const Point& p, E network) const override {
    return sin(p["x"]) + p["t"] * p["x"] * (pi - p["x"]) * network;
  }
  std::optional<Exact> exact() const override {
    return [k = kappa_](const Point& p) { return sin(p["x"]) * exp(-k * p["t"]); };
  }

 private:
  Coefficient kappa_;
};

Experiment experiment(const Value& kappa) {
  Registry entries = registry();
  entries.problem<Rod>("rod", "heat in a rod");
  Table problem;
  problem.path = "problem";
  problem.set("type", "rod");
  problem.set("kappa", kappa);
  return make_experiment(
      entries, problem, table("perceptron"),
      [](const auto&, const std::string& type, const Source&) { throw ConfigError(type); });
}

Value learnable(double start) {
  Table t;
  t.set("learn", start);
  t.set("min", 0.1);
  return Value(std::move(t));
}

// Every term under every role of the coefficient, evaluated together, against the oracle.
void expect_oracle(const Experiment& e) {
  at::manual_seed(3);
  std::vector<Bank> banks{
      {(0.5 * at::randn({e.network->layout.parameters()}, at::kDouble)).requires_grad_(true),
       at::zeros({0}, at::kDouble)}};
  const PointSet set{
      at::rand({4, static_cast<std::int64_t>(e.domain.size())}, at::kDouble), {}, {}};
  Evaluator evaluator(e.network);
  std::vector<Recorded> all{e.solution};
  for (const auto& t : e.terms) all.push_back(t.residual);
  for (const auto& r : all) evaluator.add(r.trace, r.root);
  const auto found = evaluator.evaluate(banks, std::vector<PointSet>(all.size(), set));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const at::Tensor value = Oracle(*e.network, banks, set)(*all[i].trace, all[i].root);
    const at::Tensor expected = value.view({-1, value.size(3)}).expand({4, -1});
    EXPECT_LT(error(found[i], expected), 1e-12) << i;
    const auto gradient = [&](const at::Tensor& y) {
      return torch::autograd::grad({(y * y).sum()}, {banks[0].parameters}, {}, true)[0];
    };
    EXPECT_LT(error(gradient(found[i]), gradient(expected)), 1e-12) << i;
  }
}

TEST(ExperimentTraces, HardConstraintsAndConditionsAgreeWithTheOracle) {
  const Experiment e = experiment(0.5);
  expect_oracle(e);
  EXPECT_TRUE(e.exact.has_value());
}

TEST(ExperimentTraces, ALearnableCoefficientIsTheLastParameter) {
  const Experiment e = experiment(learnable(0.7));
  expect_oracle(e);
  ASSERT_EQ(e.coefficients.size(), 1u);
  EXPECT_EQ(e.network->layout.slots().back().name, "problem.kappa");
  EXPECT_NEAR(coefficient_value(e.coefficients[0], coefficient_raw(e.coefficients[0])), 0.7, 1e-14);
  EXPECT_FALSE(e.exact.has_value());
}

TEST(ExperimentTraces, AnInputCoefficientIsTheLastCoordinate) {
  Table t;
  t.set("input", Value::List{Value(0.2), Value(2.0)});
  const Experiment e = experiment(Value(std::move(t)));
  expect_oracle(e);
  ASSERT_EQ(e.domain.size(), 3u);
  EXPECT_EQ(e.domain[2].name, "kappa");
  EXPECT_TRUE(e.exact.has_value());
}

TEST(ExperimentTraces, RawValuesAreTheInverseOfBounds) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const double value : {0.3, 0.7, 0.95})
    for (const auto& [low, high] :
         std::vector<std::pair<double, double>>{{-inf, inf}, {0.1, inf}, {-inf, 1.0}, {0.1, 1.0}}) {
      const Coefficient c = Coefficient::learnable("k", value, low, high);
      EXPECT_NEAR(coefficient_value(c, coefficient_raw(c)), value, 1e-14) << low << " " << high;
    }
}

}  // namespace
}  // namespace banach::testing_only
