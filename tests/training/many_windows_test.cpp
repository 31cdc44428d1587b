// SPDX-License-Identifier: Apache-2.0
// What many windows cost: each is recorded once, however many follow.
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

/// u_t = u_xx, counting how often its solution is written down.
class CountedHeat final : public Problem {
 public:
  struct Parameters {};
  static inline long calls = 0;
  explicit CountedHeat(const Parameters&) {}
  Domain domain() const override { return {{"x", 0, 1}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {interior("pde", [](const Field& u) { return u.d("t") - u.d("xx"); }),
            dirichlet("left", "x", Side::lower, 0.0), dirichlet("right", "x", Side::upper, 0.0),
            initial("start", "t", [](const Point& p) { return sin(pi * p["x"]); })};
  }
  Expression solution(const Point&, E network) const override {
    ++calls;
    return network;
  }
};
void describe(Schema<CountedHeat::Parameters>&) {}

struct Counted : World {
  Counted() { registry.problem<CountedHeat>("counted_heat", ""); }
};

TEST(ManyWindows, AreWrittenDownInLinearTime) {
  static const Counted world;
  const auto calls = [](int count) {
    CountedHeat::calls = 0;
    world.plan(
        toy("counted_heat", "steps = 2", "", "[windows]\ncount = " + std::to_string(count) + "\n"));
    return static_cast<double>(CountedHeat::calls);
  };
  EXPECT_LT(calls(64), 6 * calls(16));
}

TEST(ManyWindows, MayBeAThousand) {
  const auto& world = ToyRun::world();
  const RunPlan plan = world.plan(toy("toy_decay", "steps = 2", "", "[windows]\ncount = 1000\n"));
  EXPECT_GT(plan.experiment.solution.trace->nodes().size(), 1000u);
}

}  // namespace
}  // namespace banach
