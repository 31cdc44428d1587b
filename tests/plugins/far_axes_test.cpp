// SPDX-License-Identifier: Apache-2.0
// Where an axis begins changes nothing: training far from zero takes the very same steps.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "tests/plugins/catalog.hpp"
#include "tests/training/toy_run.hpp"

namespace banach::testing {
namespace {

struct FarParameters {
  double from = 0, length = 6;
  std::string kind = "line";
};
void describe(Schema<FarParameters>& s) {
  s.field("from", &FarParameters::from, "where the axis begins");
  s.field("length", &FarParameters::length, "of the axis");
  s.field("kind", &FarParameters::kind, "of the equation");
}

/// u'' = -sin(x - from) on [from, from + 6], written in several ways; u = sin(x - from).
class Far final : public Problem {
 public:
  using Parameters = FarParameters;
  explicit Far(const FarParameters& p) : at_(p.from), length_(p.length), kind_(p.kind) {}
  Domain domain() const override {
    if (kind_ == "flow") return {{"x", at_, at_ + 6}, {"t", 2 * at_, 2 * at_ + 1}};
    return {{"x", at_, at_ + length_}};
  }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    Terms out = {interior("pde", body())};
    if (kind_ == "flow") {
      const auto wave = [a = at_](const Point& p) { return sin(pi / 3 * (p["x"] - a)); };
      return {out[0], initial("start", "t", wave), periodic("ends", "x")};
    }
    if (kind_ == "listed")
      out.push_back(at_points("some", {{at_ + 1}, {at_ + 2.5}},
                              [a = at_](const Field& u) { return u() - sin(u.at("x") - a); }));
    out.push_back(dirichlet("left", "x", Side::lower, 0.0));
    if (kind_ == "robin")
      out.push_back(robin("right", "x", Side::upper, 1, 1, std::sin(6.0) + std::cos(6.0)));
    else if (kind_ != "start")
      out.push_back(dirichlet("right", "x", Side::upper, std::sin(6.0)));
    if (kind_ == "start") out[1] = initial("left", "x", 0.0);
    return out;
  }
  std::optional<Exact> exact() const override {
    if (kind_ != "line" && kind_ != "robin") return std::nullopt;
    return [a = at_](const Point& p) { return sin(p["x"] - a); };
  }

 private:
  Body body() const {
    const double a = at_;
    const auto product = [a](const Field& here, const Field& there) {
      return cos(here.at("x") - there.at("x")) * there() * (there.at("x") - a);
    };
    if (kind_ == "flow")
      return [](const Field& u) { return u.d("t") + u.d("x") - 0.1 * u.d("xx"); };
    if (kind_ == "start") return [a](const Field& u) { return u.d("x") - cos(u.at("x") - a); };
    if (kind_ == "delay")
      return [](const Field& u) { return u.d("x") + u.with("x", u.at("x") - 0.5)(); };
    if (kind_ == "volterra")
      return [=](const Field& u) { return u() - u.integral_to("x", a, 4, product); };
    if (kind_ == "fredholm")
      return [=](const Field& u) {
        return u() - u.integral("x", Quadrature::gauss(4, a, a + 6), product);
      };
    if (kind_ == "random")
      return [=](const Field& u) {
        return u() - u.integral("x", Quadrature::monte_carlo(4, a, a + 6), product);
      };
    if (kind_ == "itself") return [](const Field& u) { return u.d("xx") + sin(u.at("x")); };
    return [a](const Field& u) { return u.d("xx") + sin(u.at("x") - a); };
  }
  double at_, length_;
  std::string kind_;
};

const World& engine() {
  static const auto out = [] {
    auto world = std::make_unique<World>();
    world->plugins.discover();
    world->registry.problem<Far>("far", "far from zero");
    return world;
  }();
  return *out;
}

struct Case {
  std::string architecture = "type = \"mlp\"\nwidth = 8\ndepth = 2\n";
  std::string stage = "optimizer = \"adam\"\nlr = 1e-2\nsteps = 4\n";
  std::string problem = {}, top = {}, more = {};
};

std::string text(const Case& c, double from) {
  return "threads = 1\n" + c.top +
         "\n[problem]\ntype = \"far\"\nfrom = " + fmt::format("{:.17e}", from) + "\n" + c.problem +
         "\n[architecture]\n" + c.architecture +
         "\n[sampling]\npoints = 24\nrefresh = 0\n[validation]\npoints = 16\n[evaluate]\ngrid = { "
         "x = 30 }\n" +
         c.more + "\n[[stage]]\n" + c.stage;
}

struct FarRun {
  Scratch folder;
  RunPlan plan;
  Log log{true};
  Trainer trainer;
  FarRun(const Case& c, double from)
      : plan(engine().plan(text(c, from))), trainer(plan, folder.path(), log, {}) {
    trainer.start(initial_state(plan), false);
    EXPECT_TRUE(trainer.run().finished());
  }
  at::Tensor numbers() const {
    const RunState state = trainer.capture();
    std::vector<at::Tensor> all{state.parameters, state.buffers};
    if (state.done_parameters.defined()) all.push_back(state.done_parameters.flatten());
    return at::cat(all);
  }
};

void expect_same_steps(const Case& c) {
  const at::Tensor near = FarRun(c, 0).numbers();
  ASSERT_TRUE(at::isfinite(near).all().item<bool>());
  for (const double from : {1e5, 5.4e6, 1.7e9, -1.7e9})
    EXPECT_TRUE(at::equal(FarRun(c, from).numbers(), near)) << text(c, from);
}

// Sums are rounded in another order, and nodes of a quadrature in double where they are given.
void expect_nearly_the_same(const Case& c) {
  const at::Tensor near = FarRun(c, 0).numbers();
  ASSERT_TRUE(at::isfinite(near).all().item<bool>());
  for (const double from : {1e5, 5.4e6, 1.7e9, -1.7e9}) {
    const at::Tensor off = (FarRun(c, from).numbers() - near).abs().max();
    EXPECT_LT(off.item<double>(), 1e-4) << text(c, from);
  }
}

TEST(FarAxes, EveryArchitectureTakesTheSameSteps) {
  for (const char* architecture :
       {"type = \"mlp\"\nwidth = 8\ndepth = 2\n",
        "type = \"mlp\"\nwidth = 8\ndepth = 2\nscale_inputs = false\n",
        "type = \"modified_mlp\"\nwidth = 8\ndepth = 2\n",
        "type = \"fourier_mlp\"\nwidth = 8\ndepth = 2\nfeatures = 4\n",
        "type = \"resnet\"\nwidth = 8\n", "type = \"dgm\"\nwidth = 6\n",
        "type = \"neural_ode\"\nwidth = 6\nhidden = [6]\n",
        "type = \"periodic\"\nwidth = 6\naxes = [\"x\"]\n",
        "type = \"multi_stage\"\nlevels = 1\nnetwork = { type = \"mlp\", width = 6 }\n",
        "type = \"random_features\"\nfeatures = 20\n",
        "type = \"random_features\"\nfeatures = 20\nactivation = \"tanh\"\n",
        "type = \"random_features\"\nfeatures = 20\nscales = [1]\npatches = { x = 2 }\n"})
    expect_same_steps({architecture});
}

TEST(FarAxes, EveryOptimizerTakesTheSameSteps) {
  for (const char* optimizer : {"sgd", "adam", "soap", "lbfgs", "ssbroyden", "levenberg_marquardt",
                                "gauss_newton", "natural_gradient"})
    expect_same_steps(
        {Case().architecture, std::string("optimizer = \"") + optimizer + "\"\nsteps = 3\n"});
}

TEST(FarAxes, EveryWayOfReadingTheSolutionIsTheSame) {
  for (const std::string kind :
       {"robin", "flow", "listed", "delay", "volterra", "random", "fredholm"}) {
    Case c;
    c.problem = "kind = \"" + kind + "\"\n";
    for (const char* executor : {"", "executor = \"tensor\"\n"}) {
      c.top = executor;
      kind == "fredholm" ? expect_nearly_the_same(c) : expect_same_steps(c);
    }
  }
}

TEST(FarAxes, DerivativesOfEveryKindAreTheSame) {
  for (const char* derivatives : {"nested", "finite_difference"})
    for (const char* dtype : {"float32", "float64"}) {
      Case c;
      c.top = std::string("derivatives = \"") + derivatives + "\"\ndtype = \"" + dtype + "\"\n";
      expect_same_steps(c);
    }
}

TEST(FarAxes, HardConditionsAndWindowsAreTheSame) {
  for (const char* kind : {"line", "robin", "flow"}) {
    Case c;
    c.problem = std::string("hard = true\nkind = \"") + kind + "\"\n";
    expect_nearly_the_same(c);
  }
  for (const char* start : {"hard", "soft"}) {
    Case c;
    c.problem = "kind = \"start\"\n";
    c.more = std::string("[windows]\naxis = \"x\"\ncount = 4\nstart = \"") + start + "\"\n";
    expect_nearly_the_same(c);
  }
}

// A multiple of no power of two: other points, and yet the same quality.
TEST(FarAxes, AnyPlaceIsAsGood) {
  Case c;
  c.stage = "optimizer = \"lbfgs\"\nsteps = 60\n";
  const auto error = [&](double from) {
    return FarRun(c, from).trainer.final_measurement().error();
  };
  const double near = error(0);
  for (const double from : {12345.678, 5.4e6 + 0.7, 1.7e9 + 0.25})
    EXPECT_LT(error(from), 3 * near + 1e-3) << from;
}

TEST(FarAxes, WithoutOriginsTheStepsAreOthers) {
  Case c;
  c.more = "[normalisation]\ncoordinates = false\n";
  const at::Tensor near = FarRun(Case(), 0).numbers();
  EXPECT_TRUE(at::equal(FarRun(c, 0).numbers(), near));
  for (const double from : {5.4e6, 1.7e9}) EXPECT_FALSE(at::equal(FarRun(c, from).numbers(), near));
}

TEST(FarAxes, RunsThatRecordNoOriginsHaveNone) {
  Table recorded = parse_toml(text({}, 1.7e9), "resolved.toml");
  complete_record(recorded);
  const RunPlan plan = make_plan(recorded, engine().registry, engine().plugins);
  EXPECT_EQ(plan.experiment.origins, Origins{0});
  EXPECT_EQ(plan.experiment.network->signature.coordinates[0].lower, 1.7e9);
  Table own = parse_toml("[normalisation]\ncoordinates = true\n", "resolved.toml");
  complete_record(own);
  EXPECT_TRUE(*own.find("normalisation")->get<Table>()->find("coordinates")->get<bool>());
}

TEST(FarAxes, ACoordinateThatIsReadItselfIsMentioned) {
  const auto notices = [](const std::string& top, const std::string& kind, double from) {
    Case c;
    c.top = top;
    c.problem = "kind = \"" + kind + "\"\n";
    return engine().plan(text(c, from)).notices;
  };
  EXPECT_TRUE(notices("", "line", 1.7e9).empty());
  EXPECT_TRUE(notices("", "volterra", 1.7e9).empty());
  EXPECT_TRUE(notices("", "flow", 1.7e9).empty());
  EXPECT_TRUE(notices("", "itself", 1000).empty());
  EXPECT_TRUE(notices("dtype = \"float64\"\n", "itself", 1.7e9).empty());
  ASSERT_EQ(notices("", "itself", 1.7e9).size(), 1u);
  EXPECT_EQ(notices("", "itself", 1.7e9)[0],
            "term \"pde\" reads the coordinate \"x\" itself, where numbers of this dtype are "
            "1.3e+02 apart and the axis is 6 long: write it in terms of x - 1700000000, or set "
            "dtype = \"float64\"");
}

TEST(FarAxes, RangesBeyondSinglePrecisionAreRefused) {
  const auto refusal = [](const std::string& top, double length) {
    Case c;
    c.top = top;
    c.problem = fmt::format("length = {:e}\n", length);
    return thrown<ConfigError>([&] { engine().plan(text(c, 0)); });
  };
  EXPECT_NE(refusal("", 1e-40).find("axis \"x\" is 1e-40 long: float32 holds no derivatives along "
                                    "it; give it in other units, or set dtype = \"float64\""),
            std::string::npos)
      << refusal("", 1e-40);
  EXPECT_NE(refusal("", 1e35), "");
  EXPECT_EQ(refusal("dtype = \"float64\"\n", 1e-40), "");
  EXPECT_EQ(refusal("", 1e-9), "");
}

TEST(FarAxes, AnAxisThatDoublePrecisionDoesNotResolveIsMentioned) {
  Case c;
  c.problem = "length = 1e-6\n";
  const auto notices = engine().plan(text(c, 1.7e9)).notices;
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_NE(notices[0].find("double-precision numbers are 2.4e-07 apart there"), std::string::npos)
      << notices[0];
}

}  // namespace
}  // namespace banach::testing
