// SPDX-License-Identifier: Apache-2.0
// Conditions that are built into the network.
#include <ATen/ATen.h>

#include "core/training/hard_terms.hpp"
#include "core/training/known_solution.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

struct BoxParameters {
  std::string kind = "mixed";
};
void describe(Schema<BoxParameters>& s) { s.field("kind", &BoxParameters::kind, "of conditions"); }

Expression wave(const Point& p) { return exp(-p["t"]) * cos(p["x"]) + 0.3 * p["x"] * p["t"]; }
Expression slope(const Point& p) { return -exp(-p["t"]) * sin(p["x"]) + 0.3 * p["t"]; }

/// Conditions of every type around one smooth function of (x, t) in [0.5, 2] x [0, 1].
class Box final : public Problem {
 public:
  using Parameters = BoxParameters;
  explicit Box(const Parameters& p) : kind_(p.kind) {}
  Domain domain() const override { return {{"x", 0.5, 2}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    Terms out{interior("pde", [](const Field& u) { return u.d("t") - u.d("xx"); }),
              initial("initial", "t", wave)};
    const PointFunction flux = [](const Point& p) { return -slope(p); };
    const auto end = [](const Point& p) { return 2.0 * wave(p) + 0.5 * slope(p); };
    if (kind_ == "mixed" || kind_ == "neumann")
      out.push_back(neumann("left", "x", Side::lower, flux));
    else
      out.push_back(dirichlet("left", "x", Side::lower, wave));
    if (kind_ == "mixed")
      out.push_back(robin("right", "x", Side::upper, 2.0, 0.5, end));
    else if (kind_ == "neumann")
      out.push_back(neumann("right", "x", Side::upper, slope));
    else
      out.push_back(dirichlet("right", "x", Side::upper, wave));
    if (kind_ == "twice") out.push_back(dirichlet("again", "x", Side::upper, 0.0));
    if (kind_ == "corner") out.back() = dirichlet("right", "x", Side::upper, 7.0);
    if (kind_ == "periodic") {
      out.erase(out.begin() + 1, out.end());
      out.push_back(periodic("ring", "x"));
    }
    return out;
  }

 private:
  std::string kind_;
};

struct Places : World {
  Places() { registry.problem<Box>("box", "every condition"); }
};
const World& places() {
  static const Places world;
  return world;
}

std::string box(const std::string& kind, const std::string& hard) {
  return "dtype = \"float64\"\n[problem]\ntype = \"box\"\nkind = \"" + kind + "\"\nhard = " + hard +
         "\n[architecture]\ntype = \"toy_net\"\n[[stage]]\nsteps = 2\n";
}

class HardConditionsHold : public ::testing::TestWithParam<const char*> {};
TEST_P(HardConditionsHold, WhateverTheNetworkSays) {
  const RunPlan plan = places().plan(box(GetParam(), "true"));
  const Experiment& e = plan.experiment;
  ASSERT_FALSE(e.hard.empty());
  ASSERT_EQ(e.terms.size(), 1u);  // the equation is left
  at::manual_seed(1);
  const Bank bank{at::randn({e.network->layout.parameters()}, at::kDouble),
                  at::zeros({e.network->layout.buffers()}, at::kDouble)};
  for (const Term& term : e.hard.terms()) {
    at::Tensor points = at::rand({20, 2}, at::kDouble) * at::tensor({1.5, 1.0}, at::kDouble) +
                        at::tensor({0.5, 0.0}, at::kDouble);
    if (term.region.axis == "t")
      points.select(1, 1).fill_(0.0);
    else
      points.select(1, 0).fill_(term.region.side == Side::lower ? 0.5 : 2.0);
    Evaluator evaluator(e.network);
    const Recorded residual = record_term(e, term, e.trained);
    evaluator.add(residual.trace, residual.root);
    const at::Tensor off = evaluator.evaluate({bank}, {{points, {}, {}}})[0];
    EXPECT_LT(off.abs().max().item<double>(), 1e-10) << GetParam() << " " << term.name;
  }
}
INSTANTIATE_TEST_SUITE_P(Conditions, HardConditionsHold,
                         ::testing::Values("mixed", "neumann", "dirichlet", "periodic"));

TEST(HardConditions, LeaveTheNetworkFreeInside) {
  const RunPlan plan = places().plan(box("mixed", "true"));
  const Experiment& e = plan.experiment;
  Evaluator evaluator(e.network);
  evaluator.add(e.solution.trace, e.solution.root);
  const auto value = [&](double scale) {
    at::manual_seed(2);
    const Bank bank{at::randn({e.network->layout.parameters()}, at::kDouble) * scale,
                    at::zeros({e.network->layout.buffers()}, at::kDouble)};
    return evaluator
        .evaluate({bank}, {{at::tensor({1.2, 0.5}, at::kDouble).view({1, 2}), {}, {}}})[0]
        .item<double>();
  };
  EXPECT_GT(std::abs(value(1.0) - value(2.0)), 1e-3);
}

TEST(HardConditions, MayBeNamedOneByOne) {
  const RunPlan plan = places().plan(box("dirichlet", "[\"initial\"]"));
  ASSERT_EQ(plan.experiment.hard.terms().size(), 1u);
  EXPECT_EQ(plan.experiment.hard.terms()[0].name, "initial");
  EXPECT_EQ(plan.experiment.terms.size(), 3u);
}

std::string refusal(const std::string& text) {
  try {
    places().plan(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}
void expect_refused(const std::string& text, const std::string& words) {
  EXPECT_NE(refusal(text).find(words), std::string::npos) << refusal(text) << "\n" << text;
}

TEST(HardConditions, ThatCannotHoldAreRefused) {
  expect_refused(box("twice", "true"),
                 "hard: terms \"right\" and \"again\" both fix \"u\" on the same face of \"x\"");
  expect_refused(box("corner", "true"), "the conditions contradict each other there");
  expect_refused(box("mixed", "[\"pde\"]"),
                 "problem.hard: there is no condition \"pde\"; known: initial, left, right");
  expect_refused(box("mixed", "3"), "problem.hard: must be true, false or a list of terms");
  expect_refused(box("mixed", "[1]"), "problem.hard: a list of terms holds their names as text");
}

}  // namespace
}  // namespace banach
