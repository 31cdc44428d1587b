// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "tests/apps/command.hpp"

namespace banach::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A folder with one plugin that works ("toy") and one that is refused ("wave").
class CommandLine : public ::testing::Test {
 protected:
  CommandLine() {
    const auto built = build_folder() / "tests/plugins";
    fs::copy_file(built / "problem.good.so", scratch_ / "problem.toy.so");
    fs::copy_file(built / "problem.throws_std.so", scratch_ / "problem.wave.so");
    option_ = " --plugin-dir " + quoted(scratch_.path().string());
    refusal_ = fs::canonical(scratch_ / "problem.wave.so").string() +
               ": its enrolment failed: no licence found";
  }
  Scratch scratch_;
  std::string option_, refusal_;
};

TEST_F(CommandLine, WrongWordsAreAUsageError) {
  Output output = banach("trian x.toml");
  EXPECT_EQ(output.code, 64);
  EXPECT_TRUE(has(output.err, "unknown command \"trian\"; did you mean \"train\"?; commands: "));
  output = banach("plugins --nope");
  EXPECT_EQ(output.code, 64);
  EXPECT_EQ(output.err,
            "banach: The following argument was not expected: --nope; see banach plugins --help");
  output = banach("");
  EXPECT_EQ(output.code, 64);
  EXPECT_EQ(output.err, "banach: A subcommand is required; see banach --help");
}

TEST_F(CommandLine, HelpAndVersionSucceed) {
  EXPECT_EQ(banach("--help").code, 0);
  const Output output = banach("--version");
  EXPECT_EQ(output.code, 0);
  EXPECT_TRUE(has(output.out, "LibTorch ")) << output.out;
}

TEST_F(CommandLine, PluginsListsTheRefusedWithReasonsAndSucceeds) {
  const Output text = banach("plugins" + option_);
  EXPECT_EQ(text.code, 0);
  EXPECT_TRUE(has(text.out, "good 1.2.3  " + fs::canonical(scratch_ / "problem.toy.so").string()));
  EXPECT_TRUE(has(text.out, "refused       " + refusal_));

  const json all = json::parse(banach("plugins --json" + option_).out);
  ASSERT_EQ(all["refused"].size(), 1u);
  EXPECT_EQ(all["refused"][0]["reason"], "its enrolment failed: no licence found");
  EXPECT_EQ(all["searched"][0], fs::canonical(scratch_.path()).string());
  std::string names;
  for (const auto& entry : all["loaded"]) names += entry["name"].get<std::string>() + " ";
  EXPECT_TRUE(has(names, "toy ") && has(names, "mlp ")) << names;
}

TEST_F(CommandLine, PluginFileThatIsNamedMustLoad) {
  const Output output =
      banach("plugins --plugin-dir " + quoted((scratch_ / "problem.wave.so").string()));
  EXPECT_EQ(output.code, 69);
  EXPECT_EQ(output.err, refusal_);
}

TEST_F(CommandLine, DescribeFindsEntriesByNameAndKind) {
  Output output = banach("describe toy" + option_);
  EXPECT_EQ(output.code, 0);
  EXPECT_TRUE(has(output.out, "rate : number = 1.0")) << output.out;
  const json entries = json::parse(banach("describe problem.toy --json" + option_).out);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0]["parameters"][0]["name"], "rate");
  output = banach("describe problem.toy --markdown" + option_);
  EXPECT_TRUE(has(output.out, "| `rate` | number | `1.0` | ")) << output.out;
  EXPECT_EQ(banach("describe toy --json --markdown" + option_).code, 64);
  output = banach("describe toi" + option_);
  EXPECT_EQ(output.code, 78);
  EXPECT_TRUE(has(output.err, "nothing is called \"toi\"; did you mean \"toy\"?; known: "));
  output = banach("describe wave" + option_);
  EXPECT_EQ(output.code, 69);
  EXPECT_EQ(output.err, "\"wave\": its plugin was refused: " + refusal_);
}

TEST_F(CommandLine, TrainingWhatARefusedPluginHasExitsWith69) {
  std::ofstream(scratch_ / "wave.toml") << "[problem]\ntype = \"wave\"\n[architecture]\ntype = "
                                           "\"mlp\"\n[[stage]]\nsteps = 1\n";
  const std::string file = (scratch_ / "wave.toml").string();
  const Output output = banach("train " + quoted(file) + option_);
  EXPECT_EQ(output.code, 69);
  EXPECT_TRUE(
      has(output.err, "wave.toml:2:8: problem \"wave\": its plugin was refused: " + refusal_))
      << output.err;
}

TEST_F(CommandLine, EveryEntryAndParameterIsDocumented) {
  for (const auto& entry : json::parse(banach("describe --json").out)) {
    EXPECT_NE(entry["doc"], "") << entry["name"];
    for (const auto& parameter : entry["parameters"])
      EXPECT_NE(parameter["doc"], "") << entry["name"] << parameter["name"];
  }
}

TEST_F(CommandLine, NewRefusesBadNamesAndFullFolders) {
  Output output = banach("new problem Wave-2 --dir " + quoted((scratch_ / "a").string()));
  EXPECT_EQ(output.code, 64);
  EXPECT_EQ(
      output.err,
      "\"Wave-2\" is no plugin name; use small letters, digits and _, beginning with a letter");
  output = banach("new problem wave --dir " + quoted(scratch_.path().string()));
  EXPECT_EQ(output.code, 73);
  EXPECT_EQ(output.err,
            scratch_.path().string() + " exists and is not empty; choose another with --dir");
}

}  // namespace
}  // namespace banach::testing
