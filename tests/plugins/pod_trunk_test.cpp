// SPDX-License-Identifier: Apache-2.0
// The trunk of modes of a DeepONet against the training outputs.
#include "tests/plugins/deeponet.hpp"
#include "tests/run/scratch.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

std::vector<double> numbers(const Tensor& t) {
  const Tensor flat = t.contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

/// Random samples on the grid {0, 0.2, 1} x {-1, 0, 0.5, 1}.
Snapshots samples(int count, int outputs) {
  at::manual_seed(5);
  Snapshots out{count, 12, {}, {}};
  for (const double x : {0.0, 0.2, 1.0})
    for (const double t : {-1.0, 0.0, 0.5, 1.0}) out.points.insert(out.points.end(), {x, t});
  out.values = numbers(at::randn({count, 12, outputs}, at::kDouble) + 1);
  return out;
}
Tensor places(const Snapshots& s) { return at::tensor(s.points, at::kDouble).view({s.size, -1}); }

DeepOnetOperator with_modes(int modes, int outputs, std::vector<std::int64_t> grid,
                            Domain domain = strip) {
  Signature signature{std::move(domain), {{"f", 4, {"x"}}}, outputs};
  signature.grid = std::move(grid);
  return DeepOnetOperator(
      "width = 4\ntrunk = { type = \"pod\", modes = " + std::to_string(modes) + " }", signature);
}

// Coefficients that fit each sample best, whatever the branch says.
Tensor best_fit(const Tensor& basis, const Tensor& values) {
  const Tensor mean = basis.narrow(1, 0, 1), modes = basis.narrow(1, 1, basis.size(1) - 1);
  const Tensor inverse = at::linalg_pinv(modes, 1e-12);
  return mean + at::mm(modes, at::mm(inverse, values - mean));
}

TEST(Pod, SpansTheTrainingOutputs) {
  for (const std::vector<std::int64_t>& grid : {std::vector<std::int64_t>{3, 4}, {12}}) {
    DeepOnetOperator f = with_modes(4, 2, grid);
    const Snapshots s = samples(5, 2);  // five samples: four modes beside the mean
    f.prepare(s);
    const Tensor values = at::tensor(s.values, at::kDouble).view({5, 12, 2});
    const Tensor all = f.slot("trunk.modes");
    for (int o = 0; o < 2; ++o) {
      const Tensor basis = all.narrow(1, 5 * o, 5), v = values.select(2, o).t();
      EXPECT_LT(distance(basis.select(1, 0), v.mean(1)), 1e-13);
      EXPECT_LT(distance(best_fit(basis, v), v), 1e-12);
      const Tensor gram = at::mm(basis.narrow(1, 1, 4).t(), basis.narrow(1, 1, 4));
      EXPECT_LT((gram - at::diag(gram.diagonal())).abs().max().item<double>(), 1e-12);
    }
  }
}

TEST(Pod, AddsTheMeanToWhatTheBranchSays) {
  DeepOnetOperator f = with_modes(3, 2, {3, 4});
  const Snapshots s = samples(6, 2);
  f.prepare(s);
  const Tensor a = at::randn({3, 4}, at::kDouble), basis = f.slot("trunk.modes");
  const Tensor coefficients = [&] {
    Tensor h = a;
    for (int i = 0; i < 3; ++i) h = at::gelu(linear(f, "branch.hidden." + std::to_string(i), h));
    return linear(f, "branch.output", h).view({3, 2, 3});
  }();
  const Tensor modes = basis.view({12, 2, 4});
  const Tensor expected = at::einsum("fok,pok->fpo", {coefficients, modes.narrow(2, 1, 3)}) +
                          modes.select(2, 0) + f.slot("bias");
  EXPECT_LT(distance(f({{"f", a}}, places(s)), expected), 1e-13);
}

TEST(Pod, IsLinearBetweenThePointsOfAGrid) {
  DeepOnetOperator f = with_modes(3, 1, {3, 4});
  const Snapshots s = samples(6, 1);
  f.prepare(s);
  const Tensor a = at::randn({2, 4}, at::kDouble);
  const auto at_point = [&](double x, double t) {
    return f({{"f", a}}, at::tensor({x, t}, at::kDouble).view({1, 2}));
  };
  const Tensor corners = 0.75 * 0.4 * at_point(0.2, 0) + 0.25 * 0.4 * at_point(1, 0) +
                         0.75 * 0.6 * at_point(0.2, 0.5) + 0.25 * 0.6 * at_point(1, 0.5);
  EXPECT_LT(distance(at_point(0.4, 0.3), corners), 1e-13);
  EXPECT_LT(distance(at_point(2, 1), at_point(1, 1)), 1e-15);
}

TEST(Pod, GoesAroundThePeriodOfAnAxis) {
  DeepOnetOperator f = with_modes(3, 1, {3, 4}, {{"x", 0, 2, true}, {"t", -1, 1}});
  f.prepare(samples(6, 1));
  const Tensor a = at::randn({2, 4}, at::kDouble);
  const auto at_point = [&](double x) {
    return f({{"f", a}}, at::tensor({x, 0.0}, at::kDouble).view({1, 2}));
  };
  EXPECT_LT(distance(at_point(1.5), 0.5 * (at_point(1) + at_point(0))), 1e-13);
  EXPECT_LT(distance(at_point(2.2), at_point(0.2)), 1e-12);
}

TEST(Pod, TakesTheNearestOfScatteredPoints) {
  DeepOnetOperator f = with_modes(3, 1, {12});
  const Snapshots s = samples(6, 1);
  f.prepare(s);
  const Tensor a = at::randn({2, 4}, at::kDouble);
  EXPECT_LT(distance(f({{"f", a}}, places(s) + 0.05), f({{"f", a}}, places(s))), 1e-15);
}

std::string refusal(int modes, const std::vector<std::int64_t>& grid, const Snapshots& s) {
  return error_of([&] { with_modes(modes, 1, grid).prepare(s); }).second;
}

TEST(Pod, SaysWhatItNeeds) {
  Signature signature{strip, {{"f", 4, {"x"}}}, 1};
  signature.grid = {3, 4};
  const auto fourier =
      error_of([&] { DeepOnetOperator("fourier = 1\ntrunk = { type = \"pod\" }", signature); });
  const std::pair<std::string, std::string> said[] = {
      {fourier.second, "pod"},
      {refusal(3, {}, {}), "needs a [dataset] whose outputs lie on the"},
      {refusal(3, {3, 4}, {}), "it needs a [dataset]"},
      {refusal(9, {3, 4}, samples(6, 1)),
       "modes = 9, but 6 training samples of 12 points have at most 6"},
      {refusal(2, {4, 3}, samples(6, 1)), "does not increase along its axis of the grid"},
      {refusal(2, {4, 4}, samples(6, 1)), "have 12 points, the grid of the data set has 16"}};
  for (const auto& [text, part] : said) EXPECT_NE(text.find(part), std::string::npos) << text;
}

}  // namespace
}  // namespace banach::testing
