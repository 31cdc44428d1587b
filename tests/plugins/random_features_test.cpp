// SPDX-License-Identifier: Apache-2.0
// Frozen features against their formula, in one patch and in several; ready files of windows.
#include "tests/plugins/catalog.hpp"
#include "tests/training/toy_run.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

const World& engine() {
  static const auto out = [] {
    auto world = std::make_unique<World>();
    world->plugins.discover();
    return world;
  }();
  return *out;
}

/// The heat equation with these features, ready to train, and its numbers.
struct Features {
  RunPlan plan;
  Bank bank;
  explicit Features(const std::string& lines)
      : plan(
            engine().plan("dtype = \"float64\"\n[problem]\ntype = \"heat\"\n[architecture]\ntype = "
                          "\"random_features\"\n" +
                          lines + "\n[[stage]]\nsteps = 1\n")) {
    const RunState state = initial_state(plan);
    bank = {at::linspace(-1, 1, state.parameters.numel(), at::kDouble), state.buffers};
  }
  Tensor slot(const std::string& name) const {
    for (const Slot& s : plan.experiment.network->layout.slots())
      if (s.name == name)
        return (s.trainable ? bank.parameters : bank.buffers)
            .narrow(0, s.offset, s.size)
            .view(s.shape);
    throw ConfigError("no slot " + name);
  }
  Tensor operator()(const Tensor& points) const {
    Evaluator evaluator(plan.experiment.network);
    evaluator.add(plan.experiment.solution.trace, plan.experiment.solution.root);
    return evaluator.evaluate({bank}, {{points, {}, {}}})[0];
  }
};

// Points of [0, pi] x [0, 3] and what they are mapped to.
Tensor scaled_points() {
  at::manual_seed(3);
  return 2 * at::rand({50, 2}, at::kDouble) - 1;
}
Tensor box_points(const Tensor& scaled) {
  return (scaled + 1) * at::tensor({pi / 2, 1.5}, at::kDouble);
}

// Two patches along x and three along t, differences of ramps.
std::vector<Tensor> weights_of_six(const Tensor& x) {
  const auto ramp = [&](int axis, double edge, double patches) {
    return 0.5 + 0.5 * at::tanh((x.narrow(1, axis, 1) - edge) * patches / 0.2);
  };
  const Tensor r = ramp(0, 0, 2), s = ramp(1, -1.0 / 3, 3), t = ramp(1, 1.0 / 3, 3);
  std::vector<Tensor> out;
  for (const Tensor& along_x : {1 - r, r})
    for (const Tensor& along_t : {1 - s, s - t, t}) out.push_back(along_x * along_t);
  return out;
}

TEST(RandomFeatures, FollowTheirFormula) {
  const Features f("features = 8\nscales = [0.5, 2]");
  const Tensor x = scaled_points();
  std::vector<Tensor> parts;
  for (const char* layer : {"frozen.0", "frozen.1"}) {
    const std::string name = layer;
    parts.push_back(at::sin(at::mm(x, f.slot(name + ".weight")) + f.slot(name + ".bias")));
  }
  const Tensor expected =
      at::mm(at::cat(parts, 1), f.slot("output.weight")) + f.slot("output.bias");
  EXPECT_LT(distance(f(box_points(x)), expected), 1e-13);
}

TEST(RandomFeatures, OfPatchesAreWeightedByAPartitionOfUnity) {
  const Features f("features = 15\nactivation = \"tanh\"\nscales = 1\npatches = { x = 2, t = 3 }");
  const Tensor x = scaled_points();
  const Tensor z = at::tanh(at::mm(x, f.slot("frozen.0.weight")) + f.slot("frozen.0.bias"));
  const auto weights = weights_of_six(x);
  Tensor sum = at::zeros_like(weights[0]);
  std::vector<Tensor> parts;
  for (int p = 0; p < 6; ++p) {
    const int first = 15 * p / 6, end = 15 * (p + 1) / 6;
    parts.push_back(weights[static_cast<std::size_t>(p)] * z.narrow(1, first, end - first));
    sum = sum + weights[static_cast<std::size_t>(p)];
  }
  EXPECT_LT((sum - 1).abs().max().item<double>(), 1e-14);
  const Tensor expected =
      at::mm(at::cat(parts, 1), f.slot("output.weight")) + f.slot("output.bias");
  EXPECT_LT(distance(f(box_points(x)), expected), 1e-13);
}

// In the coordinates of its patch, a feature's phase at the middle is drawn like any other's.
TEST(RandomFeatures, OfPatchesTurnInsideTheirPatch) {
  const Features f("features = 600\nactivation = \"tanh\"\nscales = 1\npatches = { x = 4 }");
  const Tensor w = f.slot("frozen.0.weight"), b = f.slot("frozen.0.bias").view({1, -1});
  for (int p = 0; p < 4; ++p) {
    const Tensor own = w.narrow(1, 150 * p, 150);
    const double middle = (2 * p + 1) / 4.0 - 1;
    const Tensor phase = own[0] * middle + b[0].narrow(0, 150 * p, 150);
    EXPECT_LT(phase.abs().max().item<double>(), std::sqrt(2.0));
    EXPECT_NEAR(own[0].std().item<double>(), 4, 0.8);
    EXPECT_NEAR(own[1].std().item<double>(), 1, 0.2);
  }
}

TEST(RandomFeatures, NameAnUnknownAxisOfPatches) {
  EXPECT_NE(thrown<ConfigError>([] {
              Features("patches = { y = 2 }");
            }).find("patches: there is no axis \"y\"; the axes are x, t"),
            std::string::npos);
}

// The ready file on fewer features, with a wider front.
TEST(RandomFeatures, SolveBurgersEquationInWindowsWithSoftStarts) {
  Table table = load_configuration((examples() / "burgers_random_features.toml").string());
  for (const char* word :
       {"architecture.features=150", "sampling.points=500", "windows.count=8",
        "sampling.initial.points=100", "problem.viscosity=0.05", "evaluate.grid={x=40,t=20}"})
    apply_override(table, word);
  Scratch folder;
  RunPlan plan = make_plan(table, engine().registry, engine().plugins);
  Log log{true};
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(initial_state(plan), false);
  ASSERT_TRUE(trainer.run().finished());
  EXPECT_LT(trainer.final_measurement().error(), 1e-4);
}

}  // namespace
}  // namespace banach::testing
