// SPDX-License-Identifier: Apache-2.0
// DeepONet against its formula.
#include "tests/plugins/deeponet.hpp"
#include "tests/run/scratch.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

Tensor perceptron(const DeepOnetOperator& f, const std::string& name, const Tensor& x) {
  const Tensor h = at::tanh(linear(f, name + ".hidden.0", x));
  return linear(f, name + ".output", at::tanh(linear(f, name + ".hidden.1", h)));
}

TEST(DeepOnet, IsTheProductOfBranchAndTrunk) {
  const DeepOnetOperator f(
      "width = 5\ndepth = 2\nlatent = 3\nactivation = \"tanh\"\ntrunk_activation = \"sin\"",
      {strip, {{"f", 4, {"x"}}, {"g", 2, {"x"}}}, 2});
  at::manual_seed(1);
  const Tensor a = at::randn({3, 4}, at::kDouble), g = at::randn({3, 2}, at::kDouble);
  const Tensor x = at::rand({7, 2}, at::kDouble);
  const Tensor scaled = at::stack({x.select(1, 0) - 1, x.select(1, 1)}, 1);
  const Tensor b = perceptron(f, "branch", at::cat({a, g}, 1)).view({3, 2, 3});
  const Tensor t = at::sin(perceptron(f, "trunk", scaled)).view({7, 2, 3});
  const Tensor expected = at::einsum("fok,pok->fpo", {b, t}) + f.slot("bias");
  EXPECT_LT(distance(f({{"f", a}, {"g", g}}, x), expected), 1e-14);
}

TEST(DeepOnet, TakesAnyArchitectureAsBranchAndTrunk) {
  const DeepOnetOperator f(R"(latent = 3
                      output_bias = false
                      trunk_activation = "none"
                      branch = { type = "resnet", width = 4 }
                      trunk = { type = "modified_mlp", width = 4 })",
                           {strip, {{"f", 4, {"x"}}}, 1});
  EXPECT_TRUE(f.has("branch.output.weight"));
  EXPECT_TRUE(f.has("trunk.u.weight"));
  EXPECT_FALSE(f.has("bias"));
  const Tensor y = f({{"f", at::ones({5, 4}, at::kDouble)}}, at::rand({6, 2}, at::kDouble));
  EXPECT_EQ(y.sizes(), (std::vector<std::int64_t>{5, 6, 1}));
}

TEST(DeepOnet, TakesTensorsAsBranch) {
  const DeepOnetOperator f("latent = 3\nbranch = { type = \"neural_ode_adaptive\", width = 3 }",
                           {strip, {{"f", 4, {"x"}}}, 1});
  const Tensor a = at::randn({5, 4}, at::kDouble), x = at::rand({6, 2}, at::kDouble);
  EXPECT_LT(distance(f({{"f", a}}, x).narrow(0, 2, 1), f({{"f", a.narrow(0, 2, 1)}}, x)), 1e-4);
}

TEST(DeepOnet, IsPeriodicWhereTheCoordinateIs) {
  const DeepOnetOperator f("width = 4\nfourier = 2",
                           {{{"x", 0, 2, true}, {"t", -1, 1}}, {{"f", 4, {"x"}}}, 1});
  const Tensor a = at::randn({2, 4}, at::kDouble), x = at::rand({6, 2}, at::kDouble);
  const auto moved = [&](double dx, double dt) {
    return f({{"f", a}}, x + at::tensor({dx, dt}, at::kDouble));
  };
  EXPECT_LT(distance(moved(2, 0), moved(0, 0)), 1e-13);
  EXPECT_GT(distance(moved(1, 0), moved(0, 0)), 1e-3);
  EXPECT_GT(distance(moved(0, 2), moved(0, 0)), 1e-3);
}

TEST(DeepOnet, NeedsInputFunctions) {
  const auto text = error_of([] { DeepOnetOperator("", {strip, {}, 1}); }).second;
  EXPECT_NE(text.find("deeponet needs input functions"), std::string::npos) << text;
}

}  // namespace
}  // namespace banach::testing
