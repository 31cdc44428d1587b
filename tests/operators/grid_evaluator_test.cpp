// SPDX-License-Identifier: Apache-2.0
#include "core/operators/grid_evaluator.hpp"

#include "tests/operators/operator_world.hpp"

namespace banach::testing {
namespace {

const auto wide = at::TensorOptions(at::kDouble);

DataAxis line(const std::string& name, std::int64_t n, bool periodic = false) {
  DataAxis out{name, n, {}, periodic};
  for (std::int64_t i = 0; i < n; ++i)
    out.values.push_back(static_cast<double>(i) / static_cast<double>(periodic ? n : n - 1));
  return out;
}

Experiment darcy_on(std::int64_t n) {
  static const OperatorWorld world;
  DatasetInfo info;
  info.axes = {line("x", n), line("y", n)};
  info.variables = {{"a", DataVariable::Role::input, {"a"}, {"x", "y"}},
                    {"u", DataVariable::Role::output, {"u"}, {"x", "y"}}};
  ExperimentExtras extras;
  extras.dataset = DatasetParameters();
  extras.dataset->normalisation = {"none", "none", "channel"};
  extras.info = info;
  const auto table = [](const char* path, const char* type) {
    Table out;
    out.path = path;
    out.set("type", type);
    return out;
  };
  return make_experiment(
      world.registry, table("problem", "toy_darcy"), table("architecture", "toy_grid"),
      [](const auto&, const auto&, const auto&) { FAIL(); }, extras);
}

// The five-point scheme with harmonic means of a on the faces, solved in dense form.
at::Tensor five_point(const at::Tensor& a) {
  const std::int64_t n = a.size(0), m = n - 2;
  at::Tensor matrix = at::zeros({m * m, m * m}, wide);
  auto k = matrix.accessor<double, 2>();
  const auto v = a.accessor<double, 2>();
  const double h = 1.0 / static_cast<double>(n - 1);
  for (std::int64_t i = 1; i <= m; ++i)
    for (std::int64_t j = 1; j <= m; ++j)
      for (const auto& [di, dj] : {std::pair(1, 0), {-1, 0}, {0, 1}, {0, -1}}) {
        const double p = v[i][j], q = v[i + di][j + dj], face = 2 * p * q / (p + q) / (h * h);
        const std::int64_t row = (i - 1) * m + j - 1, x = i + di, y = j + dj;
        k[row][row] += face;
        if (x >= 1 && x <= m && y >= 1 && y <= m) k[row][(x - 1) * m + y - 1] -= face;
      }
  at::Tensor u = at::zeros({n, n}, wide);
  u.narrow(0, 1, m).narrow(1, 1, m).copy_(
      at::linalg_solve(matrix, at::ones({m * m}, wide)).reshape({m, m}));
  return u;
}

TEST(GridEvaluator, TheFluxFormIsTheFivePointSchemeWithHarmonicMeans) {
  const Experiment e = darcy_on(12);
  at::manual_seed(3);
  const at::Tensor a =
      at::where(at::rand({12, 12}, wide) > 0.5, at::full({}, 12.0, wide), at::full({}, 3.0, wide));
  const std::vector<at::Tensor> slots(2, at::zeros({1}, wide));
  const GridEvaluator grid(e, *e.data, wide);
  GridFields fields{five_point(a).reshape({1, 12, 12, 1}), {a.reshape({1, 12, 12, 1})}, &slots};
  const auto residuals = grid.residuals(fields);
  ASSERT_EQ(residuals.size(), 5u);
  EXPECT_EQ(residuals[0].size(1), 100);  // interior nodes
  EXPECT_LT(residuals[0].abs().max().item<double>(), 1e-10);
  for (int i = 1; i < 5; ++i)
    EXPECT_EQ(residuals[static_cast<std::size_t>(i)].abs().max().item<double>(), 0);
  fields.network = fields.network * 1.01;
  EXPECT_NEAR(grid.residuals(fields)[0].abs().max().item<double>(), 0.01, 1e-9);
}

TEST(GridDerivative, IsSpectralOnPeriodicAxes) {
  const at::Tensor x = at::arange(32, wide) / 32;
  const at::Tensor f = at::exp(at::sin(2 * M_PI * x));
  const at::Tensor slope = 2 * M_PI * at::cos(2 * M_PI * x) * f;
  EXPECT_LT((grid_derivative(f, 0, 1, 1.0 / 32, true) - slope).abs().max().item<double>(), 1e-9);
  const at::Tensor curve =
      4 * M_PI * M_PI * f * (at::cos(2 * M_PI * x).square() - at::sin(2 * M_PI * x));
  EXPECT_LT((grid_derivative(f, 0, 2, 1.0 / 32, true) - curve).abs().max().item<double>(), 1e-6);
}

TEST(GridDerivative, DifferencesAreExactForParabolasAndOfSecondOrder) {
  const at::Tensor x = at::arange(9, wide) / 8;
  const at::Tensor parabola = 2 * x * x - x;
  EXPECT_LT(
      (grid_derivative(parabola, 0, 1, 0.125, false) - (4 * x - 1)).abs().max().item<double>(),
      1e-12);
  EXPECT_LT((grid_derivative(parabola, 0, 2, 0.125, false) - 4).abs().max().item<double>(), 1e-11);
  const auto error = [](std::int64_t n) {
    const at::Tensor t = at::arange(n + 1, wide) / static_cast<double>(n);
    return (grid_derivative(at::sin(3 * t), 0, 1, 1.0 / static_cast<double>(n), false) -
            3 * at::cos(3 * t))
        .abs()
        .max()
        .item<double>();
  };
  EXPECT_NEAR(std::log2(error(40) / error(80)), 2, 0.1);
}

TEST(GridEvaluator, RefusesPointsThatAreNotEquidistant) {
  const Experiment e = darcy_on(6);
  OperatorData uneven = *e.data;
  uneven.info.axes[0].values[2] += 0.05;
  EXPECT_NE(thrown<ConfigError>([&] { GridEvaluator(e, uneven, wide); }).find("not equidistant"),
            std::string::npos);
}

}  // namespace
}  // namespace banach::testing
