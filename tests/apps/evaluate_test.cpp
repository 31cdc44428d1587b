// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "banach/model.hpp"
#include "core/run/checkpoints.hpp"
#include "tests/apps/command.hpp"

namespace banach {
namespace {

using nlohmann::json;
using testing::banach;
using testing::copy_of;
using testing::quoted;
using testing::Scratch;
using testing::text_of;
using testing::trained;

std::vector<std::string> keys(const json& object) {
  std::vector<std::string> out;
  for (const auto& entry : object.items()) out.push_back(entry.key());
  return out;
}

json evaluated(const std::filesystem::path& run, const std::string& options = "") {
  const auto output = banach("evaluate " + quoted(run.string()) + " --json " + options);
  EXPECT_EQ(output.code, 0) << output.err;
  return json::parse(output.out);
}

TEST(Evaluate, SaysWhatTheTrainingSaid) {
  const auto run = trained("heat");
  const json now = evaluated(run), then = json::parse(text_of(run / "result.json"));
  for (const auto& key : keys(then))
    if (key != "run" && key != "score" && key != "warnings") {  // the latter: of the training alone
      EXPECT_EQ(now.at(key), then.at(key)) << key;
    }
}

TEST(Evaluate, KeysAreStable) {
  const json result = evaluated(trained("heat"));
  EXPECT_EQ(keys(result),
            (std::vector<std::string>{"best_step", "checkpoint", "coefficients", "error_known",
                                      "grid", "name", "run", "steps", "stop_reason", "terms",
                                      "train_seconds", "unknowns", "validation_loss"}));
  EXPECT_EQ(keys(result["unknowns"]), (std::vector<std::string>{"u"}));
  EXPECT_EQ(keys(result["unknowns"]["u"]),
            (std::vector<std::string>{"mae", "max_error", "relative_l2"}));
  EXPECT_EQ(keys(result["terms"]), (std::vector<std::string>{"initial", "left", "pde", "right"}));
  EXPECT_EQ(keys(result["terms"]["pde"]), (std::vector<std::string>{"rms"}));
  EXPECT_EQ(result["steps"], 60);
  EXPECT_GT(result["train_seconds"], 0.0);
  EXPECT_EQ(result["checkpoint"], "step-000000000060.ck");
  EXPECT_EQ(result["grid"], (json{{"x", 40}, {"t", 40}}));
}

TEST(Evaluate, ErrorsAreThoseOfTheModelsPredictions) {
  const auto run = trained("heat");
  const json errors = evaluated(run, "--grid x=7,t=5")["unknowns"]["u"];
  const Model model = Model::load(run);
  double sum = 0, most = 0, squares = 0, scale = 0;
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 5; ++j) {
      const double x = i == 6 ? pi : pi * i / 6, t = 3 * j / 4.0;
      const double exact = std::sin(x) * std::exp(-t), off = model.predict({x, t})[0] - exact;
      sum += std::abs(off), most = std::max(most, std::abs(off));
      squares += off * off, scale += exact * exact;
    }
  EXPECT_NEAR(errors["mae"].get<double>(), sum / 35, 1e-6);
  EXPECT_NEAR(errors["max_error"].get<double>(), most, 1e-6);
  EXPECT_NEAR(errors["relative_l2"].get<double>(), std::sqrt(squares / scale), 1e-6);
}

TEST(Evaluate, LearnedCoefficientStandsBesideItsTruth) {
  const auto run = trained("heat", "'problem.conductivity={learn=0.5,truth=1.0}'");
  const json result = evaluated(run);
  const json kappa = result["coefficients"]["conductivity"];
  EXPECT_EQ(kappa["truth"], 1.0);
  EXPECT_NE(kappa["value"], 0.5);
  EXPECT_EQ(kappa["value"], Model::load(run).coefficients().at(0).second);
  EXPECT_EQ(Model::load(run).coefficients().at(0).first, "conductivity");
  const auto text = banach("evaluate " + quoted(run.string())).out;
  EXPECT_NE(text.find("conductivity = "), std::string::npos) << text;
  EXPECT_NE(text.find("(true value 1.000e+00)"), std::string::npos) << text;
}

TEST(Evaluate, TextForPeopleHasTheSameNumbers) {
  const auto run = trained("decay");
  const json result = evaluated(run);
  const auto text = banach("evaluate " + quoted(run.string())).out;
  char mae[32];
  std::snprintf(mae, sizeof mae, "%.3e", result["unknowns"]["y"]["mae"].get<double>());
  EXPECT_NE(text.find(mae), std::string::npos) << text;
}

TEST(Evaluate, BestIsItsOwnCheckpoint) {
  const json best = evaluated(trained("heat"), "--best");
  EXPECT_EQ(best["checkpoint"], "best.ck");
  EXPECT_EQ(best["steps"], best["best_step"]);
}

TEST(Evaluate, RunThatIsNotThereIsMissingInput) {
  const Scratch scratch;
  const auto none = (scratch / "none").string();
  auto output = banach("evaluate " + quoted(none));
  EXPECT_EQ(output.code, 66);
  EXPECT_EQ(output.err, none + ": there is no such run folder");
  std::filesystem::create_directory(none);
  output = banach("evaluate " + quoted(none));
  EXPECT_EQ(output.code, 66);
  EXPECT_EQ(output.err, none + ": no run there (no config.toml)");
  std::ofstream(scratch / "none/config.toml") << "name = \"x\"\n";
  output = banach("evaluate " + quoted(none));
  EXPECT_EQ(output.code, 66);
  EXPECT_EQ(output.err, none + "/checkpoints: no checkpoint there");
}

TEST(Evaluate, DamagedCheckpointFallsBackAndSaysSo) {
  const Scratch scratch;
  const auto run = copy_of(trained("heat"), scratch);
  const auto last = run / "checkpoints/step-000000000060.ck";
  std::filesystem::resize_file(last, std::filesystem::file_size(last) - 1);
  auto output = banach("evaluate " + quoted(run.string()) + " --json");
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(json::parse(output.out)["steps"], 40);
  EXPECT_EQ(output.err.rfind(last.string() + ": ", 0), 0u) << output.err;
  EXPECT_NE(output.err.find("; falling back to step-000000000040.ck"), std::string::npos);
  std::ofstream(run / "checkpoints/step-000000000040.ck") << "rubbish";
  output = banach("evaluate " + quoted(run.string()));
  EXPECT_EQ(output.code, 65);
  EXPECT_NE(output.err.find("none of the 2 checkpoints can be used"), std::string::npos);
  std::filesystem::remove(run / "checkpoints/best.ck");
  output = banach("evaluate --best " + quoted(run.string()));
  EXPECT_EQ(output.code, 66);
  EXPECT_EQ(output.err, (run / "checkpoints").string() +
                            ": no best checkpoint there; leave --best out for the last one");
}

/// Changes what the last checkpoint of a run says of itself.
template <class Change>
void change_checkpoint(const std::filesystem::path& run, const Change& change) {
  Checkpoints checkpoints(run / "checkpoints");
  auto loaded = Checkpoints::load(checkpoints.path_of(60));
  change(loaded.container.meta);
  checkpoints.save(60, loaded.container);
}

TEST(Evaluate, ParametersOfAnotherArchitectureAreRefusedByName) {
  const Scratch scratch;
  const auto run = copy_of(trained("heat"), scratch);
  std::string name;
  change_checkpoint(run, [&](json& meta) {
    name = meta["slots"][0]["name"];
    meta["slots"][0]["shape"] = {3, 8};
  });
  const auto output = banach("evaluate " + quoted(run.string()));
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err.rfind((run / "checkpoints/step-000000000060.ck").string() +
                                 ": the checkpoint has 177 parameters and 0 fixed numbers, the "
                                 "configuration asks for 177 and 0: the plugin of the "
                                 "architecture or problem has changed since:\n",
                             0),
            0u)
      << output.err;
  EXPECT_NE(output.err.find("\"[3,8]\" -> \"[2,8]\""), std::string::npos) << output.err;
  EXPECT_NE(output.err.find(name), std::string::npos) << output.err;
}

TEST(Evaluate, OtherPluginVersionIsSaid) {
  const Scratch scratch;
  const auto run = copy_of(trained("heat"), scratch);
  change_checkpoint(run, [](json& meta) {
    for (auto& plugin : meta["plugins"])
      if (plugin["name"] == "heat") plugin["version"] = "0.9.0";
  });
  const auto output = banach("evaluate " + quoted(run.string()));
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(output.err, "plugin heat is version 1.0.0 now, the run was saved with 0.9.0");
}

TEST(Evaluate, PluginFolderThatIsGoneIsSaid) {
  const Scratch scratch;
  const auto run = copy_of(trained("heat"), scratch);
  change_checkpoint(run, [](json& meta) {
    auto text = meta["configuration"].get<std::string>();
    text.replace(text.find("paths = []"), 10, "paths = [\"/gone\"]");
    meta["configuration"] = text;
  });
  const auto output = banach("evaluate " + quoted(run.string()));
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(
      output.err,
      "plugins of the run were in /gone, which is gone; name another place with --plugin-dir");
}

// RUN/plugins/problem.heat.so, named by the checkpoint: a stranger's code in place of the real one.
TEST(Evaluate, PluginsThatARunBringsAlongAreNotRun) {
  const Scratch scratch;
  const auto run = copy_of(trained("heat"), scratch);
  change_checkpoint(run, [](json& meta) {
    auto text = meta["configuration"].get<std::string>();
    text.replace(text.find("paths = []"), 10, "paths = [\"../plugins\"]");
    meta["configuration"] = text;
  });
  const auto file = run / "plugins/problem.heat.so", trace = scratch / "trace";
  std::filesystem::create_directory(run / "plugins");
  std::filesystem::copy_file(testing::build_folder() / "tests/toys/problem.crashes.so", file);
  std::filesystem::copy(run / "plugins", scratch / "plugins");  // where resuming looks for it
  const std::string program = "env BANACH_TEST_TRACE=" + quoted(trace.string()) +
                              " XDG_STATE_HOME=" + quoted((scratch / "state").string()) +
                              " XDG_CACHE_HOME=" + quoted((scratch / "cache").string()) + " " +
                              quoted((testing::build_folder() / "bin/banach").string()) + " ";
  const std::string name = quoted(run.string());
  for (const auto& words :
       {"evaluate " + name,
        "predict " + name + " --grid x=3,t=3 -o " + quoted((scratch / "out.csv").string()),
        "plot " + name + " -o " + quoted((scratch / "out.png").string()),
        "train --quiet --resume " + name + " stage.0.steps=70"}) {
    const auto output = testing::shell(program + words);
    EXPECT_EQ(output.code, 69) << words;
    EXPECT_NE(output.err.find("plugins/problem.heat.so: the run "), std::string::npos)
        << output.err;
    EXPECT_FALSE(std::filesystem::exists(trace)) << words;
  }
  testing::shell(program + "evaluate " + name + " --trust-plugins");
  EXPECT_TRUE(std::filesystem::exists(trace)) << "consent given, it would have told";
}

TEST(Evaluate, DamagedResultIsRefused) {
  const Scratch scratch;
  const auto run = copy_of(trained("heat"), scratch);
  std::ofstream(run / "result.json") << "{\"steps\": 60";
  const auto output = banach("evaluate " + quoted(run.string()));
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err, (run / "result.json").string() + ": damaged: no JSON object");
}

TEST(Evaluate, UnfinishedRunSaysSo) {
  const Scratch scratch;
  const auto run = copy_of(trained("heat"), scratch);
  std::filesystem::remove(run / "result.json");
  EXPECT_EQ(evaluated(run)["stop_reason"], "not finished");
}

TEST(Evaluate, BadGridIsAUsageError) {
  const auto output = banach("evaluate " + quoted(trained("heat").string()) + " --grid x=40,y=40");
  EXPECT_EQ(output.code, 64);
  EXPECT_EQ(output.err,
            "--grid x=40,y=40: there is no axis \"y\"; axes: x, t; write for example --grid "
            "x=40,t=40");
}

TEST(Evaluate, MissingDeviceIsNamed) {
  const auto output = banach("evaluate " + quoted(trained("heat").string()) + " --device cuda:99");
  EXPECT_EQ(output.code, 78);
  EXPECT_NE(output.err.find("cuda:99"), std::string::npos) << output.err;
}

}  // namespace
}  // namespace banach
