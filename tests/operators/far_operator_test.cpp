// SPDX-License-Identifier: Apache-2.0
// Operators whose outputs lie far from zero: the very same steps as near it.
#include <cmath>

#include "core/training/initial_state.hpp"
#include "core/training/trainer.hpp"
#include "tests/operators/operator_world.hpp"

namespace banach::testing {
namespace {

struct FarParameters {
  double from = 0;
};
void describe(Schema<FarParameters>& s) {
  s.field("from", &FarParameters::from, "where the axis begins");
}

/// s' = u on [from, from + 1], s(from) = 0.
class FarAntiderivative final : public Problem {
 public:
  using Parameters = FarParameters;
  explicit FarAntiderivative(const FarParameters& p) : at_(p.from) {}
  Domain domain() const override { return {{"x", at_, at_ + 1}}; }
  Unknowns unknowns() const override { return {"s"}; }
  std::vector<InputFunction> functions() const override { return {{"u", 0, {"x"}}}; }
  Terms terms() const override {
    return {interior(
                "ode",
                [a = at_](const Field& s) { return s.d("x") - s.input("u") * cos(s.at("x") - a); }),
            initial("initial", "x", 0.0)};
  }

 private:
  double at_;
};

struct FarWorld : OperatorWorld {
  FarWorld() {
    plugins.discover();
    registry.problem<FarAntiderivative>("far_antiderivative", "");
  }
};
const FarWorld& world() {
  static const FarWorld out;
  return out;
}

void write_pairs_from(const Scratch& folder, double from) {
  std::vector<double> x, u, s;
  for (int j = 0; j < 9; ++j) x.push_back(from + j / 8.0);
  for (int i = 0; i < 12; ++i)
    for (int j = 0; j < 9; ++j) {
      const double b = 1 - 0.1 * i, at = M_PI * j / 8.0;
      u.push_back(b * std::cos(at)), s.push_back(b * std::sin(at) / M_PI);
    }
  Hdf5Writer file(folder / "pairs.h5");
  file.add<double>("x", {9}, x);
  file.add<double>("u", {12, 9}, u);
  file.add<double>("s", {12, 9}, s);
  file.commit();
}

at::Tensor trained(const std::string& architecture, double from, const std::string& more) {
  const Scratch folder;
  write_pairs_from(folder, from);
  std::string problem = more;
  if (const auto place = problem.find("FROM"); place != std::string::npos)
    problem.replace(place, 4, std::to_string(from));
  RunPlan plan = world().plan(
      "threads = 1\n" + problem + "[dataset]\nfiles = \"" + (folder / "pairs.h5").string() +
      "\"\ninputs.u = { path = \"u\", axes = \"sample x\" }\noutputs.s = { path = \"s\", axes = "
      "\"sample x\" }\ncoords.x = \"x\"\nsplit = { train = \"0:8\", validation = \"8:10\", test = "
      "\"10:12\" }\n[architecture]\n" +
      architecture + "[sampling]\npoints = 12\n[[stage]]\nsteps = 4\nbatch = 4\nlr = 1e-2\n");
  Log log{true};
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(initial_state(plan), false);
  EXPECT_TRUE(trainer.run().finished());
  const RunState state = trainer.capture();
  return at::cat({state.parameters, state.buffers});
}

TEST(FarOperator, TakesTheSameStepsAsNearZero) {
  const std::string physics = "[problem]\ntype = \"far_antiderivative\"\nfrom = FROM\n";
  const std::string deeponet = "type = \"deeponet\"\nlatent = 4\nwidth = 6\ndepth = 1\n";
  for (const auto& [architecture, more] :
       {std::pair(deeponet, std::string()),
        {deeponet, physics},
        {deeponet + "fourier = 2\n", std::string()},
        {deeponet, "executor = \"tensor\"\n" + physics},
        {deeponet + "trunk = { type = \"pod\", modes = 2 }\n", std::string()},
        {deeponet + "trunk = { type = \"fourier_mlp\", width = 6, features = 3 }\n", physics},
        {std::string("type = \"fno\"\nwidth = 4\nmodes = [3]\n"), std::string()}}) {
    const at::Tensor near = trained(architecture, 0, more);
    for (const double from : {std::ldexp(1.0, 30), -std::ldexp(1.0, 30)})
      EXPECT_TRUE(at::equal(trained(architecture, from, more), near)) << architecture << more;
  }
}

}  // namespace
}  // namespace banach::testing
