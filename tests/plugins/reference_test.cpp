// SPDX-License-Identifier: Apache-2.0
// Classical references and baselines of the shipped problems against independent numbers.
#include <cmath>

#include "tests/plugins/catalog.hpp"

namespace banach::testing {
namespace {

std::vector<double> reference(const std::string& text, const std::vector<double>& points) {
  return (*experiment_of(problem_table(text)).problem->reference())(points);
}

// Found once with LSODA at rtol 1e-12.
TEST(References, FitzHughNagumoHasTheKnownValues) {
  const auto found = reference("type = \"fitzhugh_nagumo\"", {30, 5, 20, 0});
  const std::vector<double> known{-0.141540788, 0.0257967317, 0.477716427, 1.60322722,
                                  0.611437996,  1.55577895,   0,           0};
  ASSERT_EQ(found.size(), known.size());
  for (std::size_t i = 0; i < known.size(); ++i) EXPECT_NEAR(found[i], known[i], 6e-9) << i;
}

TEST(References, FitzHughNagumoTakesInputs) {
  const auto family = reference(
      "type = \"fitzhugh_nagumo\"\ntau = { input = [1.0, 3.0] }\ncurrent = { input = [0, 1] }",
      {10, 2, 0.3, 10, 2.5, 0.5});
  const auto one = reference("type = \"fitzhugh_nagumo\"\ntau = 2\ncurrent = 0.3", {10});
  EXPECT_EQ(family[0], one[0]);
  EXPECT_EQ(family[1], one[1]);
  EXPECT_NEAR(family[2], -1.26431858, 1e-8);
}

TEST(References, TheFixedPointOfTheNeuronIsFarFromTheSolution) {
  std::vector<double> times;
  for (int i = 0; i < 50; ++i) times.push_back(30.0 * i / 49);
  const auto found = reference("type = \"fitzhugh_nagumo\"", times);
  double error = 0;
  for (std::size_t i = 0; i < 50; ++i)
    error += std::abs(found[2 * i] + 0.80485) + std::abs(found[2 * i + 1] + 0.13106);
  EXPECT_NEAR(error / 100, 0.771, 1e-3);
}

// The steepest slope that Basdevant et al. (1986) give: -152.00516 at pi t = 1.6037.
TEST(References, BurgersHasTheKnownSteepestSlope) {
  const double h = 2e-5, t = 1.6037 / pi;
  const auto u = reference("type = \"burgers\"", {h, t, -h, t, 2 * h, t, -2 * h, t, 0.25, 0});
  EXPECT_NEAR((8 * (u[0] - u[1]) - (u[2] - u[3])) / (12 * h), -152.00516, 2e-4);
  EXPECT_NEAR(u[4], -std::sqrt(0.5), 1e-14);
}

TEST(References, BurgersTakesTheViscosityAsAnInput) {
  const auto family = reference("type = \"burgers\"\nviscosity = { input = [0.01, 0.1] }",
                                {0.5, 0.5, 0.05, 0.5, 0.5, 0.02});
  EXPECT_EQ(family[0], reference("type = \"burgers\"\nviscosity = 0.05", {0.5, 0.5})[0]);
  EXPECT_NE(family[0], family[1]);
}

// Put back into the equation with another rule than that of the reference.
TEST(References, FredholmWithAGaussianKernelSolvesItsEquation) {
  const Quadrature rule = Quadrature::clenshaw_curtis(41, 0, 1);
  const std::string text =
      "type = \"fredholm\"\nkernel = \"gaussian\"\nupper = 1.0\nstrength = 0.5";
  std::vector<double> points{0.3};
  points.insert(points.end(), rule.nodes.begin(), rule.nodes.end());
  const auto u = reference(text, points);
  double integral = 0;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i)
    integral += rule.weights[i] * std::exp(-std::pow(0.3 - rule.nodes[i], 2)) * u[i + 1];
  EXPECT_NEAR(u[0], std::sin(0.3) + 0.5 * integral, 1e-13);
}

TEST(References, FredholmsExactSolutionAgreesWithNystrom) {
  for (const std::string more : {"dimension = 1", "dimension = 2\nkernel = \"product\"",
                                 "dimension = 3\nsource = \"cosine\"",
                                 "kernel = \"exponential\"\nstrength = 0.2\nsource = \"decay\""}) {
    const Experiment e = experiment_of(problem_table("type = \"fredholm\"\n" + more));
    const at::Tensor points = points_of(e, {}, 7).contiguous();
    const Term all{"all", {}, [](const Field& u) { return u.all(); }, Term::Kind::squares, {}};
    const at::Tensor exact = values_of(e, all, exact_plus(e, 0), points).flatten();
    const auto* first = points.data_ptr<double>();
    const auto found = (*e.problem->reference())({first, first + points.numel()});
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_NEAR(found[i], exact[static_cast<std::int64_t>(i)].item<double>(), 1e-12) << more;
  }
}

TEST(Baselines, AdvectionDiffusionBringsThoseOfTheTable) {
  const Experiment e = experiment_of(problem_table("type = \"advection_diffusion\""));
  const auto baselines = e.problem->baselines();
  ASSERT_EQ(baselines.size(), 9u);
  const std::vector<double> known{7.9e-3, 4.8e-4, 3.0e-5, 5.7e-3, 5.5e-7, 2.5e-10};
  for (std::size_t k = 0; k < known.size(); ++k) {
    double worst = 0;
    for (std::size_t i = 0; i < baselines[k].points.size(); ++i)
      worst = std::max(worst, std::abs(baselines[k].values[i] -
                                       std::expm1(10 * baselines[k].points[i]) / std::expm1(10.0)));
    EXPECT_NEAR(worst / known[k], 1, 0.03) << baselines[k].name;
  }
  EXPECT_EQ(baselines[3].name, "upwind differences, 320");
  EXPECT_TRUE(experiment_of(problem_table("type = \"advection_diffusion\"\n"
                                          "peclet = { input = [1, 10] }"))
                  .problem->baselines()
                  .empty());
}

}  // namespace
}  // namespace banach::testing
