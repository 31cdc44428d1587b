// SPDX-License-Identifier: Apache-2.0
// Frozen layers drawn in several ways: the best is kept, errors are named, runs resume exactly.
#include "core/training/feature_search.hpp"

#include <ATen/ATen.h>

#include "core/optimizers/least_squares.hpp"
#include "core/training/bending.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

struct WaveParameters {
  double waves = 1;
};
void describe(Schema<WaveParameters>& s) {
  s.field("waves", &WaveParameters::waves, "half waves on [0, 1]").positive();
}
/// u' = a cos(a x), u(0) = 0 with a = pi waves.
class Wave final : public Problem {
 public:
  using Parameters = WaveParameters;
  explicit Wave(const Parameters& p) : a_(pi * p.waves) {}
  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {interior("ode", [a = a_](const Field& u) { return u.d("x") - a * cos(a * u.at("x")); }),
            initial("start", "x", 0.0)};
  }
  std::optional<Exact> exact() const override {
    return [a = a_](const Point& p) { return sin(a * p["x"]); };
  }

 private:
  double a_;
};

/// Frozen sines of one of two scales; the third draw is the second one again, but looks at the
/// solution.
class Draws final : public Architecture {
 public:
  struct Parameters {
    bool wrong = false;
  };
  Draws(const Parameters& p, Builder& b)
      : wrong_(p.wrong),
        frozen_(b.fixed("frozen", b.inputs(), 40, Init{Init::Kind::normal, 1},
                        Init{Init::Kind::uniform, pi})),
        out_(b.linear("output", 40, b.outputs(), Init{Init::Kind::zeros})) {}
  Expression forward(const Inputs& in) const override { return out_(sin(frozen_(in.points()))); }
  std::vector<std::string> draws() const override { return {"slow", "fast", "seen"}; }
  void draw(int way, Preparation& p) override {
    double scale = way == 0 ? 0.01 : 20;
    if (way == 2) {
      const auto points = p.points(64);
      for (const double turn : p.bending(points)) scale = std::max(scale, 0 * turn);
    }
    std::vector<double> w(static_cast<std::size_t>(frozen_.in) * 40);
    p.stream().normal(static_cast<std::int64_t>(w.size()), w.data());
    for (double& v : w) v *= scale;
    p.set(wrong_ ? out_.weight : frozen_.weight, w);
  }

 private:
  bool wrong_;
  Linear frozen_, out_;
};
void describe(Schema<Draws::Parameters>& s) {
  s.field("wrong", &Draws::Parameters::wrong, "sets what is trained");
}

World& world() {
  static World world;
  static const bool enrolled = [] {
    world.registry.problem<Wave>("wave", "");
    world.registry.architecture<Draws>("draws", "");
    return true;
  }();
  BANACH_ASSERT(enrolled);
  return world;
}

std::string waves(const std::string& waves, const std::string& more = "") {
  return "dtype = \"float64\"\n[problem]\ntype = \"wave\"\nwaves = " + waves +
         "\n[architecture]\ntype = \"draws\"\n" + more +
         "\n[sampling]\nmethod = \"sobol\"\npoints = 100\nrefresh = 0\n[weights]\nstart = 10.0\n"
         "[checkpoint]\nevery = 1\nkeep = 100\n[[stage]]\noptimizer = \"gauss_newton\"\nsteps = "
         "2\n";
}

struct SearchRun {
  Scratch folder;
  RunPlan plan;
  Log log{true};
  Trainer trainer;
  explicit SearchRun(const std::string& text)
      : plan(world().plan(text)), trainer(plan, folder.path(), log, TrainerOptions{}) {}
  void run() {
    trainer.start(initial_state(plan), false);
    ASSERT_TRUE(trainer.run().finished());
  }
};

TEST(FeatureSearch, AScaleThatIsFarOffLoses) {
  SearchRun fast(waves("10.0"));
  fast.run();
  EXPECT_GT(fast.trainer.state().draw, 0);
  EXPECT_LT(fast.trainer.final_measurement().error(), 1e-6);
}

TEST(FeatureSearch, WindowsResumeExactlyFromEveryCheckpoint) {
  const std::string text = waves("20.0") + "[windows]\naxis = \"x\"\ncount = 3\n";
  SearchRun whole(text);
  whole.run();
  EXPECT_GT(whole.trainer.state().draw, 0);
  EXPECT_TRUE(whole.trainer.state().spacing.defined());
  const auto expected = essence(whole.trainer.capture());
  const Checkpoints saved(whole.folder / "checkpoints");
  ASSERT_GE(saved.steps().size(), 3u);
  for (const auto step : saved.steps()) {
    SearchRun rest(text);
    for (const char* name : {"metrics.csv", "metrics.jsonl", "timing.csv"})
      fs::copy_file(whole.folder / name, rest.folder / name);
    const auto path = saved.path_of(step);
    rest.trainer.start(to_state(Checkpoints::load(path).container, path.string()), true);
    ASSERT_TRUE(rest.trainer.run().finished());
    EXPECT_EQ(essence(rest.trainer.capture()), expected) << step;
  }
}

TEST(FeatureSearch, NamesTheParameterThatADrawMustNotSet) {
  SearchRun run(waves("1.0", "wrong = true"));
  EXPECT_EQ(thrown<ConfigError>([&] { run.run(); }),
            "draw: parameter \"output.weight\" is trained, not frozen");
}

TEST(FeatureSearch, BendingIsTheInverseOfTheLengthOfChange) {
  const RunPlan plan = world().plan(waves("4.0"));
  Experiment e = plan.experiment;
  e.trained = *e.problem->exact();
  std::vector<double> parameters, buffers;
  initialise(e.network->layout, 0, parameters, buffers);
  const Bank bank{at::tensor(parameters, at::TensorOptions(at::kDouble)),
                  at::tensor(buffers, at::TensorOptions(at::kDouble))};
  Bending bending(e, e.domain, bank, {}, true);
  ASSERT_TRUE(bending.look_at(bank.parameters, bank.buffers, Stream(0, "test")));
  const double a = 4 * pi, x = 0.3;
  const double slope = a * std::cos(a * x) / 2, curvature = a * a * std::abs(std::sin(a * x)) / 2;
  EXPECT_NEAR(bending.at_points({x})[0], 0.5 * std::sqrt(slope * slope + curvature), 1e-4);
  const at::Tensor map = bending.spacing();
  EXPECT_EQ(map[0][0].item<double>(), 0);
  EXPECT_EQ(map[0][-1].item<double>(), 1);
  EXPECT_GT((map[0].narrow(0, 1, 128) - map[0].narrow(0, 0, 128)).min().item<double>(), 0);
}

TEST(LeastSquares, ATallSystemOfDependentColumnsHasItsShortestSolution) {
  const at::Tensor base = at::tensor({1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 11.0},
                                     at::TensorOptions(at::kDouble))
                              .view({10, 1});
  const at::Tensor j = at::cat({base, base, at::ones({10, 1}, at::kDouble)}, 1);
  const at::Tensor r = -(2 * base.squeeze(1) + 3);
  for (const bool svd : {false, true}) {
    const at::Tensor step = least_squares_step(j, r, 1e-12, svd);
    EXPECT_NEAR(step[0].item<double>(), 1, 1e-12);
    EXPECT_NEAR(step[1].item<double>(), 1, 1e-12);
    EXPECT_NEAR(step[2].item<double>(), 3, 1e-12);
  }
}

}  // namespace
}  // namespace banach
