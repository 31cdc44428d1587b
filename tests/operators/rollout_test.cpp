// SPDX-License-Identifier: Apache-2.0
// Roll-outs against recurrences that are written out.
#include "core/operators/rollout.hpp"

#include <nlohmann/json.hpp>

#include "core/operators/rollout_report.hpp"
#include "datasets/trajectories.hpp"
#include "tests/operators/recurrence.hpp"

namespace banach {
namespace {

nlohmann::json report(const RunPlan& plan) {
  const RunState state = initial_state(plan);
  const Bank bank{state.parameters, state.buffers};
  return rollout_report(plan, *plan.experiment.data, *plan.opened, Split::test, bank);
}

TEST(RollOut, OfTheExactRecurrenceHasNoErrorInEveryFormOfWindows) {
  const Data data;
  for (const std::string form :
       {"n_out = 1", "n_out = 2", "n_out = 2, time_as = \"axis\"", "n_out = 3"})
    for (const bool delta : {false, true}) {
      const RunPlan plan = plan_of(data.toml(form + (delta ? ", target = \"delta\"" : ""),
                                             delta ? "delta = true" : "delta = false"));
      const auto found = report(plan);
      const std::int64_t shift = 2 * plan.configuration.dataset->window->n_out;
      ASSERT_EQ(found.at("steps").size(), static_cast<std::size_t>((times - 3) / shift)) << form;
      EXPECT_EQ(found.at("trajectories"), 1);
      for (std::size_t k = 0; k < found.at("steps").size(); ++k) {
        EXPECT_EQ(found.at("steps").at(k), shift * static_cast<std::int64_t>(k + 1));
        EXPECT_LT(found.at("relative_l2").at(k).get<double>(), 1e-12) << form << delta;
        EXPECT_LT(found.at("nrmse").at(k).get<double>(), 1e-12) << form << delta;
      }
    }
}

TEST(RollOut, OfAnotherRecurrenceErrsAsItsOwnIterationDoes) {
  const Data data;
  const Tensor v = data.z.narrow(0, 2, 1), u = states(0.8, v, data.force.narrow(0, 2, 1));
  for (const bool delta : {false, true}) {
    const auto found = report(
        plan_of(data.toml(delta ? "n_out = 2, target = \"delta\"" : "n_out = 2",
                          delta ? "a = 0.8\ndelta = true" : "a = 0.8", "[evaluate]\nrollout = 2")));
    ASSERT_EQ(found.at("steps"), (nlohmann::json{4, 8}));
    for (std::int64_t k = 0; k < 2; ++k) {
      const auto of = [&](const Tensor& t) {  // the steps of window k, [steps, component, point]
        return at::stack({t[0][4 * k + 4], t[0][4 * k + 6]});
      };
      const Tensor off = of(u) - of(v);
      const double l2 = (off.norm() / of(v).norm()).item<double>();
      const double nrmse = (off.norm(2, -1) / of(v).norm(2, -1)).mean().item<double>();
      EXPECT_GT(l2, 0.01);
      EXPECT_NEAR(found.at("relative_l2").at(static_cast<std::size_t>(k)).get<double>(), l2, 1e-12);
      EXPECT_NEAR(found.at("nrmse").at(static_cast<std::size_t>(k)).get<double>(), nrmse, 1e-12);
    }
  }
}

const std::string with_forces =
    "inputs.f = { path = \"f\", axes = \"sample time x\" }\n"
    "outputs.z = { path = \"z\", axes = \"sample time comp x\" }";

TEST(RollOut, TakesInputsThatAreNoOutputsFromTheTrueWindow) {
  const Data data(true);
  const auto found = report(plan_of(data.toml("n_out = 1", "forced = true", "", with_forces)));
  ASSERT_EQ(found.at("steps").size(), 7u);
  for (const auto& error : found.at("relative_l2")) EXPECT_LT(error.get<double>(), 1e-12);
}

TEST(RollOut, SaysWhyWindowsDoNotFollowFromEachOther) {
  const Data data;
  const auto why = [&](const std::string& window, const std::string& stage,
                       const std::string& variables = "") {
    return thrown<ConfigError>([&] { plan_of(data.toml(window, "", stage, variables)); });
  };
  EXPECT_EQ(why("n_out = 2", "rollout = 3"), "");
  EXPECT_NE(why("n_out = 2", "rollout = 4")
                .find("stage.0.rollout: roll-out: the longest training trajectory holds 3 windows "
                      "that follow from each other"),
            std::string::npos);
  const std::string other = "outputs.w = { path = \"z\", axes = \"sample time comp x\" }";
  const std::string names =
      "rollout: roll-out: no output is an input of the next window (inputs in time: z; outputs: "
      "w): leave dataset.outputs out, or give the input the name of the output";
  EXPECT_NE(why("n_out = 2", "rollout = 2", other).find("stage.0." + names), std::string::npos);
  EXPECT_NE(why("n_out = 2", "[evaluate]\nrollout = 2", other).find("evaluate." + names),
            std::string::npos);
  EXPECT_TRUE(report(plan_of(data.toml("n_out = 2", "", "", other))).is_null());
  const std::string part =
      "outputs.z = { path = \"z\", axes = \"sample time comp x\", select = { comp = 0 } }";
  EXPECT_NE(why("n_out = 2", "rollout = 2", part)
                .find("one step of \"z\" has 2 channels on (x) as an input, but 1 on (x) as an "
                      "output"),
            std::string::npos);
  const std::string scaled =
      "outputs.z = { path = \"z\", axes = \"sample time comp x\", scale = 2.0 }";
  EXPECT_NE(why("n_out = 2", "rollout = 2", scaled)
                .find("\"z\" has another transform, scale or offset as an input than as an output"),
            std::string::npos);
}

TEST(RollOut, NeedsWindows) {
  const Data data;
  DatasetParameters parameters = *plan_of(data.toml("n_out = 1")).configuration.dataset;
  parameters.window.reset();
  parameters.outputs = parameters.inputs;
  const auto set = Dataset::open(parameters);
  const auto shape = make_operator_data(parameters, set->info(), nullptr);
  EXPECT_EQ(thrown<ConfigError>([&] { RollOut r(*shape); }),
            "roll-out: the data set has no [dataset.window]: none of its samples follows another");
  EXPECT_EQ(trajectories(*set, Split::train), (std::vector<std::int64_t>{0, 1, 2}));
}

}  // namespace
}  // namespace banach
