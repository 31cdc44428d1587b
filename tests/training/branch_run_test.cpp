// SPDX-License-Identifier: Apache-2.0
// Trainings whose residual has a branch that is not a number where it is not taken.
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

/// u' = sqrt(x) u for x > 0, u' = 0 before; u(-1) = 1.
class HalfGrowth final : public Problem {
 public:
  struct Parameters {};
  explicit HalfGrowth(const Parameters&) {}
  Domain domain() const override { return {{"x", -1, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {interior("ode",
                     [](const Field& u) {
                       const Expression x = u.at("x");
                       return u.d("x") - where(x, sqrt(x) * u(), 0.0);
                     }),
            initial("start", "x", 1.0)};
  }
  std::optional<Exact> exact() const override {
    return [](const Point& p) {
      const Expression x = p["x"];
      return where(x, exp((2.0 / 3) * pow(x, 1.5)), 1.0);
    };
  }
};
void describe(Schema<HalfGrowth::Parameters>&) {}

/// The root of a square: its slope is not finite at one of the points, x = 0.25.
class Singular final : public Problem {
 public:
  struct Parameters {};
  explicit Singular(const Parameters&) {}
  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {interior("smooth", [](const Field& u) { return u.d("x") - 1; }),
            at_points("spike", {{0.5}, {0.25}, {0.75}}, [](const Field& u) {
              const Expression off = u.at("x") - 0.25;
              return sqrt(off * off * u() * u());
            })};
  }
};
void describe(Schema<Singular::Parameters>&) {}

struct Branching : World {
  Branching() {
    registry.problem<HalfGrowth>("half_growth", "");
    registry.problem<Singular>("singular", "");
  }
};
RunPlan plan_of(const std::string& problem, const std::string& stage) {
  static const Branching world;
  return world.plan(toy(problem, stage, "dtype = \"float64\"\nseed = 1",
                        "[sampling]\nmethod = \"sobol\"\npoints = 32\nrefresh = 0\n"));
}

class Branch : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Of, Branch,
                         ::testing::Values("optimizer = \"adam\"\nlr = 1e-2\nsteps = 800",
                                           "optimizer = \"levenberg_marquardt\"\nsteps = 30",
                                           "optimizer = \"gauss_newton\"\nsteps = 30",
                                           "optimizer = \"natural_gradient\"\nsteps = 30"));

TEST_P(Branch, ThatIsNotTakenDoesNotDisturbTheTraining) {
  for (const bool fused : {false, true}) {
    RunPlan plan = plan_of("half_growth", GetParam());
    plan.configuration.executor = fused ? "fused" : "tensor";
    Scratch folder;
    Log log(true);
    Trainer trainer(plan, folder.path(), log, {});
    trainer.start(initial_state(plan), false);
    EXPECT_TRUE(trainer.run().finished());
    EXPECT_LT(trainer.final_measurement().error(), 0.4) << GetParam();  // 1 where it never moved
  }
}

TEST(NotFinite, NamesTheTermTheStepAndThePoint) {
  RunPlan plan = plan_of("singular", "optimizer = \"adam\"\nsteps = 3");
  Scratch folder;
  Log log(true);
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(initial_state(plan), false);
  const std::string text = thrown<Error>([&] { trainer.run(); });
  EXPECT_EQ(
      text.find("training diverged at step 1: the gradient of term \"spike\" is not finite at "
                "x = 0.25"),
      0u)
      << text;
}

}  // namespace
}  // namespace banach
