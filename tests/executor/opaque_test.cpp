// SPDX-License-Identifier: Apache-2.0
// Architectures in arbitrary tensor code, and architectures of architectures.
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

Expression laplacian(E e) { return e.d("xx") + e.d("yy"); }

std::vector<std::pair<std::string, Table>> compositions() {
  Table nested = product("perceptron", "opaque");
  nested.set("left", product("gated", "opaque"));
  return {{"Opaque", table("opaque")},
          {"TwoPerceptrons", product("perceptron", "perceptron")},
          {"PerceptronTimesGates", product("perceptron", "gated")},
          {"PerceptronTimesOpaque", product("perceptron", "opaque")},
          {"OpaqueTimesOpaque", product("opaque", "opaque")},
          {"ProductOfProducts", nested}};
}

class Composition : public ::testing::TestWithParam<std::pair<std::string, Table>> {};

TEST_P(Composition, SolvesHeatLikeTheOracle) {
  const Laboratory laboratory(Scene{}, GetParam().second);
  expect_agreement(laboratory, [](const Field& u) { return u.d("t") - 0.7 * u.d("xx") + u(); });
}

TEST_P(Composition, SolvesTheBiharmonicEquationLikeTheOracle) {
  const Laboratory laboratory(on(plane()), GetParam().second);
  expect_agreement(laboratory, [](const Field& u) { return laplacian(laplacian(u())) - u(); });
}

TEST_P(Composition, StandsInsideAHardConstraint) {
  Scene scene = on(plane(), {"u", "v"});
  scene.ansatz = [](const Point& p, E n) { return sin(p["x"]) + p["y"] * (1 - p["x"]) * n; };
  expect_agreement(Laboratory(scene, GetParam().second), [](const Field& u) {
    return concat({laplacian(u["u"]) + u["v"] * u.d("x"), u.d("xy", "v") - u["u"]});
  });
}

TEST_P(Composition, IsEvaluatedAtMovedPoints) {
  const Laboratory laboratory(Scene{}, GetParam().second);
  expect_agreement(laboratory, [](const Field& u) {
    const Field past = u.with("t", u.at("t") * u.at("x") - 0.1);
    const Expression i = u.integral_to(
        "t", 0, 3, [](const Field&, const Field& there) { return there() * there.d("x"); });
    return concat({past.d("t"), past().d("xx"), i.d("t")});
  });
}

TEST_P(Composition, GivesNoGraphWithoutGradients) {
  const Laboratory laboratory(Scene{}, GetParam().second);
  const Recorded r = laboratory.record_body([](const Field& u) { return u.d("xx"); });
  Evaluator evaluator(laboratory.network());
  evaluator.add(r.trace, r.root);
  at::NoGradGuard guard;
  const auto y =
      evaluator.evaluate(laboratory.leaves(at::kDouble), {laboratory.points(at::kDouble)})[0];
  EXPECT_FALSE(y.requires_grad());
  EXPECT_LT(error(y, laboratory.run(r).value), 1e-14);
}

INSTANTIATE_TEST_SUITE_P(All, Composition, ::testing::ValuesIn(compositions()),
                         [](const auto& info) { return info.param.first; });

TEST(Parts, TensorsStandBesideInputFunctions) {
  Scene scene;
  scene.functions = {{"f", 4, {}}};
  const Laboratory laboratory(scene, product("operator", "opaque"));
  const Body heat = [](const Field& u) { return u.d("t") - u.d("xx") + u(); };
  expect_agreement(laboratory, heat);
  const Recorded r = laboratory.record_body(heat);
  EXPECT_LT(error(laboratory.run(r, Derivatives::nested).value, laboratory.run(r).value), 1e-12);
}

TEST(Parts, SlotsCarryTheNameOfTheirPart) {
  const Laboratory laboratory(Scene{}, product("opaque", "perceptron"));
  const Layout& layout = laboratory.network()->layout;
  EXPECT_EQ(layout.find("left.in"), 0);
  EXPECT_GE(layout.find("right.hidden0.weight"), 0);
  EXPECT_EQ(layout.find("hidden0.weight"), -1);
}

TEST(TensorArchitectures, AWrongShapeIsRefused) {
  const Laboratory laboratory(Scene{}, table("wrong_shape"));
  const Recorded r = laboratory.record_body([](const Field& u) { return u(); });
  try {
    laboratory.run(r);
    ADD_FAILURE() << "accepted";
  } catch (const PluginError& e) {
    EXPECT_STREQ(e.what(), "a tensor architecture returned a tensor of another shape than [5, 1]");
  }
}

}  // namespace
}  // namespace banach::testing_only
