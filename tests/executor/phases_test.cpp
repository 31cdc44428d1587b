// SPDX-License-Identifier: Apache-2.0
// What is different while training: random masks and batch statistics.
#include "banach/layers.hpp"
#include "tests/executor/catalog.hpp"

namespace banach::testing_only {
namespace {

// Two masks of the coordinates side by side, and a third on a third of the time.
class Masks final : public Architecture {
 public:
  using Parameters = Nothing;
  Masks(const Nothing&, Builder&) {}
  Expression forward(const Inputs& in) const override {
    const Expression one = cos(in.points());  // of zeros
    return concat({dropout(one, 0.5), dropout(one, 0.5), dropout(one, 0.25)});
  }
};
class Normal final : public Architecture {
 public:
  using Parameters = Nothing;
  Normal(const Nothing&, Builder& b) : normalisation_(b, "n", b.inputs()) {}
  Expression forward(const Inputs& in) const override { return normalisation_(in.points()); }

 private:
  Normalisation normalisation_;
};

const Registry& toys() {
  static const Registry all = [] {
    Registry r;
    r.architecture<Masks>("masks", "masks");
    r.architecture<Normal>("normal", "normalised points");
    return r;
  }();
  return all;
}

class Phases : public ::testing::Test {
 protected:
  at::Tensor value(const Laboratory& l, const Body& body, std::uint64_t seed, std::int64_t step,
                   const at::Tensor& points = {}, Derivatives how = Derivatives::exact) {
    const Recorded r = l.record_body(body);
    Evaluator evaluator(l.network(), how, Phase::training);
    evaluator.add(r.trace, r.root);
    evaluator.set_draw(seed, step);
    PointSet set = l.points(at::kDouble);
    if (points.defined()) set.points = points;
    at::NoGradGuard no_grad;
    return evaluator.evaluate(l.leaves(at::kDouble), {set})[0];
  }
  static Laboratory mlp(const std::string& lines) {
    return Laboratory(on(plane(), {"u", "v"}), architecture("type = \"mlp\"\n" + lines),
                      shipped().entries);
  }
  const Body all_ = [](const Field& u) { return u.all(); };
};

TEST_F(Phases, MasksAreFairAndIndependentOfEachOther) {
  const Laboratory l(on({{"x", 0, 1}}, {"a", "b", "c"}), table("masks"), toys());
  const std::int64_t n = 40000;
  const at::Tensor points = at::zeros({n, 1}, at::kDouble);
  const at::Tensor m = value(l, all_, 1, 1, points);
  EXPECT_TRUE(((m.narrow(1, 0, 2) == 0) | (m.narrow(1, 0, 2) == 2)).all().item<bool>());
  const at::Tensor mean = m.mean(0);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(mean[i].item<double>(), 1, 5 / std::sqrt(double(n)));
  const auto correlation = [&](const at::Tensor& a, const at::Tensor& b) {
    return ((a - 1) * (b - 1)).mean().item<double>();
  };
  const at::Tensor first = m.select(1, 0), later = value(l, all_, 1, 2, points).select(1, 0);
  const double bound = 5 / std::sqrt(double(n));
  EXPECT_NEAR(correlation(first, m.select(1, 1)), 0, bound);
  EXPECT_NEAR(correlation(first, later), 0, bound);
  EXPECT_NEAR(correlation(first, value(l, all_, 2, 1, points).select(1, 0)), 0, bound);
  for (const std::int64_t lag : {1, 2, 3, 64})
    EXPECT_NEAR(correlation(first.narrow(0, 0, n - lag), first.narrow(0, lag, n - lag)), 0, bound);
}

TEST_F(Phases, MasksAreAFunctionOfSeedAndStepAlone) {
  const Laboratory l = mlp("width = 9\ndepth = 2\ndropout = 0.3");
  const at::Tensor a = value(l, all_, 4, 7);
  EXPECT_TRUE(at::equal(a, value(l, all_, 4, 7)));
  EXPECT_FALSE(at::equal(a, value(l, all_, 4, 8)));
  EXPECT_FALSE(at::equal(a, value(l, all_, 5, 7)));
}

TEST_F(Phases, DropoutKeepsTheMeanAndEvaluationHasNone) {
  const Laboratory l = mlp("width = 30\ndepth = 1\ndropout = 0.4");
  const Laboratory plain = mlp("width = 30\ndepth = 1");
  const at::Tensor without = plain.run(plain.record_body(all_)).value.detach();
  EXPECT_TRUE(at::equal(l.run(l.record_body(all_)).value.detach(), without));
  std::vector<at::Tensor> draws;
  for (int step = 0; step < 600; ++step) draws.push_back(value(l, all_, 3, step));
  const at::Tensor drawn = at::stack(draws);
  const at::Tensor off = (drawn.mean(0) - without) / (drawn.std(0) / std::sqrt(600.0));
  EXPECT_LT(off.abs().max().item<double>(), 4.5);
  EXPECT_GT(drawn.std(0).min().item<double>(), 0.05);
}

TEST_F(Phases, AllDerivativePlanesHaveTheMaskOfTheValue) {
  const Laboratory l = mlp("width = 12\ndepth = 2\ndropout = 0.3");
  const at::Tensor x = l.points(at::kDouble).points, step = at::tensor({1e-3, 0.0}, at::kDouble);
  const at::Tensor up = value(l, all_, 1, 1, x + step), down = value(l, all_, 1, 1, x - step);
  const at::Tensor here = value(l, all_, 1, 1);
  const auto d = [&](const char* by) {
    return value(
        l, [by](const Field& u) { return u.all() * 0.0 + u.all().d(by); }, 1, 1);
  };
  EXPECT_LT(error(d("x"), (up - down) / 2e-3), 1e-4);
  EXPECT_LT(error(d("xx"), (up - 2 * here + down) / 1e-6), 1e-4);
  EXPECT_LT(
      error(value(
                l, [](const Field& u) { return u.all().d("xx"); }, 1, 1, {}, Derivatives::nested),
            d("xx")),
      1e-12);
}

TEST_F(Phases, BatchStatisticsNormaliseAndAreFollowedByRunningOnes) {
  const Laboratory l(on({{"x", -1, 3}, {"t", 2, 9}}, {"u", "v"}), table("normal"), toys());
  Bank bank{at::tensor({2.0, 3.0, 5.0, 7.0}, at::kDouble),   // scale, shift
            at::tensor({0.0, 0.0, 1.0, 1.0}, at::kDouble)};  // mean, variance
  const PointSet few{at::rand({8, 2}, at::kDouble), {}, {}};
  const PointSet many{4 + at::rand({24, 2}, at::kDouble), {}, {}};
  const Recorded r = l.record_body(all_);
  Evaluator training(l.network(), Derivatives::exact, Phase::training);
  training.add(r.trace, r.root);
  training.add(r.trace, r.root);
  const auto y = training.evaluate({bank}, {few, many});
  for (const auto& part : y) {  // each with statistics of its own
    EXPECT_LT(error(part.mean(0), at::tensor({5.0, 7.0}, at::kDouble)), 1e-12);
    EXPECT_LT(error(part.std(0, false), at::tensor({2.0, 3.0}, at::kDouble)), 1e-3);
  }
  training.update_statistics(bank.buffers);
  const auto mean = 0.1 * (0.25 * few.points.mean(0) + 0.75 * many.points.mean(0));
  const auto variance =
      0.9 + 0.1 * (0.25 * few.points.var(0, false) + 0.75 * many.points.var(0, false));
  EXPECT_LT(error(bank.buffers.narrow(0, 0, 2), mean), 1e-12);
  EXPECT_LT(error(bank.buffers.narrow(0, 2, 2), variance), 1e-12);
  Evaluator evaluation(l.network());
  evaluation.add(r.trace, r.root);
  const at::Tensor scale = at::tensor({2.0, 3.0}, at::kDouble);
  const at::Tensor expected =
      (few.points - mean) / at::sqrt(variance + 1e-5) * scale + at::tensor({5.0, 7.0}, at::kDouble);
  EXPECT_LT(error(evaluation.evaluate({bank}, {few})[0], expected), 1e-12);
  const at::Tensor before = bank.buffers.clone();
  evaluation.update_statistics(bank.buffers);
  EXPECT_TRUE(at::equal(bank.buffers, before));
}

TEST_F(Phases, BatchStatisticsAreNumbersToTheCoordinates) {
  const Laboratory l(on({{"x", -1, 3}, {"t", 2, 9}}, {"u", "v"}), table("normal"), toys());
  const at::Tensor x = l.points(at::kDouble).points;
  const at::Tensor slope = value(
      l, [](const Field& u) { return u["u"].d("x"); }, 1, 1);
  const at::Tensor scale = l.leaves(at::kDouble)[0].parameters.detach()[0];
  const at::Tensor expected = scale / at::sqrt(x.select(1, 0).var(false) + 1e-5);
  EXPECT_LT(error(slope, expected.expand_as(slope)), 1e-12);
}

TEST_F(Phases, EarlierSolutionsAreEvaluatedAsTheyWere) {
  const Laboratory l = mlp("width = 9\ndepth = 1\ndropout = 0.5\nnormalisation = \"before\"");
  const Body frozen = [&](const Field& u) { return call_network(1, 2, u.point(), {}); };
  const at::Tensor expected = l.run(l.record_body(frozen)).value.detach();
  EXPECT_TRUE(at::equal(value(l, frozen, 1, 1), expected));
  EXPECT_FALSE(at::equal(value(l, all_, 1, 1), l.run(l.record_body(all_)).value.detach()));
}

TEST_F(Phases, WhatCannotBeDrawnOrAveragedIsRefused) {
  const auto error_of = [](const auto& f) -> std::string {
    try {
      f();
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "";
  };
  const Laboratory dropped = mlp("dropout = 0.5"), normal = mlp("normalisation = \"after\"");
  EXPECT_EQ(error_of([&] {
              Evaluator(dropped.network(), Derivatives::finite_difference, Phase::training);
            }),
            "derivatives: dropout draws other masks at every point of a difference quotient; use "
            "derivatives = \"exact\"");
  EXPECT_EQ(error_of([&] {
              Evaluator(normal.network(), Derivatives::nested, Phase::training);
            }).substr(0, 55),
            "derivatives: an architecture that uses batch statistics");
  EXPECT_EQ(error_of([&] { Evaluator(normal.network(), Derivatives::nested); }), "");
  EXPECT_EQ(error_of([&] {
              value(normal, all_, 1, 1, at::zeros({1, 2}, at::kDouble));
            }),
            "batch normalisation: one of the terms has a single point, which has no statistics; "
            "constrain the solution there (hard = true) or use normalisation = \"none\"");
}

}  // namespace
}  // namespace banach::testing_only
