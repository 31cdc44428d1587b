// SPDX-License-Identifier: Apache-2.0
#include "core/training/residual_objective.hpp"

#include <ATen/ATen.h>

#include "tests/training/training_test.hpp"

namespace banach {
namespace {

struct Posed {
  RunPlan plan;
  Collocation points;
  ResidualObjective objective;
  explicit Posed(RunPlan p)
      : plan(std::move(p)),
        points(plan.experiment, plan.stages[0].sampling, plan.seed, at::kDouble),
        objective(plan.experiment, plan.weights, plan.derivatives, initial_state(plan).parameters,
                  initial_state(plan).buffers) {
    objective.set_points(points.at_step(0));
  }
};

Posed pose(const std::string& problem, const std::string& tables = "",
           const std::string& parameter = "") {
  static const World world;
  std::string text = toy(problem, "steps = 4", "dtype = \"float64\"\nseed = 2", tables);
  if (!parameter.empty()) text.insert(text.find("[architecture]"), parameter + "\n");
  return Posed(world.plan(text));
}

// Central differences of value() by every parameter.
at::Tensor by_differences(ResidualObjective& objective) {
  at::NoGradGuard no_grad;
  at::Tensor& p = objective.parameters();
  at::Tensor out = at::empty_like(p);
  const double h = 1e-5;
  for (std::int64_t i = 0; i < p.numel(); ++i) {
    const double old = p[i].item<double>();
    p[i].fill_(old + h);
    const double up = objective.value().item<double>();
    p[i].fill_(old - h);
    const double down = objective.value().item<double>();
    p[i].fill_(old);
    out[i].fill_((up - down) / (2 * h));
  }
  return out;
}

TEST(ResidualObjective, GradientAgreesWithFiniteDifferences) {
  for (const char* problem : {"toy_decay", "toy_heat", "toy_ritz"}) {
    const bool ritz = std::string(problem) == "toy_ritz";
    Posed s = pose(problem, ritz ? "[weights]\nritz = 3.0\nleft = 0.5\n" : "");
    const at::Tensor gradient = s.objective.gradient().gradient.clone();
    EXPECT_LT((gradient - by_differences(s.objective)).abs().max().item<double>(), 1e-7) << problem;
    EXPECT_GT(gradient.abs().max().item<double>(), 1e-2) << problem;
  }
}

TEST(ResidualObjective, LearnableCoefficientsArePartOfTheGradient) {
  Posed s = pose("toy_decay", "", "rate = { learn = 0.7, min = 0.1 }");
  EXPECT_EQ(s.objective.parameters().numel(), 5 + 5 + 5 + 1 + 1);
  const at::Tensor gradient = s.objective.gradient().gradient.clone();
  EXPECT_LT((gradient - by_differences(s.objective)).abs().max().item<double>(), 1e-7);
  const int slot = s.plan.experiment.network->layout.find("problem.rate");
  const auto& layout = s.plan.experiment.network->layout;
  EXPECT_NE(gradient[layout.slots()[static_cast<std::size_t>(slot)].offset].item<double>(), 0.0);
}

TEST(ResidualObjective, LossIsTheWeightedSumOfMeanSquares) {
  Posed s = pose("toy_heat", "[weights]\ninitial = 10.0\nleft = 0.0\n[sampling.pde]\npoints = 9\n");
  const auto values = s.objective.evaluate();
  const double weights[] = {1, 10, 0, 1};
  double loss = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    loss += weights[i] * values[i].square().mean().item<double>();
  EXPECT_NEAR(s.objective.value().item<double>(), loss, 1e-14);
  EXPECT_NEAR(s.objective.gradient().loss.item<double>(), loss, 1e-14);
  EXPECT_NEAR(s.objective.term_losses()[1].item<double>(), values[1].square().mean().item<double>(),
              1e-14);
  EXPECT_EQ(values[0].size(0), 9);
}

TEST(ResidualObjective, ResidualsAndJacobianGiveLossAndGradient) {
  Posed s = pose("toy_heat", "[sampling]\npoints = 6\n[weights]\ninitial = 4.0\n");
  ASSERT_TRUE(s.objective.sum_of_squares());
  const at::Tensor r = s.objective.residuals(), j = s.objective.jacobian();
  EXPECT_EQ(r.numel(), 24);
  EXPECT_EQ(j.sizes(), (at::IntArrayRef{24, s.objective.parameters().numel()}));
  const Evaluation e = s.objective.gradient();
  EXPECT_NEAR(r.square().sum().item<double>(), e.loss.item<double>(), 1e-13);
  EXPECT_LT((2 * at::mv(j.t(), r) - e.gradient).abs().max().item<double>(), 1e-12);
}

TEST(ResidualObjective, EnergiesHaveNoResiduals) {
  Posed s = pose("toy_ritz");
  EXPECT_FALSE(s.objective.sum_of_squares());
  EXPECT_EQ(thrown<ConfigError>([&] { s.objective.residuals(); }),
            "term \"ritz\" is the mean of an energy density, no sum of squares, so the loss has no "
            "residuals: use an optimizer that needs gradients only, such as adam");
  EXPECT_NE(thrown<ConfigError>([&] { s.objective.jacobian(); }).find("has no Jacobian"),
            std::string::npos);
}

TEST(ResidualObjective, WhatIsNotFiniteIsNamedWithTermAndPoint) {
  Posed s = pose("toy_decay", "[sampling]\nmethod = \"grid\"\npoints = 5\n", "hurt = 0.9");
  EXPECT_EQ(thrown<NotFinite>([&] { s.objective.gradient(); }),
            "term \"ode\" is not a number at t = 0");
  {
    at::NoGradGuard no_grad;
    s.objective.parameters()[3].fill_(std::numeric_limits<double>::infinity());
  }
  EXPECT_NE(thrown<NotFinite>([&] { s.objective.gradient(); }).find("the parameters themselves"),
            std::string::npos);
}

TEST(ResidualObjective, ClippingBoundsTheGradient) {
  Posed s = pose("toy_heat");
  const at::Tensor free = s.objective.gradient().gradient.clone();
  s.objective.set_clip(0.25, 0);
  const at::Tensor clipped = s.objective.gradient().gradient.clone();
  ASSERT_GT(free.norm().item<double>(), 0.25);
  EXPECT_NEAR(clipped.norm().item<double>(), 0.25, 1e-5);
  EXPECT_LT((clipped / clipped.norm() - free / free.norm()).abs().max().item<double>(), 1e-12);
}

}  // namespace
}  // namespace banach
