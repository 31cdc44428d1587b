// SPDX-License-Identifier: Apache-2.0
// Samples with points of their own: one number each, as unaligned data of DeepONets are stored.
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/operators/operator_prediction.hpp"
#include "core/operators/operator_report.hpp"
#include "core/training/result.hpp"
#include "tests/operators/operator_world.hpp"

namespace banach::testing {
namespace {

/// s = (1 + i) y for sample i with the point y = i / 20.
double output(int sample) { return (1.0 + sample) * sample / 20.0; }

class OwnPoints : public ::testing::Test {
 protected:
  OwnPoints() {
    std::vector<double> u, y, s;
    for (int i = 0; i < 20; ++i) {
      for (int j = 0; j < 3; ++j) u.push_back(1 + i + 0.1 * j);
      y.push_back(i / 20.0), s.push_back(output(i));
    }
    Hdf5Writer file(folder_ / "triples.h5");
    file.add<double>("u", {20, 3}, u);
    file.add<double>("y", {20, 1}, y);
    file.add<double>("s", {20, 1}, s);
    file.commit();
    plan_ = world_.plan(
        "dtype = \"float64\"\n[dataset]\nfiles = \"" + (folder_ / "triples.h5").string() +
        "\"\ninputs.u = { path = \"u\", axes = \"sample sensor\", role = \"branch\" }\n"
        "inputs.y = { path = \"y\", axes = \"sample dim\", role = \"trunk\" }\n"
        "outputs.s = { path = \"s\", axes = \"sample channel\" }\n"
        "split = { train = \"0:12\", validation = \"12:16\", test = \"16:20\" }\n"
        "[architecture]\ntype = \"toy_operator\"\n[loss]\ntype = \"mse\"\n"
        "[[stage]]\nepochs = 1\n");
    trainer_ = std::make_unique<Trainer>(plan_, folder_.path(), log_, TrainerOptions{});
    trainer_->start(initial_state(plan_), false);
  }

  OperatorWorld world_;
  Scratch folder_;
  RunPlan plan_;
  Log log_{true};
  std::unique_ptr<Trainer> trainer_;
};

TEST_F(OwnPoints, AreComparedWithOneMean) {
  double mean = 0, off = 0, squares = 0, size = 0;
  for (int i = 0; i < 12; ++i) mean += output(i) / 12;
  for (int i = 16; i < 20; ++i) {
    off += std::abs(output(i) - mean) / 4;
    squares += std::pow(output(i) - mean, 2), size += std::pow(output(i), 2);
  }
  const auto report = operator_report(plan_, trainer_->all_banks(), {});
  ASSERT_EQ(report["baselines"].size(), 1U) << report;
  const auto found = report["baselines"]["mean of the training outputs"]["s.0"];
  EXPECT_NEAR(found["mae"].get<double>(), off, 1e-12);
  EXPECT_NEAR(found["relative_l2"].get<double>(), std::sqrt(squares / size), 1e-12);
  EXPECT_TRUE(report["pooled"].get<bool>());
}

TEST_F(OwnPoints, HaveATableOfErrors) {
  const auto outcome = trainer_->run();
  const auto text = result_text(result_json(plan_, *trainer_, outcome, "run"));
  for (const char* part : {"s.0 ", "mean of the training outputs  ",
                           "on the 4 samples of the test split; relative L2 is that of all "
                           "together\n"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(OwnPoints, ArePredictedWhereTheyLie) {
  const auto banks = trainer_->all_banks();
  const std::string out = (folder_ / "out.h5").string();
  const auto report =
      predict_operator(plan_, banks, {(folder_ / "triples.h5").string()}, "run", out);
  EXPECT_EQ(report.samples, 20);
  EXPECT_TRUE(report.xdmf.empty());
  const Hdf5Reader file(out);
  EXPECT_EQ(file.shape("s.0/prediction"), (Shape{20, 1}));
  EXPECT_NEAR(file.read("coords/x")[7], 7 / 20.0, 1e-7);
  EXPECT_NEAR(file.read("s.0/target")[7], output(7), 1e-6);
  const double seventh = file.read("s.0/prediction")[7];
  Hdf5Writer inputs(folder_ / "inputs.h5");  // without outputs
  inputs.add<double>("u", {1, 3}, {8, 8.1, 8.2});
  inputs.add<double>("y", {1, 1}, {7 / 20.0});
  inputs.commit();
  predict_operator(plan_, banks, {(folder_ / "inputs.h5").string()}, "run", out);
  EXPECT_NEAR(Hdf5Reader(out).read("s.0/prediction")[0], seventh, 1e-6);
}

TEST_F(OwnPoints, HaveNoScalesOfPoints) {
  auto table = plan_.resolved;
  apply_override(table, "dataset.normalisation.per=point");
  EXPECT_NE(thrown<ConfigError>([&] {
              make_plan(table, world_.registry, world_.plugins);
            }).find("dataset.normalisation.per = \"point\" needs points that all samples share"),
            std::string::npos);
}

TEST(ResultText, OneSampleHasNoMean) {
  const nlohmann::json one = {{"unknowns", nlohmann::json::object()},
                              {"terms", nlohmann::json::object()},
                              {"coefficients", nlohmann::json::object()},
                              {"baselines", nlohmann::json::object()},
                              {"split", "test"},
                              {"samples", 1}};
  EXPECT_EQ(result_text(one).rfind("on the 1 sample of the test split\n", 0), 0U)
      << result_text(one);
}

}  // namespace
}  // namespace banach::testing
