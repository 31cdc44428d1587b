// SPDX-License-Identifier: Apache-2.0
#include "tests/optimizers/curved.hpp"

namespace banach {
namespace {

// |A X B - C|^2 with badly scaled A and B: curvature in bases that are not the axes.
Squares matrix_problem(at::ScalarType dtype = at::kDouble) {
  const auto skew = [&](std::int64_t n, double c) {
    const at::Tensor i = at::arange(n, at::kDouble);
    const at::Tensor q = std::get<0>(at::linalg_qr((c * at::outer(i + 1, i + 2)).sin()));
    return at::mm(q * at::logspace(0, -1.5, n, 10.0, at::kDouble), q.t()).to(dtype);
  };
  const at::Tensor a = skew(6, 0.9), b = skew(4, 1.7);
  return Squares(
      [a, b](const at::Tensor& x) {
        const at::Tensor m = at::mm(a, at::mm(x.narrow(0, 0, 24).view({6, 4}) - 1, b));
        return at::cat({m.reshape({-1}), x.narrow(0, 24, 3) - 1});
      },
      at::linspace(-2, 2, 27, dtype));
}

const std::vector<ParameterBlock> blocks = {{"w", {6, 4}, 0, 24}, {"bias", {3}, 24, 3}};

std::shared_ptr<Optimizer> soap(const Options& options = {}) {
  auto out = make_optimizer("soap", options);
  out->describe_parameters(blocks);
  return out;
}

double loss_after(Optimizer& optimizer, int steps) {
  Squares objective = matrix_problem();
  for (int step = 0; step < steps; ++step) optimizer.step(objective, 0.02);
  return objective.value().item<double>();
}

TEST(Soap, WithoutMatricesItIsAdam) {
  const Options same = {{"beta1", Value(0.9)}, {"beta2", Value(0.99)}};
  Options diagonal = same;
  diagonal.emplace_back("max_dimension", Value(std::int64_t{0}));
  Squares a = matrix_problem(), b = matrix_problem(), c = matrix_problem();
  const auto adam = make_optimizer("adam", same), flat = make_optimizer("soap", same),
             small = soap(diagonal);
  for (int step = 0; step < 40; ++step)
    adam->step(a, 0.02), flat->step(b, 0.02), small->step(c, 0.02);
  EXPECT_LT((a.parameters() - b.parameters()).abs().max().item<double>(), 1e-12);
  EXPECT_LT((a.parameters() - c.parameters()).abs().max().item<double>(), 1e-12);
}

TEST(Soap, TurnedAxesHelpWhereTheCurvatureIsTurned) {
  EXPECT_LT(loss_after(*soap(), 400), 0.1 * loss_after(*make_optimizer("adam", {}), 400));
}

TEST(Soap, BasesAreOrthogonalAndOnlyOfMatrices) {
  Squares objective = matrix_problem();
  const auto optimizer = soap({{"frequency", Value(std::int64_t{3})}});
  for (int step = 0; step < 20; ++step) optimizer->step(objective, 0.02);
  const State state = optimizer->state();
  std::vector<std::string> names;
  for (const auto& entry : state) names.push_back(entry.first);
  EXPECT_EQ(names, (std::vector<std::string>{"columns/basis/w", "columns/w", "evaluations", "mean",
                                             "rows/basis/w", "rows/w", "square", "step"}));
  for (const char* name : {"rows/basis/w", "columns/basis/w"}) {
    const at::Tensor q = state.at(name);
    EXPECT_LT((at::mm(q.t(), q) - at::eye(q.size(0), at::kDouble)).norm().item<double>(), 1e-13);
  }
}

TEST(Soap, LongSidesKeepTheirAxes) {
  const auto optimizer = soap({{"max_dimension", Value(std::int64_t{5})}});
  optimizer->reset(matrix_problem().parameters());
  EXPECT_EQ(optimizer->state().count("rows/w"), 0u);
  EXPECT_EQ(optimizer->state().count("columns/w"), 1u);
}

TEST(Soap, ResumeIsBitExactAnywhere) {
  const Options options = {{"frequency", Value(std::int64_t{3})}, {"weight_decay", Value(0.1)}};
  for (const auto dtype : {at::kFloat, at::kDouble})
    for (const int k : {0, 1, 2, 3, 7}) {
      Squares whole = matrix_problem(dtype), first = matrix_problem(dtype);
      const auto a = soap(options), b = soap(options), c = soap(options);
      for (int step = 0; step < 12; ++step) a->step(whole, rate(step));
      b->reset(first.parameters());
      for (int step = 0; step < k; ++step) b->step(first, rate(step));
      Squares second = matrix_problem(dtype);
      second.parameters().detach().copy_(first.parameters().detach());
      c->reset(second.parameters());
      c->restore(b->state());
      for (int step = k; step < 12; ++step) c->step(second, rate(step));
      EXPECT_TRUE(same_bytes(whole.parameters(), second.parameters())) << k;
      EXPECT_TRUE(same_bytes(a->state(), c->state())) << k;
    }
}

}  // namespace
}  // namespace banach
