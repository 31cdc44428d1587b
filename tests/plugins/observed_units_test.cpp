// SPDX-License-Identifier: Apache-2.0
// Units of observed values change nothing, nor do values far from zero.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <fstream>

#include "core/training/evaluation.hpp"
#include "core/training/observed_scales.hpp"
#include "core/training/recorded_function.hpp"
#include "tests/plugins/catalog.hpp"
#include "tests/training/toy_run.hpp"

namespace banach::testing {
namespace {

const World& engine() {
  static const auto out = [] {
    auto world = std::make_unique<World>();
    world->plugins.discover();
    return world;
  }();
  return *out;
}

struct Units {
  double scale = 1, shift = 0, from = 0;
};

// y = scale sin(3 x) + shift and z = x - from, observed at 24 points of [from, from + 1].
std::string observed(const Scratch& folder, const Units& units) {
  std::ofstream file(folder / "seen.csv");
  file << "x,y,z\n";
  for (int i = 0; i < 24; ++i) {
    const double x = i / 32.0;
    file << fmt::format("{:.17g},{:.17g},{:.17g}\n", units.from + x,
                        units.scale * std::sin(3 * x) + units.shift, x);
  }
  return (folder / "seen.csv").string();
}

struct Options {
  std::string optimizer = "optimizer = \"adam\"\nlr = 1e-2\n";
  int steps = 5;
  std::string architecture = "type = \"mlp\"\nwidth = 8\ndepth = 2\n", more = {}, columns = {};
  std::string outputs = "\"y\"";
};

struct Regression {
  Scratch folder;
  std::string text;
  RunPlan plan;
  Log log{true};
  Trainer trainer;
  Regression(const Units& units, const Options& o)
      : text(fmt::format(
            "threads = 1\n[problem]\ntype = \"regression\"\ninputs = {{ x = [{:.17e}, "
            "{:.17e}] }}\noutputs = [{}]\n[architecture]\n{}\n[observations.seen]\nfile = "
            "\"{}\"\n{}\n{}\n[[stage]]\n{}steps = {}\n",
            units.from, units.from + 1, o.outputs, o.architecture, observed(folder, units),
            o.columns, o.more, o.optimizer, o.steps)),
        plan(engine().plan(text)),
        trainer(plan, folder.path(), log, {}) {
    trainer.start(initial_state(plan), false);
    EXPECT_TRUE(trainer.run().finished());
  }
  at::Tensor numbers() const { return trainer.capture().parameters; }
  /// Of y at the observed points, in parts of its amplitude.
  double error(const Units& units) const {
    const Experiment& e = plan.experiment;
    const RecordedFunction y(e.network, Derivatives::exact, e.solution, e.origins,
                             static_cast<std::int64_t>(e.unknowns.size()), e.scales,
                             banks_of(trainer.capture(), at::kCPU));
    double out = 0;
    for (int i = 0; i < 24; ++i) {
      const double x = i / 32.0, at = units.from + x;
      std::vector<double> found(e.unknowns.size());
      y(&at, 1, found.data());
      const double off = found[0] - (units.scale * std::sin(3 * x) + units.shift);
      out = std::max(out, std::abs(off / units.scale));
    }
    return out;
  }
};

TEST(ObservedUnits, PowersOfTwoChangeNoBit) {
  for (const char* optimizer :
       {"adam", "lbfgs", "ssbroyden", "levenberg_marquardt", "gauss_newton"})
    for (const char* architecture :
         {"type = \"mlp\"\nwidth = 8\n", "type = \"random_features\"\nfeatures = 20\n",
          "type = \"fourier_mlp\"\nwidth = 8\nfeatures = 4\n"}) {
      Options o;
      o.optimizer = std::string("optimizer = \"") + optimizer + "\"\n";
      o.architecture = architecture;
      const at::Tensor plain = Regression({}, o).numbers();
      for (const double scale : {std::ldexp(1.0, 20), std::ldexp(1.0, -20), std::ldexp(1.0, -90)})
        EXPECT_TRUE(at::equal(Regression({scale, 0, 0}, o).numbers(), plain))
            << optimizer << " " << scale << "\n"
            << architecture;
      for (const double from : {1e5, 5.4e6, 1.7e9})
        EXPECT_TRUE(at::equal(Regression({1, 0, from}, o).numbers(), plain)) << optimizer << from;
    }
}

TEST(ObservedUnits, AreLearnedAlike) {
  Options o;
  o.optimizer = "optimizer = \"lbfgs\"\n", o.steps = 150;
  const double plain = Regression({}, o).error({});
  EXPECT_LT(plain, 0.02);
  for (const Units& units : {Units{0.01, 101325}, Units{1e-25}, Units{1e20}, Units{1e-200},
                             Units{1e200}, Units{1e6, 1e7}, Units{1e-3, 0, 1.7e9}})
    EXPECT_LT(Regression(units, o).error(units), 2 * plain + 1e-3) << units.scale;
}

TEST(ObservedUnits, WithoutScalesAreNotLearned) {
  Options o;
  o.optimizer = "optimizer = \"lbfgs\"\n", o.steps = 150;
  o.more = "[normalisation]\nobservations = false\n";
  for (const Units& units : {Units{0.01, 101325}, Units{1e-25}})
    EXPECT_GT(Regression(units, o).error(units), 0.3) << units.scale;
}

// z keeps its share of the loss, whatever y is measured in.
TEST(ObservedUnits, OfOneUnknownDoNotDrownAnother) {
  Options o;
  o.outputs = "\"y\", \"z\"";
  const at::Tensor plain = Regression({}, o).numbers();
  EXPECT_TRUE(at::equal(Regression({std::ldexp(1.0, 17)}, o).numbers(), plain));
  EXPECT_TRUE(at::allclose(Regression({1e5}, o).numbers(), plain, 1e-3, 1e-4));
  o.more = "[normalisation]\nobservations = false\n";
  EXPECT_FALSE(
      at::equal(Regression({std::ldexp(1.0, 17)}, o).numbers(), Regression({}, o).numbers()));
}

TEST(ObservedUnits, AreRecordedAndTakenFromTheRecord) {
  Options o;
  const Regression first({0.01, 101325}, o);
  const auto known = first.plan.configuration.normalisation.unknowns;
  ASSERT_EQ(known.count("y"), 1u);
  EXPECT_NEAR(known.at("y").shift, 101325, 0.02);
  EXPECT_EQ(first.plan.resolved.find("normalisation")->get<Table>()->entries.size(), 3u);
  o.more = "[normalisation.y]\nshift = 7\nscale = 2\n";
  const Regression stated({}, o);
  EXPECT_EQ(stated.plan.experiment.scales[0].shift, 7);
  EXPECT_EQ(stated.plan.experiment.scales[0].scale, 2);
}

TEST(ObservedUnits, OfUnknownsWithEquationsStayTheirOwn) {
  const Scratch folder;
  std::ofstream(folder / "seen.csv") << "t,y\n0.5,3\n1,4\n";
  const auto text = [&](const std::string& more) {
    return "[problem]\ntype = \"toy_decay\"\n[architecture]\ntype = "
           "\"toy_net\"\n[observations.seen]\n"
           "file = \"" +
           (folder / "seen.csv").string() + "\"\n" + more + "[[stage]]\nsteps = 1\n";
  };
  const RunPlan plan = engine().plan(text(""));
  EXPECT_TRUE(plan.experiment.scales.empty());
  EXPECT_EQ(plan.experiment.terms.back().data.at("observed.y"), (std::vector<double>{3, 4}));
  EXPECT_NE(thrown<ConfigError>([&] {
              engine().plan(text("[normalisation.y]\nscale = 2\n"));
            }).find("normalisation.y: equations or conditions determine \"y\" in its own units"),
            std::string::npos);
  EXPECT_NE(thrown<ConfigError>([&] {
              engine().plan(text("[normalisation.q]\nscale = 2\n"));
            }).find("normalisation.q: there is no unknown \"q\"; the unknowns are y"),
            std::string::npos);
}

TEST(ObservedUnits, OfSeveralUnknownsWithEquationsAreDividedByTheirSpread) {
  const Scratch folder;
  std::ofstream(folder / "seen.csv") << "t,y,w\n0.5,3,100\n1,5,300\n";
  const RunPlan plan = engine().plan(
      "[problem]\ntype = \"toy_turn\"\n[architecture]\ntype = "
      "\"toy_net\"\n[observations.seen]\nfile = "
      "\"" +
      (folder / "seen.csv").string() + "\"\n[[stage]]\nsteps = 1\n");
  const RecordedTerm& term = plan.experiment.terms.back();
  EXPECT_EQ(term.data.at("observed.y"), (std::vector<double>{3, 5}));
  EXPECT_EQ(term.data.at("observed.w"), (std::vector<double>{1, 3}));
  EXPECT_TRUE(plan.experiment.scales.empty());
}

TEST(ObservedUnits, SpreadsOfAnyNumbersAreFinite) {
  EXPECT_EQ(scale_of({2, 4}).scale, 1);
  EXPECT_EQ(scale_of({2, 4}).shift, 3);
  EXPECT_EQ(scale_of({5, 5, 5}).scale, 5);
  EXPECT_EQ(scale_of({0, 0}).scale, 1);
  EXPECT_EQ(scale_of({}).scale, 1);
  EXPECT_DOUBLE_EQ(scale_of({1e300, -1e300}).scale, 1e300);
  EXPECT_DOUBLE_EQ(scale_of({2e-300, 4e-300}).scale, 1e-300);
}

}  // namespace
}  // namespace banach::testing
