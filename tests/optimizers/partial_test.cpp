// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/partial_objective.hpp"

#include <cmath>

#include "core/optimizers/projected_objective.hpp"
#include "tests/optimizers/curved.hpp"

namespace banach {
namespace {

const Ranges part = {{1, 2}, {4, 3}};
const std::vector<std::int64_t> chosen = {1, 2, 4, 5, 6}, others = {0, 3, 7};

at::Tensor pick(const at::Tensor& all, const std::vector<std::int64_t>& which,
                std::int64_t dim = 0) {
  return all.detach().index_select(dim, at::tensor(which, at::TensorOptions(at::kLong)));
}

TEST(PartialObjective, IsTheWholeNarrowedToItsPart) {
  Squares whole = rosenbrock(4), same = rosenbrock(4);
  PartialObjective partial(whole, part);
  EXPECT_TRUE(partial.parameters().equal(pick(same.parameters(), chosen)));
  partial.parameters().mul_(0.7);
  {
    at::NoGradGuard no_grad;
    for (const auto i : chosen) same.parameters()[i].mul_(0.7);
  }
  EXPECT_TRUE(partial.value().equal(same.value()));
  const Evaluation there = partial.gradient(), expected = same.gradient();
  EXPECT_TRUE(there.loss.equal(expected.loss));
  EXPECT_TRUE(there.gradient.equal(pick(expected.gradient, chosen)));
  EXPECT_TRUE(partial.trial().gradient.equal(there.gradient));
  EXPECT_TRUE(partial.residuals().equal(same.residuals()));
  EXPECT_TRUE(partial.jacobian().equal(pick(same.jacobian(), chosen, 1)));
  EXPECT_TRUE(partial.sum_of_squares());
}

TEST(PartialObjective, AFactorScalesTheLossAndItsRootTheResiduals) {
  Squares whole = rosenbrock(4), same = rosenbrock(4);
  PartialObjective plain(same, part), scaled(whole, part, 64);
  EXPECT_TRUE(scaled.value().equal(64 * plain.value()));
  EXPECT_TRUE(scaled.true_loss(scaled.value()).equal(plain.value()));
  EXPECT_TRUE(scaled.gradient().gradient.equal(64 * plain.gradient().gradient));
  EXPECT_TRUE(scaled.residuals().equal(8 * plain.residuals()));
  EXPECT_TRUE(scaled.jacobian().equal(8 * plain.jacobian()));
  const at::Tensor r = scaled.residuals();
  EXPECT_NEAR(r.dot(r).item<double>(), scaled.value().item<double>(), 1e-9);
}

TEST(PartialObjective, EveryOptimizerLeavesTheOthersAsTheyAre) {
  for (const char* name : {"sgd", "adam", "soap", "lbfgs", "bfgs", "ssbroyden",
                           "levenberg_marquardt", "gauss_newton", "natural_gradient"}) {
    Squares whole = rosenbrock(4);
    const at::Tensor start = whole.parameters().detach().clone();
    const double before = whole.value().item<double>();
    PartialObjective partial(whole, part, 4);
    const auto optimizer = make_optimizer(name, {});
    const double lr = std::string(name) == "sgd" ? 1e-4 : optimizer->default_rate();
    for (int step = 0; step < 5; ++step) optimizer->step(partial, lr);
    partial.settle();
    EXPECT_TRUE(pick(whole.parameters(), others).equal(pick(start, others))) << name;
    EXPECT_TRUE(pick(whole.parameters(), chosen).equal(partial.parameters())) << name;
    EXPECT_LT(whole.value().item<double>(), before) << name;
  }
}

TEST(PartialObjective, ClipsItsOwnGradient) {
  Squares whole = rosenbrock(4);
  PartialObjective partial(whole, part);
  const at::Tensor full = partial.gradient().gradient;
  partial.set_clip(0.5, 0);
  const at::Tensor clipped = partial.gradient().gradient;
  EXPECT_NEAR(clipped.norm().item<double>(), 0.5, 1e-6);
  EXPECT_LT((clipped * full.norm() - full * clipped.norm()).abs().max().item<double>(), 1e-6);
  EXPECT_TRUE(partial.trial().gradient.equal(full));
}

TEST(PartialObjective, FactorsArePowersOfFourThatBringALossToOne) {
  EXPECT_EQ(factor_to_one(3.0), 1);
  EXPECT_EQ(factor_to_one(0.9), 1);
  EXPECT_EQ(factor_to_one(0.2), 4);
  EXPECT_EQ(factor_to_one(0), 1);
  EXPECT_EQ(factor_to_one(std::nan("")), 1);
  for (const double loss : {1e-3, 2e-17, 5e-300}) {
    const double factor = factor_to_one(loss), root = std::sqrt(factor);
    EXPECT_LE(std::abs(std::log(loss * factor)), std::log(2.0) + 1e-12) << loss;
    EXPECT_EQ(std::ldexp(0.5, std::ilogb(root) + 1), root) << loss;
  }
}

TEST(PartialObjective, RangesAreFoundAgainWithinThePart) {
  EXPECT_EQ(within({{2, 1}, {5, 2}}, part), (Ranges{{1, 1}, {3, 2}}));
}

// Residuals c_0 a(w) + c_1 - target, where a part holds w_1 and c alone.
TEST(PartialObjective, CanBeProjectedFurther) {
  const at::Tensor x = at::linspace(-1, 1, 20, at::kDouble);
  Squares whole([x](const at::Tensor& p) { return p[2] * at::tanh(p[1] * x + p[0]) + p[3] - x; },
                at::tensor({0.3, 0.8, 0.1, -0.2}, at::TensorOptions(at::kDouble)));
  PartialObjective partial(whole, {{1, 3}}, 16);
  ProjectedObjective projected(partial, within({{2, 2}}, {{1, 3}}));
  projected.settle();
  partial.settle();
  EXPECT_EQ(projected.parameters().numel(), 1);
  EXPECT_EQ(whole.parameters()[0].item<double>(), 0.3);
  EXPECT_EQ(whole.parameters()[1].item<double>(), 0.8);
  EXPECT_LT(whole.gradient().gradient.narrow(0, 2, 2).abs().max().item<double>(), 1e-10);
}

}  // namespace
}  // namespace banach
