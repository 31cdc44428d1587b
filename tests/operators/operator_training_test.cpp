// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/operators/data_loss.hpp"
#include "core/operators/metrics.hpp"
#include "core/operators/operator_errors.hpp"
#include "core/operators/operator_prediction.hpp"
#include "core/operators/operator_report.hpp"
#include "tests/operators/operator_world.hpp"

namespace banach::testing {
namespace {

const std::string physics = "[problem]\ntype = \"antiderivative\"\n[weights]\ndata = 0.5\n";

struct OperatorRun {
  OperatorWorld world;
  Scratch folder;
  RunPlan plan;
  Log log{true};
  std::unique_ptr<Trainer> trainer;
  explicit OperatorRun(const std::string& stage, const std::string& rest = "",
                       const std::string& architecture = "toy_operator", int every = 1) {
    write_pairs(folder);
    plan = world.plan(pairs(folder, architecture, stage,
                            rest + "[checkpoint]\nevery = " + std::to_string(every) +
                                "\nkeep = 50\n[validation]\nevery = 4\n"));
    trainer = std::make_unique<Trainer>(plan, folder.path(), log, TrainerOptions{});
  }
  void train() {
    trainer->start(initial_state(plan), false);
    ASSERT_TRUE(trainer->run().finished());
  }
  OperatorObjective objective() const {
    const RunState state = initial_state(plan);
    return OperatorObjective(plan, 0, state.parameters, state.buffers);
  }
};

TEST(OperatorObjective, ItsGradientIsThatOfItsLoss) {
  for (const std::string& rest : {std::string(), physics}) {
    const OperatorRun run("epochs = 1\nbatch = 4", rest);
    OperatorObjective objective = run.objective();
    objective.begin_step(1, 3, 3);
    const at::Tensor gradient = objective.gradient().gradient.clone();
    at::Tensor& p = objective.parameters();
    for (std::int64_t k = 0; k < p.numel(); k += 7) {
      const double h = 1e-6;
      const auto at = [&](double by) {
        at::NoGradGuard no_grad;
        p[k].add_(by);
        const double loss = objective.value().item<double>();
        p[k].sub_(by);
        return loss;
      };
      EXPECT_NEAR((at(h) - at(-h)) / (2 * h), gradient[k].item<double>(), 1e-7) << k;
    }
  }
}

TEST(OperatorObjective, AnEpochSeesEverySampleOnce) {
  const OperatorRun run("epochs = 2\nbatch = 4");
  EXPECT_EQ(run.plan.stages[0].parameters.steps, 8);  // 13 samples: 4 + 4 + 4 + 1
  const auto dataset = run.plan.opened;
  Loader loader(dataset, Split::train, 4, 9, NumberType::float64);
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::vector<int> seen(13, 0);
    for (std::int64_t k = 0; k < 4; ++k)
      for (const auto i : loader.batch(4 * epoch + k).samples) ++seen[static_cast<std::size_t>(i)];
    EXPECT_EQ(seen, std::vector<int>(13, 1));
  }
}

// The residual that training sees is s' - u: for the exact integral it is that of the spline alone.
TEST(OperatorNetwork, ReadsInputFunctionsAtCollocationPoints) {
  const OperatorRun run("steps = 1\nbatch = 5", physics);
  const RunState state = initial_state(run.plan);
  OperatorNetwork network(run.plan.experiment, Derivatives::exact, Phase::training,
                          at::TensorOptions(at::kDouble));
  Loader loader(run.plan.opened, Split::train, 5, 1, NumberType::float64);
  const OperatorBatch raw = make_batch(*run.plan.experiment.data, loader.batch(0).arrays, 5,
                                       at::TensorOptions(at::kDouble));
  const OperatorBatch batch = network.scaled(raw);
  const at::Tensor x = at::linspace(0.05, 0.95, 10, at::kDouble).unsqueeze(1);
  const PointSet inside{x, {}, {}}, start{at::zeros({1, 1}, at::kDouble), {}, {}};
  const Bank bank{state.parameters, state.buffers};
  const auto found = network.evaluate(bank, batch, {inside, start}, true);
  ASSERT_EQ(found.residuals[0].sizes().vec(), (std::vector<std::int64_t>{5, 10, 1}));
  EXPECT_EQ(found.outputs.sizes().vec(), (std::vector<std::int64_t>{5, 1, 11}));
  // s' by differences of predictions at moved points, u by the formula behind the file.
  const at::Tensor u = raw.inputs[0].select(1, 0);  // [5, 11]: a + b cos(pi x)
  const at::Tensor a = (u.select(1, 0) + u.select(1, 10)) / 2,
                   b = (u.select(1, 0) - u.select(1, 10)) / 2;
  const at::Tensor exact_u = a.unsqueeze(1) + b.unsqueeze(1) * at::cos(M_PI * x.t());
  const auto slope = [&] {
    const double h = 1e-5;
    OperatorData moved = *run.plan.experiment.data;
    const auto at_points = [&](double by) {
      moved.points = x + by;
      moved.extents = {10};
      return network.predict(bank, moved, raw).select(1, 0);
    };
    return (at_points(h) - at_points(-h)) / (2 * h);
  }();
  EXPECT_LT((found.residuals[0].squeeze(-1) - (slope - exact_u)).abs().max().item<double>(), 5e-4);
}

TEST(Trainer, ResumesAnOperatorInTheMiddleOfAnEpochWithTheSameBytes) {
  for (const std::string& rest : {std::string(), physics})
    for (const double budget : {0.0, 1e-9}) {  // in memory, and read block by block
      OperatorRun whole("epochs = 3\nbatch = 4", rest);
      if (budget > 0)
        whole.plan.opened.reset(), whole.plan.configuration.dataset->memory_budget = budget;
      whole.train();
      const Checkpoints saved(whole.folder / "checkpoints");
      OperatorRun part("epochs = 3\nbatch = 4", rest);
      for (const char* name : {"metrics.csv", "metrics.jsonl", "timing.csv"})
        std::filesystem::copy_file(whole.folder / name, part.folder / name);
      const auto middle = saved.path_of(6);
      part.trainer->start(to_state(Checkpoints::load(middle).container, middle.string()), true);
      ASSERT_TRUE(part.trainer->run().finished());
      EXPECT_TRUE(
          at::equal(part.trainer->capture().parameters, whole.trainer->capture().parameters));
      EXPECT_EQ(text_of(part.folder / "metrics.csv"), text_of(whole.folder / "metrics.csv"));
    }
}

TEST(OperatorReport, StatesErrorsInPhysicalUnitsBesideBaselines) {
  OperatorRun run("epochs = 3000\nlr = 2e-2\nbatch = 0\nschedule = { type = \"cosine\" }", "",
                  "toy_operator", 5000);
  run.train();
  const auto report = operator_report(run.plan, run.trainer->all_banks(), {});
  EXPECT_EQ(report["samples"], 4);
  const double error = report["unknowns"]["s"]["relative_l2"];
  const double mean = report["baselines"]["mean of the training outputs"]["s"]["relative_l2"];
  EXPECT_LT(error, 0.2 * mean);
  EXPECT_LT(report["baselines"]["linear least squares"]["s"]["relative_l2"].get<double>(), 1e-3);
  EXPECT_NEAR(report["metrics"]["s"]["relative_l2"].get<double>(), error, 1e-9);
}

TEST(Prediction, WritesWhatStockReadersUnderstand) {
  OperatorRun run("epochs = 1\nbatch = 4");
  run.train();
  const auto out = run.folder / "out.h5";
  const auto report = predict_operator(run.plan, run.trainer->all_banks(),
                                       {(run.folder / "pairs.h5").string()}, "run", out);
  EXPECT_EQ(report.samples, 20);
  EXPECT_TRUE(report.targets);
  const Hdf5Reader file(out);
  EXPECT_EQ(file.shape("s/prediction"), (Shape{20, 11}));
  const auto found = file.read("s/prediction"), target = file.read("s/target"),
             off = file.read("s/error");
  const Hdf5Reader given(run.folder / "pairs.h5");
  const auto s = given.read("s");
  for (std::size_t i = 0; i < s.size(); ++i) {
    EXPECT_NEAR(target[i], s[i], 1e-7);
    EXPECT_NEAR(off[i], found[i] - target[i], 1e-6);
  }
  EXPECT_EQ(file.read("x").size(), 11u);
  EXPECT_TRUE(std::filesystem::exists(report.xdmf));
}

TEST(Prediction, NeedsNoOutputs) {
  OperatorRun run("epochs = 1\nbatch = 4");
  run.train();
  const Hdf5Reader given(run.folder / "pairs.h5");
  Hdf5Writer inputs(run.folder / "inputs.h5");
  for (const char* name : {"u", "x"}) inputs.add(name, given.shape(name), given.read(name));
  inputs.commit();
  const auto predicted = [&](const char* file) {
    const auto out = run.folder / "out.h5";
    predict_operator(run.plan, run.trainer->all_banks(), {(run.folder / file).string()}, "run",
                     out);
    return Hdf5Reader(out).read("s/prediction");
  };
  EXPECT_EQ(predicted("inputs.h5"), predicted("pairs.h5"));
}

TEST(DataLoss, AVanishingTargetCountsByTheSizeOfTheOthers) {
  const at::Tensor target = at::tensor({3.0, 4.0, 0.0, 0.0}, at::kDouble).reshape({2, 1, 2});
  const at::Tensor outputs = at::tensor({3.0, 4.5, 0.0, 0.25}, at::kDouble).reshape({2, 1, 2});
  const at::Tensor losses = sample_losses("relative_l2", outputs, target, {});
  EXPECT_NEAR(losses[0].item<double>(), 0.1, 1e-15);
  EXPECT_NEAR(losses[1].item<double>(), 0.1, 1e-15);  // 0.25 of a mean norm of 2.5
}

TEST(DataLoss, IsTheMeanOverOutputsOfTheirOwn) {
  const at::Tensor outputs = at::sin(at::arange(24, at::kDouble)).reshape({2, 3, 4});
  const at::Tensor target = at::cos(at::arange(24, at::kDouble) + 1).reshape({2, 3, 4});
  for (const std::string type : {"relative_l2", "mse", "mae", "h1"}) {
    const LossGrid grid{{0.25}, {false}, {}};
    at::Tensor mean = at::zeros({2}, at::kDouble);
    for (std::int64_t c = 0; c < 3; ++c)
      mean += sample_losses(type, outputs.narrow(1, c, 1), target.narrow(1, c, 1), grid) / 3;
    EXPECT_TRUE(at::allclose(sample_losses(type, outputs, target, grid), mean, 1e-14, 0)) << type;
  }
}

TEST(DataLoss, OfSingleNumbersDoesNotDivideByThem) {
  const at::Tensor target = at::tensor({1e-3, -1.0}, at::kDouble).reshape({2, 1, 1});
  const at::Tensor losses = sample_losses("relative_l2", target + 0.5, target, {});
  EXPECT_NEAR(losses[0].item<double>(), 0.5, 1e-15);
  EXPECT_NEAR(losses[1].item<double>(), 0.5, 1e-15);
}

TEST(Weights, ArePointsThatAreThereSeveralTimes) {
  OperatorData data;
  data.unknowns = {"u", "v"};
  data.weights = at::tensor({2.0, 1.0, 1.0}, at::kDouble) * 0.75;
  const at::Tensor outputs = at::sin(at::arange(12, at::kDouble)).reshape({2, 2, 3});
  const at::Tensor target = at::cos(at::arange(12, at::kDouble) + 1).reshape({2, 2, 3});
  const auto twice = [](const at::Tensor& t) { return at::cat({t.narrow(2, 0, 1), t}, 2); };
  for (const std::string type : {"relative_l2", "mse", "mae"}) {
    const at::Tensor found = sample_losses(type, outputs, target, {{}, {}, data.weights});
    const at::Tensor wanted = sample_losses(type, twice(outputs), twice(target), {});
    EXPECT_TRUE(at::allclose(found, wanted, 1e-13, 0)) << type;
    EXPECT_FALSE(at::allclose(found, sample_losses(type, outputs, target, {}))) << type;
  }
  const auto reported = [&](const at::Tensor& weights, const auto& points) {
    data.weights = weights;
    OperatorErrors errors(data);
    OperatorMetrics metrics(data.unknowns, false, std::nullopt, weights);
    errors.add(points(outputs), points(target)), metrics.add(points(outputs), points(target));
    return nlohmann::json{errors.json()["unknowns"], metrics.json()}.flatten();
  };
  const auto once = [](const at::Tensor& t) { return t; };
  const auto found = reported(data.weights, once), wanted = reported({}, twice);
  for (const auto& [key, value] : wanted.items())
    EXPECT_NEAR(found.at(key).template get<double>(), value.template get<double>(), 1e-13) << key;
  EXPECT_NE(found, reported({}, once));
}

TEST(OperatorData, NeedsSamplesToTrainOn) {
  const Scratch folder;
  write_pairs(folder);
  std::string text = pairs(folder, "toy_grid", "steps = 1");
  text.replace(text.find("0:13"), 4, "5:5");
  EXPECT_EQ(thrown<ConfigError>([&] { OperatorWorld().plan(text); }),
            "case.toml:7:19: dataset.split.train: \"5:5\" leaves no samples to train on; give a "
            "fraction like 0.8 "
            "or a slice like \"0:1000\"");
}

TEST(OperatorData, SaysWhatDoesNotFit) {
  const auto error = [](const std::string& rest, const std::string& architecture) {
    return thrown<ConfigError>([&] { OperatorRun("steps = 1", rest, architecture); });
  };
  EXPECT_NE(error("", "toy_net").find("has no use for the input function \"u\""),
            std::string::npos);
  EXPECT_NE(error("[problem]\ntype = \"toy_darcy\"\n", "toy_grid")
                .find("the problem's input functions are a, those of the data set u"),
            std::string::npos);
}

}  // namespace
}  // namespace banach::testing
