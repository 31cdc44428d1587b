// SPDX-License-Identifier: Apache-2.0
// Hard conditions along many axes: their cost stays within bounds, or they are refused.
#include <ATen/ATen.h>

#include "core/training/dry_run.hpp"
#include "core/training/recorded_function.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

struct CubeParameters {
  std::int64_t axes = 3;
  std::string kind = "zero";
};
void describe(Schema<CubeParameters>& s) {
  s.field("axes", &CubeParameters::axes, "of the cube");
  s.field("kind", &CubeParameters::kind, "of conditions");
}

Expression sum_of(const Point& p) {
  Expression out = 0.0;
  for (const auto& entry : p.coordinates()) out = out + entry.second * entry.second;
  return out;
}
Expression other_sum_of(const Point& p) { return 2.0 * sum_of(p) - sum_of(p) * 1.0000001; }
Expression waves(const Point& p) {
  Expression out = 1.0;
  for (const auto& [name, x] : p.coordinates())
    if (name != "a") out = out * sin(pi * x);
  return out;
}

/// Laplace's equation on the unit cube of some axes a, b, c, ...
class Cube final : public Problem {
 public:
  using Parameters = CubeParameters;
  explicit Cube(const Parameters& p) : p_(p) {}
  Domain domain() const override {
    Domain out;
    for (std::int64_t k = 0; k < p_.axes; ++k)
      out.push_back({std::string(1, static_cast<char>('a' + k)), 0, 1});
    return out;
  }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    Terms out{interior("pde", [all = domain()](const Field& u) {
      Expression sum = 0.0;
      for (const Axis& axis : all) sum = sum + u.d(axis.name + axis.name);
      return sum;
    })};
    for (const Axis& axis : domain()) add(out, axis.name);
    return out;
  }

 private:
  void add(Terms& out, const std::string& axis) const {
    if (p_.kind == "start" && axis == "a") {
      out.push_back(initial("start", axis, waves));
      return;
    }
    for (const Side side : {Side::lower, Side::upper}) {
      const std::string name = axis + (side == Side::lower ? "_lower" : "_upper");
      if (p_.kind == "slopes")
        out.push_back(neumann(name, axis, side, 0.0));
      else if (p_.kind == "one")
        out.push_back(dirichlet(name, axis, side, sum_of));
      else if (p_.kind == "several")
        out.push_back(dirichlet(name, axis, side, side == Side::lower ? sum_of : other_sum_of));
      else
        out.push_back(dirichlet(name, axis, side, 0.0));
    }
  }
  Parameters p_;
};

struct Cubes : World {
  Cubes() { registry.problem<Cube>("cube", ""); }
};

RunPlan plan_of(int axes, const std::string& kind) {
  static const Cubes world;
  std::string text = toy("cube", "steps = 2", "dtype = \"float64\"", "[sampling]\npoints = 8\n");
  text.insert(text.find("[architecture]"),
              "hard = true\naxes = " + std::to_string(axes) + "\nkind = \"" + kind + "\"\n");
  return world.plan(text);
}

// The solution with all parameters 0.3 at one point.
double at(const RunPlan& plan, const std::vector<double>& point) {
  const Experiment& e = plan.experiment;
  const Bank bank{at::full({e.network->layout.parameters()}, 0.3, at::kDouble),
                  at::zeros({e.network->layout.buffers()}, at::kDouble)};
  const RecordedFunction solution(e.network, Derivatives::exact, e.solution, e.origins, 1, {},
                                  {bank});
  double out = 0;
  solution(point.data(), 1, &out);
  return out;
}

std::string refused(int axes, const std::string& kind) {
  return thrown<ConfigError>([&] { plan_of(axes, kind); });
}

TEST(HardManyAxes, CostNothingWhereTheValuesAreZero) {
  for (const int axes : {3, 10, 20}) {
    RunPlan plan = plan_of(axes, "zero");
    const std::size_t nodes = plan.experiment.solution.trace->nodes().size();
    EXPECT_LT(nodes, static_cast<std::size_t>(10 * axes + 20));
    EXPECT_EQ(at(plan, std::vector<double>(static_cast<std::size_t>(axes), 1.0)), 0);
    EXPECT_NE(at(plan, std::vector<double>(static_cast<std::size_t>(axes), 0.4)), 0);
    EXPECT_NE(dry_run(plan).find("nothing was written"), std::string::npos);
  }
}

TEST(HardManyAxes, TakeTheValuesThatAreNotZero) {
  for (const int axes : {4, 10, 20}) {
    RunPlan plan = plan_of(axes, "start");
    std::vector<double> point(static_cast<std::size_t>(axes), 0.5);
    point[0] = 0;
    EXPECT_NEAR(at(plan, point), 1, 1e-12);
    point[1] = 1;
    EXPECT_NEAR(at(plan, point), 0, 1e-12);
    dry_run(plan);
  }
}

TEST(HardManyAxes, TakeOneFunctionThatAllConditionsShare) {
  for (const int axes : {3, 10, 20}) {
    const RunPlan plan = plan_of(axes, "one");
    std::vector<double> point(static_cast<std::size_t>(axes), 0.5);
    point.back() = 1;
    EXPECT_NEAR(at(plan, point), 1 + 0.25 * (axes - 1), 1e-12);
  }
}

TEST(HardManyAxes, AreRefusedWithTheNumberWhereTheyCostTooMuch) {
  const auto expect = [](const std::string& found, const std::string& text) {
    EXPECT_NE(found.find(text), std::string::npos) << found;
  };
  expect(refused(8, "several"),
         "problem.hard: the conditions on \"u\" along 8 axes take 6561 values on faces, edges and "
         "corners; at most 2500 are built in: leave some of them soft, hard = [");
  expect(refused(10, "slopes"), "take 59049 calls of the network");
  expect(refused(20, "several"), "take 3486784401 values");
}

}  // namespace
}  // namespace banach
