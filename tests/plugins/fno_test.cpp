// SPDX-License-Identifier: Apache-2.0
// The Fourier neural operator: its symmetries, resolutions, gradient and refusals.
#include <torch/csrc/autograd/autograd.h>

#include "tests/plugins/fno.hpp"
#include "tests/run/scratch.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

// cos and sin of 2 pi k x, random amplitudes, |k| <= band along every axis: [2, channels, n, ...].
Tensor waves(const std::vector<std::int64_t>& points, int channels, int band) {
  at::manual_seed(11);
  std::vector<std::int64_t> shape{2, channels};
  shape.insert(shape.end(), points.begin(), points.end());
  Tensor out = at::zeros(shape, at::kDouble);
  for (int term = 0; term < 12; ++term) {
    std::vector<std::int64_t> rows(shape.size(), 1);
    Tensor phase = 6 * at::rand({2, channels}, at::kDouble);
    const Tensor amplitude = at::randn({2, channels}, at::kDouble);
    const Tensor k = at::randint(-band, band + 1, {static_cast<std::int64_t>(points.size())});
    rows[0] = 2;
    rows[1] = channels;
    phase = phase.view(rows);
    for (std::size_t a = 0; a < points.size(); ++a) {
      std::vector<std::int64_t> line(shape.size(), 1);
      line[a + 2] = points[a];
      const Tensor x = at::arange(points[a], at::kDouble) / static_cast<double>(points[a]);
      phase = phase + 2 * pi * k[static_cast<std::int64_t>(a)].item<double>() * x.view(line);
    }
    out = out + amplitude.view(rows) * at::cos(phase);
  }
  return out;
}

TEST(Fno, ShiftsWithItsInput) {
  const std::vector<std::vector<std::int64_t>> grids{{32}, {12, 10}, {8, 6, 10}};
  for (const auto& points : grids) {
    const FnoOperator f("width = 4\nmodes = 4\ndepth = 3\ngrid_coordinates = false",
                        grid(points, true));
    at::manual_seed(4);
    std::vector<std::int64_t> shape{2, 1};
    shape.insert(shape.end(), points.begin(), points.end());
    const Tensor v = at::randn(shape, at::kDouble);
    for (std::int64_t axis = 2; axis < v.dim(); ++axis)
      EXPECT_LT(distance(f(v.roll(3, axis)), f(v).roll(3, axis)), 1e-12);
  }
}

TEST(Fno, IsTheSameFunctionAtEveryResolution) {
  // One layer and a linear end keep a band-limited input band-limited: nothing may alias.
  const std::string toml =
      "width = 3\nmodes = 4\ndepth = 1\ngrid_coordinates = false\nactivation = \"relu\"";
  for (const std::vector<std::int64_t>& coarse :
       {std::vector<std::int64_t>{8}, {6, 8}, {6, 6, 8}}) {
    FnoOperator f(toml, grid(coarse, true));
    for (const auto& slot : f.layout().slots())  // relu of positive numbers is linear
      if (slot.name == "projection.hidden.bias")
        f.parameters.narrow(0, slot.offset, slot.size).fill_(1e3);
    auto fine = coarse;
    for (auto& n : fine) n *= 2;
    Tensor y = f(waves(fine, 1, 2));
    for (std::int64_t axis = 2; axis < y.dim(); ++axis)
      y = y.index_select(axis, at::arange(0, y.size(axis), 2));
    const Tensor expected = f(waves(coarse, 1, 2));
    EXPECT_LT(distance(y - y.mean(), expected - expected.mean()), 1e-10);
  }
}

TEST(Fno, TakesAFewerPointsThanItsModes) {
  const FnoOperator f("width = 3\nmodes = 6\ndepth = 2", grid({16, 16}, true));
  const Tensor y = f(waves({4, 5}, 1, 1));
  EXPECT_EQ(y.sizes(), (std::vector<std::int64_t>{2, 1, 4, 5}));
  EXPECT_TRUE(at::isfinite(y).all().item<bool>());
}

TEST(Fno, GradientAgreesWithDifferences) {
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> cases{
      {"modes = 4\nlifting = 5", {10}},
      {"modes = [3, 4]\npadding = 0.3\nchannel_mlp = true", {7, 8}},
      {"modes = [2, 3, 2]\nactivation = \"tanh\"", {4, 5, 6}}};
  for (const auto& [toml, points] : cases) {
    FnoOperator f("width = 3\ndepth = 2\nprojection = 4\n" + toml, grid(points, false, 2, 2));
    const Tensor v = waves(points, 2, 2);
    const Tensor start = f.parameters;
    const Tensor direction = at::cos(at::arange(start.numel(), at::kDouble));
    const auto loss = [&](const Tensor& parameters) {
      f.parameters = parameters;
      return at::sin(f(v)).sum();
    };
    const Tensor leaf = start.detach().clone().requires_grad_(true);
    const Tensor gradient = torch::autograd::grad({loss(leaf)}, {leaf})[0];
    const double h = 1e-4, slope = (gradient * direction).sum().item<double>();
    const auto at_step = [&](double s) { return loss(start + s * h * direction).item<double>(); };
    const double found = (8 * (at_step(1) - at_step(-1)) - (at_step(2) - at_step(-2))) / (12 * h);
    EXPECT_NEAR(found / slope, 1, 1e-7);
  }
}

TEST(Fno, PaddingKeepsThePeriodAtOtherResolutions) {
  const std::string toml = "width = 3\nmodes = 3\ndepth = 2\ngrid_coordinates = false\n";
  FnoOperator f(toml + "padding = 0.5", grid({17}, false)), longer(toml, grid({24}, true));
  for (FnoOperator* one : {&f, &longer}) one->slot("lifting.bias").zero_();
  // 17 points in a period of 24, 129 in one of 192: the same length.
  for (const auto& [n, period] : std::map<std::int64_t, std::int64_t>{{17, 24}, {129, 192}}) {
    const Tensor v = at::cos(at::arange(n, at::kDouble)).view({1, 1, n});
    const Tensor expected = longer(at::constant_pad_nd(v, {0, period - n})).narrow(2, 0, n);
    EXPECT_LT(distance(f(v), expected), 1e-13);
  }
}

TEST(Fno, RunsInSinglePrecision) {
  const FnoOperator f("width = 4\nmodes = 4", grid({12, 12}, false));
  const Tensor v = waves({12, 12}, 1, 3);
  const Tensor y = f(v.to(at::kFloat));
  EXPECT_EQ(y.scalar_type(), at::kFloat);
  EXPECT_LT(distance(y.to(at::kDouble), f(v)), 1e-5);
}

std::string refusal(const std::string& toml, const Signature& signature) {
  return error_of([&] { FnoOperator(toml, signature); }).second;
}

TEST(Fno, NamesGridAndModesThatDoNotFit) {
  const std::string two = refusal("modes = [4, 12]", grid({16, 20}, true));
  EXPECT_NE(two.find("modes = 12 along \"y\", but the 20 points of the training grid have 11"),
            std::string::npos)
      << two;
  const std::string list = refusal("modes = [4, 4]", grid({16}, true));
  EXPECT_NE(list.find("modes lists 2 numbers for 1 axes"), std::string::npos) << list;
  EXPECT_NE(refusal("", grid({4, 4, 4, 4}, true)), "");
  const std::string points = refusal("", grid({16}, true, 0));
  EXPECT_NE(points.find("needs a [dataset]"), std::string::npos) << points;
}

TEST(Fno, TakesAsManyModesAsTheGridHas) {
  const FnoOperator f("", grid({16, 40}, true));
  const auto& slots = f.layout().slots();
  const auto& shape = slots[static_cast<std::size_t>(f.layout().find("spectral.0.weight"))].shape;
  EXPECT_EQ(shape, (std::vector<std::int64_t>{12, 17, 32, 32, 2}));
}

}  // namespace
}  // namespace banach::testing
