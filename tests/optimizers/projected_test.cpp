// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/projected_objective.hpp"

#include "tests/optimizers/curved.hpp"

namespace banach {
namespace {

constexpr std::int64_t features = 4, points = 30;

// Fits sum c_k tanh(w_k x + b_k) + c_4 to a sine; parameters: w, c, b.
Squares fit(at::ScalarType dtype = at::kDouble) {
  const at::Tensor x = at::linspace(-1, 1, points, dtype).unsqueeze(1);
  return Squares(
      [x](const at::Tensor& p) {
        const at::Tensor w = p.narrow(0, 0, features), b = p.narrow(0, 2 * features + 1, features);
        const at::Tensor c = p.narrow(0, features, features);
        const at::Tensor u = at::mv(at::tanh(x * w + b), c) + p[2 * features];
        return (u - at::sin(4 * x.squeeze(1))) / std::sqrt(double(points));
      },
      at::sin(at::arange(3 * features + 1, dtype) * 1.7 + 0.3) * 2);
}

const Ranges last = {{features, features + 1}};

at::Tensor at_point(const at::Tensor& start, std::int64_t i, double by) {
  at::Tensor out = start.clone();
  out[i] += by;
  return out;
}

TEST(ProjectedObjective, LeavesTheBestLastLayerForEveryInnerOne) {
  Squares whole = fit();
  const at::Tensor before = whole.parameters().detach().clone();
  ProjectedObjective projected(whole, last);
  ASSERT_EQ(projected.parameters().numel(), 2 * features);
  projected.settle();
  const Evaluation there = whole.gradient();
  EXPECT_LT(there.gradient.narrow(0, features, features + 1).abs().max().item<double>(), 1e-12);
  EXPECT_TRUE(
      whole.parameters().detach().narrow(0, 0, features).equal(before.narrow(0, 0, features)));
  EXPECT_NEAR(projected.value().item<double>(), there.loss.item<double>(), 1e-14);
  const at::Tensor r = projected.residuals();
  EXPECT_NEAR(r.dot(r).item<double>(), there.loss.item<double>(), 1e-14);
}

TEST(ProjectedObjective, HasTheGradientOfTheReducedLoss) {
  Squares whole = fit();
  ProjectedObjective projected(whole, last);
  const at::Tensor start = projected.parameters().clone();
  const at::Tensor gradient = projected.gradient().gradient.clone();
  const at::Tensor j = projected.jacobian(), r = projected.residuals();
  EXPECT_LT((2 * at::mv(j.t(), r) - gradient).abs().max().item<double>(), 1e-12);
  const double h = 1e-5;
  for (std::int64_t i = 0; i < start.numel(); ++i) {
    projected.parameters().copy_(at_point(start, i, h));
    const double above = projected.value().item<double>();
    projected.parameters().copy_(at_point(start, i, -h));
    const double below = projected.value().item<double>();
    EXPECT_NEAR((above - below) / (2 * h), gradient[i].item<double>(), 1e-6) << i;
  }
}

TEST(ProjectedObjective, DoesNotDependOnWhatWasEvaluatedBefore) {
  Squares first = fit(), second = fit();
  ProjectedObjective one(first, last), other(second, last);
  const at::Tensor start = one.parameters().clone();
  one.parameters().copy_(at_point(start, 2, 0.4));
  one.residuals();
  one.parameters().copy_(start);
  EXPECT_TRUE(one.residuals().equal(other.residuals()));
  EXPECT_TRUE(one.jacobian().equal(other.jacobian()));
}

TEST(ProjectedObjective, IsMinimisedFurtherThanTheWholeInAsManySteps) {
  for (const char* name : {"levenberg_marquardt", "ssbroyden"}) {
    Squares plain = fit(), whole = fit();
    ProjectedObjective projected(whole, last);
    const auto usual = make_optimizer(name, {}), reduced = make_optimizer(name, {});
    for (int step = 0; step < 15; ++step) {
      usual->step(plain, 1);
      reduced->step(projected, 1);
      projected.settle();
    }
    EXPECT_LT(whole.value().item<double>(), 0.5 * plain.value().item<double>()) << name;
  }
}

TEST(ProjectedObjective, RefusesWhatIsNoLeastSquaresProblem) {
  Squares whole = fit();
  EXPECT_THROW(ProjectedObjective(whole, {{0, 3 * features + 1}}), ConfigError);
  Quadratic other(start(5, at::kDouble));
  EXPECT_THROW(ProjectedObjective(other, {{3, 2}}), ConfigError);
}

}  // namespace
}  // namespace banach
