// SPDX-License-Identifier: Apache-2.0
// The kernels of the Fourier neural operator against its definition in ATen code: values, gradients
// by weights and inputs, and gradients of gradients.
#include "banach/spectral.hpp"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include "banach/layers.hpp"
#include "tests/plugins/fno.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

struct Case {
  std::string toml;
  std::vector<std::int64_t> trained, points;
  bool periodic = true;
  std::int64_t samples = 2;
};
// Odd and even axes, all their frequencies, many of them (which are not products any more), long
// lines, thin and wide channels, coarser grids.
const std::vector<Case> cases{
    {"width = 3\nmodes = 5", {8}, {8}},
    {"width = 5\nmodes = 5\ngrid_coordinates = false", {9}, {9}, true, 1},
    {"width = 3\nmodes = 65", {128}, {128}},
    {"width = 16\nmodes = 70\nchannel_mlp = true", {180}, {180}, false, 3},
    {"width = 2\nmodes = [49, 40]", {96, 90}, {96, 90}, true, 1},
    {"width = 16\nmodes = 12", {600}, {601}, false, 3},
    {"width = 4\nmodes = 7\nlifting = 6\nactivation = \"tanh\"", {300}, {300}},
    {"width = 16\nmodes = [4, 5]\nchannel_mlp = true", {8, 8}, {8, 8}},
    {"width = 3\nmodes = [4, 3]\npadding = 0.3\nlifting = 18", {7, 8}, {7, 8}, false},
    {"width = 32\nmodes = [5, 6]\npadding = 0.4\nchannel_mlp = true", {9, 10}, {9, 10}, false, 19},
    {"width = 8\nmodes = 6\nactivation = \"silu\"", {16, 16}, {5, 4}},
    {"width = 3\nmodes = 1", {4, 4}, {4, 4}},
    {"width = 3\nmodes = [2, 1]", {4, 1}, {4, 1}},
    {"width = 8\nmodes = [2, 3, 4]", {5, 6, 7}, {5, 6, 7}},
    {"width = 16\nmodes = [3, 2, 3]\npadding = 0.5\nchannel_mlp = true",
     {4, 5, 4},
     {4, 5, 4},
     false},
    {"width = 4\nmodes = [3, 4, 2]\nactivation = \"sin\"", {6, 8, 4}, {4, 5, 2}}};

struct Result {
  Tensor value, by_weights, by_input;
};
Result results(const Case& c, at::ScalarType type) {
  FnoOperator f("depth = 3\nprojection = 20\n" + c.toml, grid(c.trained, c.periodic, 2, 2));
  at::manual_seed(5);
  std::vector<std::int64_t> shape{c.samples, 2};
  shape.insert(shape.end(), c.points.begin(), c.points.end());
  const Tensor v = at::randn(shape, at::kDouble).to(type).requires_grad_(true);
  const Tensor leaf = (f.parameters / 2).to(type).requires_grad_(true);
  f.parameters = leaf;
  const Tensor y = f(v);
  const Tensor factor = at::randn(y.sizes(), at::kDouble).to(type);
  const auto g = torch::autograd::grad({(y * factor).sum()}, {leaf, v});
  return {y.detach(), g[0], g[1]};
}
void compare(const Case& c, at::ScalarType type, double bound) {
  const Result fast = results(c, type);
  const ReferenceOnly reference;
  const Result plain = results(c, type);
  EXPECT_LT(distance(fast.value, plain.value), bound) << c.toml;
  EXPECT_LT(distance(fast.by_weights, plain.by_weights), bound) << c.toml;
  EXPECT_LT(distance(fast.by_input, plain.by_input), bound) << c.toml;
}

TEST(FourierKernels, AgreeWithTheReferenceInDoublePrecision) {
  for (const Case& c : cases) compare(c, at::kDouble, 1e-12);
}
TEST(FourierKernels, AgreeWithTheReferenceInSinglePrecision) {
  for (const Case& c : cases) compare(c, at::kFloat, 1e-5);
}
TEST(FourierKernels, KnowEveryActivation) {
  for (const std::string& name : activations()) {
    Case c = cases[7];
    c.toml += "\nactivation = \"" + name + "\"";
    compare(c, at::kDouble, 1e-12);
    compare(c, at::kFloat, 1e-5);
  }
}
// Sums in another order: what the test of all others compares is not the reference itself.
TEST(FourierKernels, AreNotTheReference) {
  const Tensor fast = results(cases[7], at::kFloat).value;
  const ReferenceOnly reference;
  EXPECT_FALSE(at::equal(fast, results(cases[7], at::kFloat).value));
}
TEST(FourierKernels, LeaveOtherTypesToTheReference) {
  const FnoOperator f("width = 4\nmodes = 3", grid({8}, true));
  const Tensor v = at::randn({2, 1, 8}, at::kDouble);
  EXPECT_LT(distance(f(v.to(at::kBFloat16)).to(at::kDouble), f(v)), 0.1);
}

TEST(FourierKernels, GiveTheSameBitsOnAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Result one = results(cases[9], at::kFloat);
  for (const int threads : {2, 3}) {
    at::set_num_threads(threads);
    const Result more = results(cases[9], at::kFloat);
    EXPECT_TRUE(at::equal(one.value, more.value)) << threads;
    EXPECT_TRUE(at::equal(one.by_weights, more.by_weights)) << threads;
    EXPECT_TRUE(at::equal(one.by_input, more.by_input)) << threads;
  }
  at::set_num_threads(before);
}

TEST(FourierKernels, PredictWhatTheyTrain) {
  for (const int i : {4, 9, 13}) {
    const Case& c = cases[static_cast<std::size_t>(i)];
    FnoOperator f("depth = 3\nprojection = 20\n" + c.toml, grid(c.trained, c.periodic, 2, 2));
    std::vector<std::int64_t> shape{c.samples, 2};
    shape.insert(shape.end(), c.points.begin(), c.points.end());
    const Tensor v = at::randn(shape, at::kDouble);
    const Tensor predicted = f(v);
    f.parameters.requires_grad_(true);
    EXPECT_TRUE(at::equal(predicted, f(v).detach()));
  }
}

TEST(FourierKernels, HaveGradientsOfGradients) {
  const auto second = [] {
    FnoOperator f("width = 3\nmodes = [3, 4]\nprojection = 5", grid({7, 8}, true, 1, 1));
    at::manual_seed(6);
    const Tensor v = at::randn({2, 1, 7, 8}, at::kDouble).requires_grad_(true);
    const Tensor leaf = f.parameters.requires_grad_(true);
    const auto first = torch::autograd::grad({f(v).square().sum()}, {v, leaf}, {}, true, true);
    return torch::autograd::grad({first[0].square().sum() + first[1].square().sum()}, {leaf})[0];
  };
  const Tensor fast = second();
  const ReferenceOnly reference;
  EXPECT_LT(distance(fast, second()), 1e-12);
}

TEST(FourierKernels, MayBePassedBackTwice) {
  FnoOperator f("width = 4\nmodes = 3", grid({8, 8}, true));
  const Tensor leaf = f.parameters.requires_grad_(true);
  const Tensor y = f(at::randn({2, 1, 8, 8}, at::kDouble));
  const Tensor other = f(at::randn({2, 1, 8, 8}, at::kDouble));
  const Tensor first = torch::autograd::grad({y.sum()}, {leaf}, {}, true)[0];
  EXPECT_TRUE(at::equal(first, torch::autograd::grad({y.sum()}, {leaf})[0]));
}

TEST(FourierKernels, TakeViews) {
  const FnoOperator f("width = 4\nmodes = 3", grid({8, 6}, true));
  const Tensor v = at::randn({3, 1, 6, 8}, at::kDouble);
  EXPECT_TRUE(at::equal(f(v.transpose(2, 3)), f(v.transpose(2, 3).contiguous())));
}

}  // namespace
}  // namespace banach::testing
