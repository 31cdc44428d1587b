// SPDX-License-Identifier: Apache-2.0
// Quadrature nodes drawn at random, and penalties on the weights.
#include <ATen/ATen.h>

#include "core/training/hard_terms.hpp"
#include "core/training/known_solution.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

/// y(x) = x + integral_0^1 x s y(s) ds by Monte Carlo; y = 1.5 x.
class Chance final : public Problem {
 public:
  struct Parameters {};
  explicit Chance(const Parameters&) {}
  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"y"}; }
  Terms terms() const override {
    return {interior("integral", [](const Field& y) {
      return y() - y.at("x") -
             y.integral("x", Quadrature::monte_carlo(16, 0, 1),
                        [](const Field& here, const Field& there) {
                          return here.at("x") * there.at("x") * there();
                        });
    })};
  }
  std::optional<Exact> exact() const override {
    return [](const Point& p) { return 1.5 * p["x"]; };
  }
};
void describe(Schema<Chance::Parameters>&) {}

struct Places : World {
  Places() { registry.problem<Chance>("chance", "Monte Carlo"); }
};
const World& places() {
  static const Places world;
  return world;
}

const char* chance =
    "dtype = \"float64\"\n[problem]\ntype = \"chance\"\n[architecture]\ntype = \"toy_net\"\n"
    "[sampling]\nmethod = \"grid\"\npoints = 5\n[[stage]]\nsteps = 10\nlr = 1e-3\n"
    "[checkpoint]\nevery = 3\nkeep = 100\n";

TEST(MonteCarlo, DrawsNodesAnewForEveryPointAndStep) {
  const RunPlan plan = places().plan(chance);
  Collocation points(plan.experiment, plan.stages[0].sampling, 0, at::kDouble);
  const at::Tensor first = points.at_step(0)[0].data.begin()->second.clone();
  ASSERT_EQ(first.sizes(), (std::vector<std::int64_t>{5, 16, 1}));
  EXPECT_FALSE(at::equal(first[0], first[1]));
  const at::Tensor second = points.at_step(1)[0].data.begin()->second.clone();
  EXPECT_FALSE(at::equal(first, second));
  EXPECT_TRUE(at::equal(first, points.at_step(0)[0].data.begin()->second));
}

TEST(MonteCarlo, IntegratesWithoutBias) {
  const RunPlan plan = places().plan(chance);
  const Experiment& e = plan.experiment;
  // The exact solution in place of the network: the mean residual over many draws vanishes.
  const Solution exact = [](const Point& p) { return 1.5 * p["x"]; };
  Experiment known = e;
  known.terms[0].residual = record_term(e, e.terms[0].term, exact);
  Collocation points(known, plan.stages[0].sampling, 3, at::kDouble);
  Evaluator evaluator(e.network);
  evaluator.add(known.terms[0].residual.trace, known.terms[0].residual.root);
  const Bank bank{at::zeros({e.network->layout.parameters()}, at::kDouble),
                  at::zeros({e.network->layout.buffers()}, at::kDouble)};
  const int draws = 4000;
  at::Tensor sum = at::zeros({5, 1}, at::kDouble);
  for (int k = 0; k < draws; ++k) sum += evaluator.evaluate({bank}, points.at_step(k))[0];
  // One draw at x = 1 has variance Var(1.5 s^2) / 16 = 0.2 / 16.
  EXPECT_LT((sum / draws).abs().max().item<double>(), 4 * std::sqrt(0.2 / 16 / draws));
  EXPECT_GT(sum.abs().max().item<double>(), 0.0);
}

TEST(Regularisation, GradientIsThatOfThePenalty) {
  const RunPlan plan = places().plan(
      "dtype = \"float64\"\n[problem]\ntype = \"toy_decay\"\n[architecture]\ntype = \"toy_net\"\n"
      "[[stage]]\nsteps = 2\n");
  const auto& layout = plan.experiment.network->layout;
  const at::Tensor w = at::randn({layout.parameters()}, at::kDouble);
  const Regularisation penalty({0.2, 0.3}, layout, w);
  at::Tensor gradient = at::zeros_like(w);
  penalty.add_gradient(w, gradient);
  std::int64_t weights = 0;
  for (std::int64_t i = 0; i < w.numel(); ++i) {
    at::Tensor up = w.clone(), down = w.clone();
    up[i] += 1e-6, down[i] -= 1e-6;
    const double slope = (penalty.value(up) - penalty.value(down)).item<double>() / 2e-6;
    EXPECT_NEAR(gradient[i].item<double>(), slope, 1e-8);
    weights += slope != 0;
  }
  std::int64_t expected = 0;
  for (const auto& slot : layout.slots()) expected += slot.shape.size() == 2 ? slot.size : 0;
  EXPECT_EQ(weights, expected);
  const Regularisation squares({0, 0.3}, layout, w);
  EXPECT_NEAR(squares.residuals(w).square().sum().item<double>(), squares.value(w).item<double>(),
              1e-12);
  EXPECT_TRUE(at::allclose(at::matmul(squares.jacobian(w), w), squares.residuals(w)));
}

TEST(Regularisation, ShrinksTheWeights) {
  const auto norm = [](const std::string& l2) {
    ToyRun run(
        "dtype = \"float64\"\n[problem]\ntype = \"toy_decay\"\n[architecture]\ntype = \"toy_net\"\n"
        "[regularisation]\nl2 = " +
        l2 + "\n[[stage]]\nlr = 1e-2\nsteps = 200\n");
    EXPECT_TRUE(run.fresh().finished());
    return run.trainer->capture().parameters.norm().item<double>();
  };
  EXPECT_LT(norm("1.0"), 0.8 * norm("0.0"));
}

}  // namespace
}  // namespace banach
