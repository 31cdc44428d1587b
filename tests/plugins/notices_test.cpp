// SPDX-License-Identifier: Apache-2.0
// Nothing is said about problems that are right: those that are shipped.
#include <algorithm>

#include "core/optimizers/enroll.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/problem_notices.hpp"
#include "core/training/run_plan.hpp"
#include "tests/plugins/catalog.hpp"

namespace banach::testing {
namespace {

struct Catalog {
  Registry entries;
  PluginManager plugins{entries};
  Catalog() {
    enroll_optimizers(entries);
    enroll_samplers(entries);
    enroll_schedules(entries);
    plugins.discover();
  }
};

std::vector<std::string> with_a_problem_alone() {
  std::vector<std::string> out;
  for (const auto& file : std::filesystem::directory_iterator(examples()))
    if (file.path().extension() == ".toml" && load_configuration(file.path()).find("problem") &&
        !load_configuration(file.path()).find("dataset"))
      out.push_back(file.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

class ShippedNotices : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Shipped, ShippedNotices, ::testing::ValuesIn(with_a_problem_alone()),
                         [](const auto& info) { return info.param; });

TEST_P(ShippedNotices, GiveNoReasonForANotice) {
  static const Catalog catalog;
  const RunPlan plan =
      make_plan(load_configuration(examples() / (GetParam() + ".toml"), {"device=cpu"}),
                catalog.entries, catalog.plugins);
  const auto said = problem_notices(plan.experiment);
  EXPECT_TRUE(said.empty()) << said[0];
}

TEST(ShippedNotices, GiveNoReasonForANoticeWithOtherParameters) {
  for (const char* lines :
       {"type = \"decay\"\nrate = 3", "type = \"decay\"\nrate = { input = [0.5, 2.0] }",
        "type = \"heat\"\nconductivity = { learn = 0.3, truth = 0.7 }",
        "type = \"heat\"\nconductivity = { learn = 0.3 }", "type = \"heat\"\nhard = true",
        "type = \"advection_diffusion\"\npeclet = 100\nsource = 0.5",
        "type = \"advection_diffusion\"\npeclet = { input = [1, 20] }",
        "type = \"fredholm\"\nkernel = \"exponential\"\nupper = 1.0\nstrength = 0.5",
        "type = \"fredholm\"\ndimension = 3\nnodes = 9\nkernel = \"product\"",
        "type = \"fredholm\"\nquadrature = \"monte_carlo\"",
        "type = \"volterra\"\nequation = \"product\"\nnodes = 16\nhorizon = 1",
        "type = \"biharmonic\"\ndimension = 2\nwaves = 3\nboundary = \"clamped\"",
        "type = \"poisson\"\nform = \"ritz\"\ndimension = 2",
        "type = \"poisson\"\ndimension = 3\nwaves = 2\nhard = true",
        "type = \"kovasznay\"\nreynolds = 40", "type = \"beltrami\"\nreynolds = 5",
        "type = \"parametrized_poisson\"\nalpha2 = 0.5"}) {
    const auto said = problem_notices(experiment_of(problem_table(lines)));
    EXPECT_TRUE(said.empty()) << lines << ": " << said[0];
  }
}

}  // namespace
}  // namespace banach::testing
