// SPDX-License-Identifier: Apache-2.0
// Scales of inputs and outputs: how they are fitted, kept, taken from older runs, and undone.
#include <fcntl.h>

#include <nlohmann/json.hpp>

#include "core/operators/channel_sums.hpp"
#include "core/operators/operator_errors.hpp"
#include "core/operators/operator_prediction.hpp"
#include "tests/operators/units.hpp"

namespace banach::testing {
namespace {

TEST(ChannelSums, AreThoseOfAllValuesWhateverTheirSize) {
  at::manual_seed(1);
  const at::Tensor x = at::randn({50, 3}, at::kDouble) + 2;
  for (const double factor : {1.0, 1e-320, 1e-200, 1e20, 1e300}) {
    ChannelSums sums;
    const at::Tensor values = x * factor;
    for (const auto& [first, count] : {std::pair(0, 7), std::pair(7, 40), std::pair(47, 3)})
      sums.add(values.narrow(0, first, count));
    const Scaling found = sums.scaling("zscore");
    const double bound = factor == 1e-320 ? 0.05 : 1e-13;  // numbers that small have few digits
    EXPECT_TRUE(at::allclose(found.shift / factor, x.mean(0), bound, bound)) << factor;
    EXPECT_TRUE(at::allclose(found.scale / factor, x.std(0, false), bound, bound)) << factor;
  }
  ChannelSums sums;
  sums.add(at::tensor({101325.01, 101324.99}, at::kDouble).unsqueeze(1));
  EXPECT_NEAR(sums.scaling("zscore").scale.item<double>(), 0.01, 1e-10);
}

// 8 training samples of one input and one output p on 4 points, p of this type.
template <class T>
std::vector<std::string> notices_of(double from, double factor) {
  const Scratch folder;
  Hdf5Writer file(folder / "data.h5");
  std::vector<double> a;
  std::vector<T> p;
  for (int i = 0; i < 40; ++i) a.push_back(std::sin(i));
  for (int i = 0; i < 40; ++i) p.push_back(static_cast<T>(from + factor * std::cos(i)));
  file.add<double>("a", {10, 4}, a);
  file.add<T>("p", {10, 4}, p);
  file.commit();
  const RunPlan plan = UnitsWorld::get().plan(
      "[dataset]\nfiles = \"" + (folder / "data.h5").string() +
      "\"\ninputs.a = { path = \"a\", axes = \"sample x\" }\noutputs.p = { path = \"p\", axes = "
      "\"sample x\" }\ncoords.x = { linspace = [0.0, 1.0] }\nsplit = { train = \"0:8\", validation "
      "= \"8:9\", test = \"9:10\" }\n" +
      small_deeponet + "[[stage]]\nsteps = 1\n");
  std::vector<std::string> out;
  initial_state(plan, &out);
  return out;
}

TEST(Scales, SayWhichChannelsAreConstantAndWhichTheFilesHardlyResolve) {
  EXPECT_TRUE(notices_of<double>(101325, 0.01).empty());
  EXPECT_TRUE(notices_of<float>(0, 1e-25).empty());
  const auto coarse = notices_of<float>(101325, 0.02);
  ASSERT_EQ(coarse.size(), 1u);
  EXPECT_EQ(coarse[0],
            "dataset: output \"p\" varies by 0.014 about 101325, which the type of its numbers in "
            "the files resolves to 0.012 only; store it as float64, or as differences from a "
            "reference");
  for (const auto& constant : {notices_of<double>(101325, 0), notices_of<double>(101325, 1e-9),
                               notices_of<float>(0, 0), notices_of<float>(1e-20, 1e-28)})
    EXPECT_EQ(
        constant,
        (std::vector<std::string>{"dataset: output \"p\" is constant over the training samples"}));
}

TEST(Scales, KeepTheDigitsOfPredictionsFarFromZero) {
  Units units;
  units.p = 0.01, units.p_from = 101325;
  const UnitsData data(units, Places::line);
  RunPlan plan = data.plan("float32", small_deeponet, "steps = 300\nlr = 1e-2", "");
  const Scratch folder;
  Log log{true};
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(initial_state(plan), false);
  ASSERT_TRUE(trainer.run().finished());
  predict_operator(plan, trainer.all_banks(), plan.configuration.dataset->files, "run",
                   folder / "out.h5");
  const Hdf5Reader file(folder / "out.h5");
  const auto found = file.read("p/prediction"), target = file.read("p/target"),
             error = file.read("p/error");
  double sum = 0, spread = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(error[i], found[i] - target[i]);
    sum += std::abs(error[i]), spread += std::abs(target[i] - 101325.03);
  }
  EXPECT_LT(sum, 0.5 * spread);  // float32 has steps of 0.0078 there
}

// What an older run has: scales among its fixed numbers alone, coordinates without an origin.
RunState older(RunState state) {
  state.scales = at::Tensor();
  state.dataset.erase("origin");
  return state;
}

TEST(Scales, OfAnOlderRunAreTakenFromItsFixedNumbers) {
  for (const std::string data :
       {"", "normalisation.per = \"point\"\n", "normalisation.outputs = \"none\"\n"}) {
    const UnitsData files({}, Places::line);
    const RunPlan plan = files.plan("float64", small_fno, "steps = 20", "", data);
    const Normaliser& scales = plan.experiment.normaliser;
    RunState state = initial_state(plan);
    const at::Tensor fitted = scales.numbers();
    scales.set(at::full_like(fitted, 7));
    take_scales(older(state), plan, plan.dataset().get());
    EXPECT_TRUE(at::allclose(scales.numbers(), fitted, 1e-15, 0)) << data;
    take_scales(state, plan);
    EXPECT_TRUE(at::equal(scales.numbers(), fitted)) << data;
  }
}

TEST(Scales, AResumedOlderRunMeasuresItsBestAgain) {
  const UnitsData data({}, Places::line);
  RunPlan plan = data.plan("float32", small_fno, "steps = 40", "");
  const Scratch folder;
  Log log{true};
  log.open(open_file(folder / "log.txt", O_RDWR | O_CREAT | O_APPEND), folder / "log.txt");
  {
    Trainer trainer(plan, folder.path(), log, {});
    trainer.start(initial_state(plan), false);
    ASSERT_TRUE(trainer.run().finished());
  }
  const Checkpoints saved(folder / "checkpoints");
  const double best = *to_state(saved.load_best().container, "best").best;
  std::vector<std::string> ignored;
  RunState state = older(to_state(saved.load_last(ignored).container, "last"));
  state.best = 1e-9;  // of another loss: nothing would ever be better
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(std::move(state), true);
  EXPECT_NEAR(*trainer.state().best, best, 1e-6 * best);
  EXPECT_TRUE(trainer.state().scales.defined());
}

TEST(Scales, OfACheckpointThatIsTooShortAreRefused) {
  const UnitsData data({}, Places::line);
  const RunPlan plan = data.plan("float32", small_fno, "steps = 1", "");
  RunState state = initial_state(plan);
  state.scales = state.scales.narrow(0, 0, 3);
  EXPECT_NE(thrown<DataError>([&] {
              take_scales(state, plan);
            }).find("the checkpoint has 3 scales of inputs and outputs"),
            std::string::npos);
}

TEST(Scales, OfPointsHaveOneOfEachPoint) {
  const UnitsData data({}, Places::points);
  const RunPlan plan =
      data.plan("float32", small_deeponet, "steps = 1", "", "normalisation.per = \"point\"\n");
  EXPECT_EQ(initial_state(plan).scales.numel(), 2 * (9 + 9 + 18 + 2));  // losses: per channel
}

TEST(Baselines, DoNotDependOnUnits) {
  const auto errors = [](const Units& units) {
    const UnitsData files(units, Places::line);
    auto data = *files.plan("float32", small_fno, "steps = 1", "").experiment.data;
    data.parameters.split.train.text = "0:10";
    data.parameters.split.validation.text = "0:0";
    return baseline_errors(data, *Dataset::open(data.parameters), Split::test).dump();
  };
  const Units mixed{1048576, 1.0 / 1048576};
  EXPECT_EQ(errors(mixed), errors({}));
}

}  // namespace
}  // namespace banach::testing
