// SPDX-License-Identifier: Apache-2.0
// The exact solution of every shipped problem satisfies its equations and conditions.
#include <algorithm>
#include <cmath>

#include "tests/plugins/catalog.hpp"

namespace banach::testing {
namespace {

struct Setting {
  std::string name;
  Table problem;
};
std::ostream& operator<<(std::ostream& out, const Setting& s) { return out << s.name; }

const std::vector<std::string> variations{
    "type = \"decay\"\nrate = 3",
    "type = \"decay\"\nrate = { input = [0.5, 2.0] }",
    "type = \"heat\"\nconductivity = { learn = 0.3, truth = 0.7 }",
    "type = \"advection_diffusion\"\npeclet = 1",
    "type = \"advection_diffusion\"\npeclet = 100\nsource = 0.5",
    "type = \"advection_diffusion\"\npeclet = { input = [1, 20] }",
    "type = \"fredholm\"\nkernel = \"product\"\nsource = \"decay\"",
    "type = \"fredholm\"\nkernel = \"exponential\"\nupper = 1.0\nstrength = 0.5",
    "type = \"fredholm\"\nsource = \"constant\"\nquadrature = \"clenshaw_curtis\"\nnodes = 21",
    "type = \"fredholm\"\nkernel = \"product\"\nlower = -1.0\nsource = \"linear\"",
    "type = \"fredholm\"\nstrength = { input = [0.1, 1.5] }",
    "type = \"fredholm\"\ndimension = 2\nsource = \"cosine\"\nnodes = 10",
    "type = \"fredholm\"\ndimension = 3\nnodes = 9\nkernel = \"product\"",
    "type = \"volterra\"\nequation = \"exponential\"",
    "type = \"volterra\"\nequation = \"cosine\"",
    "type = \"volterra\"\nequation = \"hyperbolic\"",
    "type = \"volterra\"\nequation = \"product\"\nnodes = 16\nhorizon = 1",
    "type = \"poisson\"\ndimension = 1",
    "type = \"biharmonic\"",
    "type = \"biharmonic\"\nwaves = 3\nboundary = \"clamped\"",
    "type = \"biharmonic\"\ndimension = 2",
    "type = \"biharmonic\"\ndimension = 2\nwaves = 3\nboundary = \"clamped\"",
    "type = \"poisson\"\ndimension = 3\nwaves = 2",
    "type = \"kovasznay\"\nreynolds = 40",
    "type = \"beltrami\"\nreynolds = 5",
    "type = \"parametrized_poisson\"\nalpha2 = 0.5",
    "type = \"regression\"\ntarget = \"runge\"\noutputs = [\"a\", \"b\"]"};

std::vector<Setting> settings() {
  std::vector<Setting> out;
  for (const auto& entry : std::filesystem::directory_iterator(examples())) {
    if (entry.path().extension() != ".toml") continue;
    const Table file = load_configuration(entry.path().string());
    if (const Value* problem = file.find("problem"))
      out.push_back({entry.path().stem().string(), *problem->get<Table>()});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < variations.size(); ++i) {
    const Table table = problem_table(variations[i]);
    out.push_back({table.text("type") + "_variation_" + std::to_string(i), table});
  }
  return out;
}

class ShippedProblems : public ::testing::TestWithParam<Setting> {};

TEST_P(ShippedProblems, ExactSolutionHasNoResidual) {
  if (GetParam().problem.text("quadrature") == "monte_carlo")
    GTEST_SKIP() << "a Monte Carlo integral of the exact solution has an error of its own";
  const Experiment e = experiment_of(GetParam().problem);
  if (!e.problem->exact()) GTEST_SKIP() << "no exact solution; its reference has a test of its own";
  for (const Term& term : e.problem->terms()) {
    if (term.kind == Term::Kind::energy) continue;
    const at::Tensor points = points_of(e, term.region, 100);
    const auto largest = [&](double size) {
      return values_of(e, term, exact_plus(e, size), points).abs().max().item<double>();
    };
    EXPECT_LT(largest(0), 1e-10) << term.name;
    EXPECT_GT(largest(1), 1e-3) << term.name << " does not look at the solution";
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, ShippedProblems, ::testing::ValuesIn(settings()),
                         [](const auto& info) { return info.param.name; });

// Integral of an energy density over the box, with size times a function that vanishes on its
// boundary added to the exact solution.
double energy_at(const Experiment& e, const Term& term, double size) {
  const Quadrature one = Quadrature::gauss(24, 0, 1);
  Quadrature rule = one;
  for (std::size_t i = 1; i < e.domain.size(); ++i) rule = rule.times(one);
  const Solution solution = [&](const Point& p) {
    Expression bump = 1.0;
    for (std::size_t a = 0; a < e.domain.size(); ++a) {
      const Expression x = p[e.domain[a].name];
      bump = bump * x * (1 - x) * cos(1.7 * x + double(a));
    }
    return (*e.problem->exact())(p) + size * bump;
  };
  const auto axes = static_cast<std::int64_t>(e.domain.size());
  const at::Tensor points = at::tensor(rule.nodes, at::kDouble).view({-1, axes});
  const at::Tensor weights = at::tensor(rule.weights, at::kDouble);
  return values_of(e, term, solution, points).flatten().dot(weights).item<double>();
}

TEST(DeepRitz, EnergyIsLeastAtTheExactSolution) {
  for (const int dimension : {1, 2, 3}) {
    const Experiment e = experiment_of(problem_table(
        "type = \"poisson\"\nform = \"ritz\"\ndimension = " + std::to_string(dimension)));
    const Term term = e.problem->terms()[0];
    ASSERT_EQ(term.kind, Term::Kind::energy);
    const double below = energy_at(e, term, -1), at = energy_at(e, term, 0),
                 above = energy_at(e, term, 1);
    EXPECT_NEAR((above - below) / 2, 0, 1e-12) << dimension;  // the first variation
    EXPECT_GT(above + below - 2 * at, 1e-5) << dimension;     // the second
    // -1/2 the integral of |grad u|^2
    EXPECT_NEAR(at, -dimension * pi * pi / std::pow(2, dimension + 1), 1e-12) << dimension;
  }
}

}  // namespace
}  // namespace banach::testing
