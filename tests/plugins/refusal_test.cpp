// SPDX-License-Identifier: Apache-2.0
// Parameters that make no sense are errors that say what is wrong.
#include "tests/plugins/catalog.hpp"

namespace banach::testing {
namespace {

struct Refusal {
  std::string name, problem, text;
};
std::ostream& operator<<(std::ostream& out, const Refusal& r) { return out << r.name; }

class Problems : public ::testing::TestWithParam<Refusal> {};

TEST_P(Problems, RefuseBadParameters) {
  try {
    experiment_of(problem_table(GetParam().problem));
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().text), std::string::npos) << error.what();
  }
}

const std::vector<Refusal> refusals{
    {"NoNodes", "type = \"fredholm\"\nnodes = 0", "problem.nodes = 0: must be >= 1"},
    {"TrapezoidWithOneNode", "type = \"fredholm\"\nquadrature = \"trapezoid\"\nnodes = 1",
     "the trapezoid rule needs two nodes"},
    {"ClenshawCurtisWithOneNode",
     "type = \"fredholm\"\nquadrature = \"clenshaw_curtis\"\nnodes = 1",
     "Clenshaw-Curtis needs two nodes"},
    {"EmptyInterval", "type = \"fredholm\"\nlower = 1.0\nupper = 1.0",
     "problem.lower must be < problem.upper"},
    {"ReversedInterval", "type = \"fredholm\"\nlower = 2.0\nupper = 1.0",
     "problem.lower must be < problem.upper"},
    {"UnknownKernel", "type = \"fredholm\"\nkernel = \"sin_cosine\"", "did you mean \"sin_cos\"?"},
    {"UnknownSource", "type = \"fredholm\"\nsource = \"sinus\"", "did you mean \"sine\"?"},
    {"UnknownQuadrature", "type = \"fredholm\"\nquadrature = \"simpson\"",
     "must be one of \"monte_carlo\", \"gauss\", \"clenshaw_curtis\", \"trapezoid\""},
    {"FourAxes", "type = \"fredholm\"\ndimension = 4", "problem.dimension = 4: must be <= 3"},
    {"CharacteristicValue", "type = \"fredholm\"\nstrength = 2.0",
     "strength = 2.0 is a characteristic value of the kernel \"sin_cos\""},
    {"UnknownVolterra", "type = \"volterra\"\nequation = \"sin\"", "did you mean \"sine\"?"},
    {"VolterraWithoutNodes", "type = \"volterra\"\nnodes = 0", "problem.nodes = 0: must be >= 1"},
    {"VolterraOfNoLength", "type = \"volterra\"\nhorizon = 0", "problem.horizon = 0: must be > 0"},
    {"NegativePeclet", "type = \"advection_diffusion\"\npeclet = -1.0",
     "problem.peclet = -1.0: must be > 0"},
    {"PecletRangeThroughZero", "type = \"advection_diffusion\"\npeclet = { input = [-1, 5] }",
     "must be > 0"},
    {"OneCell", "type = \"advection_diffusion\"\ncentral = [20, 1]", "must be >= 2"},
    {"NoTau", "type = \"fitzhugh_nagumo\"\ntau = 0", "problem.tau = 0: must be > 0"},
    {"NegativeHorizon", "type = \"fitzhugh_nagumo\"\nhorizon = -3.0",
     "problem.horizon = -3.0: must be > 0"},
    {"InviscidBurgers", "type = \"burgers\"\nviscosity = 1e-5",
     "problem.viscosity = 1e-05: must be >= 0.001"},
    {"UnknownForm", "type = \"poisson\"\nform = \"weak\"", "must be one of \"strong\", \"ritz\""},
    {"NoDimension", "type = \"poisson\"\ndimension = 0", "problem.dimension = 0: must be >= 1"},
    {"NoReynoldsNumber", "type = \"kovasznay\"\nreynolds = 0", "problem.reynolds = 0: must be > 0"},
    {"NegativeReynoldsNumber", "type = \"beltrami\"\nreynolds = -2.0",
     "problem.reynolds = -2.0: must be > 0"},
    {"InputWithoutRange", "type = \"regression\"\ninputs = { x = [1.0] }",
     "problem.inputs.x: must be a range [lower, upper] with lower < upper"},
    {"InputWithReversedRange", "type = \"regression\"\ninputs = { x = [1.0, 0.0] }",
     "problem.inputs.x: must be a range"},
    {"NoInputs", "type = \"regression\"\ninputs = {}", "an input and an output"},
    {"NoOutputs", "type = \"regression\"\noutputs = []", "an input and an output"},
    {"TwoEqualOutputs", "type = \"regression\"\noutputs = [\"a\", \"a\"]",
     "problem.outputs: two have the same name"},
    {"UnknownTarget", "type = \"regression\"\ntarget = \"sinus\"", "did you mean \"sine\"?"},
    {"NegativeConductivity", "type = \"heat\"\nconductivity = { learn = -0.3 }", "must be > 0"},
};

INSTANTIATE_TEST_SUITE_P(Shipped, Problems, ::testing::ValuesIn(refusals),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace banach::testing
