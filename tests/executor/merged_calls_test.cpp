// SPDX-License-Identifier: Apache-2.0
// Terms evaluated together equal the same terms evaluated alone.
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

std::vector<Body> terms() {
  return {[](const Field& u) { return u.d("t") - 0.7 * u.d("xx"); },
          [](const Field& u) { return u.d("t") - 0.7 * u.d("xx") - u(); },
          [](const Field& u) { return u() - sin(u.at("x")); },
          [](const Field& u) { return u(); },
          [](const Field& u) { return u.with("x", -1.0)() - u.with("x", 1.0)(); },
          [](const Field& u) { return u.with("x", 0.0).with("t", 0.0)() * u(); },
          [](const Field& u) {
            return u() -
                   u.integral("x", Quadrature::gauss(4, -1, 1), [](const Field& h, const Field& t) {
                     return exp(h.at("x") * t.at("x")) * t();
                   });
          },
          [](const Field& u) { return call_network(1, 1, u.point(), {}) - u(); },
          [](const Field& u) {
            return u.d("t") - 0.7 * u.d("xx") + u.with("t", u.at("t") - u() * u())();
          }};
}

// Sets of different sizes, one of a single row.
PointSet sized(const Laboratory& laboratory, std::size_t i) {
  PointSet set = laboratory.points(at::kDouble);
  set.points = at::cat({set.points, 0.5 * set.points}, 0)
                   .narrow(0, 0, 1 + static_cast<std::int64_t>(i * 3 % 8))
                   .clone();
  return set;
}

void expect_same(const Laboratory& laboratory, Derivatives how, double bound) {
  std::vector<Recorded> records;
  for (const auto& body : terms()) records.push_back(laboratory.record_body(body));
  const auto banks = laboratory.leaves(at::kDouble);
  Evaluator together(laboratory.network(), how);
  std::vector<PointSet> sets;
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(together.add(records[i].trace, records[i].root), static_cast<int>(i));
    sets.push_back(sized(laboratory, i));
  }
  const auto all = together.evaluate(banks, sets);
  ASSERT_EQ(all.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    Evaluator alone(laboratory.network(), how);
    alone.add(records[i].trace, records[i].root);
    const at::Tensor one = alone.evaluate(banks, {sets[i]})[0];
    ASSERT_EQ(all[i].sizes(), one.sizes()) << "term " << i;
    EXPECT_LT(error(all[i], one), bound) << "term " << i;
    const auto gradient = [&](const at::Tensor& y) {
      return torch::autograd::grad({(y * y).sum()}, {banks[0].parameters}, {}, true)[0];
    };
    EXPECT_LT(error(gradient(all[i]), gradient(one)), bound) << "term " << i;
  }
}

TEST(MergedCalls, EqualTheSameTermsAlone) {
  for (const char* type : {"perceptron", "gated", "frequencies", "opaque"})
    expect_same(Laboratory(Scene{}, table(type)), Derivatives::exact, 1e-14);
}

TEST(MergedCalls, EqualTheSameTermsAloneByNestedDerivatives) {
  expect_same(Laboratory(Scene{}), Derivatives::nested, 1e-14);
}

TEST(MergedCalls, KeepBatchStatisticsApart) {
  expect_same(Laboratory(Scene{}, table("normalised")), Derivatives::exact, 1e-14);
}

TEST(MergedCalls, KeepFunctionsApart) {
  Scene scene;
  scene.functions = {{"f", 4, {}}};
  const Laboratory laboratory(scene, table("operator"));
  Evaluator together(laboratory.network());
  std::vector<Recorded> records;
  for (const auto& body :
       {Body([](const Field& u) { return u(); }), Body([](const Field& u) { return u() + 1; })})
    records.push_back(laboratory.record_body(body));
  for (const auto& r : records) together.add(r.trace, r.root);
  std::vector<PointSet> sets{laboratory.points(at::kDouble), laboratory.points(at::kDouble)};
  sets[1].functions["f"] = at::ones({2, 4}, at::kDouble);
  const auto y = together.evaluate(laboratory.leaves(at::kDouble), sets);
  EXPECT_EQ(y[0].sizes(), (std::vector<std::int64_t>{3, Laboratory::rows, 1}));
  EXPECT_EQ(y[1].sizes(), (std::vector<std::int64_t>{2, Laboratory::rows, 1}));
  EXPECT_LT(error(y[0], laboratory.run(records[0]).value), 1e-14);
}

TEST(MergedCalls, ASecondEvaluationGivesTheSameBits) {
  const Laboratory laboratory(Scene{});
  Evaluator evaluator(laboratory.network());
  std::vector<PointSet> sets;
  for (const auto& body : terms()) {
    const Recorded r = laboratory.record_body(body);
    evaluator.add(r.trace, r.root);
    sets.push_back(sized(laboratory, sets.size()));
  }
  const auto banks = laboratory.leaves(at::kDouble);
  const auto first = evaluator.evaluate(banks, sets), second = evaluator.evaluate(banks, sets);
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(first[i].equal(second[i]));
}

TEST(MergedCalls, MissingNumbersAreNamed) {
  const Laboratory laboratory(Scene{});
  const Recorded r =
      laboratory.record_body([](const Field& u) { return u() - u.data("pressure"); });
  try {
    laboratory.run(r);
    ADD_FAILURE() << "accepted";
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), "the point set has no column \"pressure\"");
  }
}

}  // namespace
}  // namespace banach::testing_only
