// SPDX-License-Identifier: Apache-2.0
// What a result says where nobody knows the right solution.
#include "core/training/solution_notices.hpp"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "core/training/result.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

struct OscillatorParameters {
  std::string ansatz = "none";
};
void describe(Schema<OscillatorParameters>& s) {
  s.field("ansatz", &OscillatorParameters::ansatz, "around the network");
}

/// Van der Pol's oscillator from (2, 0); (0, 0) is its fixed point. No exact solution.
class Oscillator final : public Problem {
 public:
  using Parameters = OscillatorParameters;
  explicit Oscillator(const Parameters& p) : p_(p) {}
  Domain domain() const override { return {{"t", 0, 10}}; }
  Unknowns unknowns() const override { return {"x", "v"}; }
  Terms terms() const override {
    return {interior("position", [](const Field& s) { return s.d("t", "x") - s["v"]; }),
            interior("velocity",
                     [](const Field& s) {
                       return s.d("t", "v") - 3.0 * (1 - s["x"] * s["x"]) * s["v"] + s["x"];
                     }),
            initial("start", "t", [](const Point&) {
              return concat({Expression(2.0), Expression(0.0)});
            })};
  }
  Expression solution(const Point& p, E network) const override {
    const Expression t = p["t"];
    if (p_.ansatz == "rest") return concat({2 * exp(-2 * t), -2 * exp(-2 * t)}) + 1e-9 * network;
    if (p_.ansatz == "turn") return concat({2 * cos(t), -2 * sin(t)}) + 1e-9 * network;
    if (p_.ansatz == "one") return concat({1.0 + 0 * t, 1.0 + 0 * t}) + 1e-9 * network;
    return network;
  }

 private:
  Parameters p_;
};

struct Oscillators : World {
  Oscillators() { registry.problem<Oscillator>("oscillator", ""); }
};

std::string notice_of(const std::string& ansatz, double parameters) {
  static const Oscillators world;
  std::string text = toy("oscillator", "steps = 2", "dtype = \"float64\"");
  text.insert(text.find("[architecture]"), "ansatz = \"" + ansatz + "\"\n");
  const RunPlan plan = world.plan(text);
  const Layout& layout = plan.experiment.network->layout;
  const Bank bank{at::full({layout.parameters()}, parameters, at::kDouble),
                  at::zeros({layout.buffers()}, at::kDouble)};
  return constant_notice(plan.experiment, {bank}, plan.derivatives);
}

TEST(SolutionNotices, NameAFixedPointThatTheSolutionFellTo) {
  const std::string all = notice_of("none", 0);
  EXPECT_EQ(all.find("the trained solution is constant, x = 0, v = 0"), 0u) << all;
  const std::string most = notice_of("rest", 0.5);
  EXPECT_EQ(most.find("the trained solution is constant from t = "), 0u) << most;
  EXPECT_NE(most.find(": a fixed point of the equations"), std::string::npos) << most;
}

TEST(SolutionNotices, NameAConstantThatIsNoFixedPoint) {
  const std::string text = notice_of("one", 0);
  EXPECT_EQ(text, "the trained solution is constant, x = 1, v = 1: check that it should be");
}

TEST(SolutionNotices, KeepSilentAboutAMotion) { EXPECT_EQ(notice_of("turn", 0.5), ""); }

TEST(Results, SayThatNobodyKnowsTheError) {
  ToyRun unknown(toy("toy_heat"));
  const Outcome outcome = unknown.fresh();
  const auto result = result_json(unknown.plan, *unknown.trainer, outcome, "run");
  EXPECT_EQ(result.at("error_known"), false);
  EXPECT_NE(result_text(result).find("error: unknown, for there is no exact solution, reference or "
                                     "data to compare with"),
            std::string::npos)
      << result_text(result);
}

TEST(Results, SayNothingOfAKnownError) {
  ToyRun known(toy("toy_turn"));
  const Outcome outcome = known.fresh();
  const auto result = result_json(known.plan, *known.trainer, outcome, "run");
  EXPECT_EQ(result.at("error_known"), true);
  EXPECT_EQ(result_text(result).find("error: unknown"), std::string::npos);
}

}  // namespace
}  // namespace banach
