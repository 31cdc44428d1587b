// SPDX-License-Identifier: Apache-2.0
// Names that a stranger chose, in configurations, data and runs, reach no program.
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/run/checkpoints.hpp"
#include "tests/apps/operator_run.hpp"
#include "tests/datasets/raw_file.hpp"

namespace banach {
namespace {

using testing::banach;
using testing::copy_of;
using testing::error_of;
using testing::operator_configuration;
using testing::Output;
using testing::quoted;
using testing::Scratch;
using testing::shell;
using testing::text_of;
using testing::trained;
using testing::trained_operator;

namespace fs = std::filesystem;

class HostileNames : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(scratch_ / name) << text;
    return (scratch_ / name).string();
  }
  Output train(const std::string& file) {
    return banach("train " + quoted(file) + " --quiet --threads 1 --out " +
                  quoted((scratch_ / "run").string()));
  }
  /// Rewrites what the newest checkpoint of a run says.
  void change(const fs::path& run, const std::function<void(nlohmann::json&)>& edit) {
    std::vector<std::string> notices;
    auto loaded = Checkpoints(run / "checkpoints").load_last(notices);
    edit(loaded.container.meta);
    write_atomically(loaded.path, encode(loaded.container));
  }
  Scratch scratch_;
};

TEST_F(HostileNames, ControlCharactersAreRefusedWhereTheyEnter) {
  const auto output = write("output.toml", operator_configuration(R"("u,\\\u0000")", "\"x\""));
  auto said = train(output);
  EXPECT_EQ(said.code, 78);
  EXPECT_EQ(said.err, output + ":4:9: the name \"u,\\\\x00\" holds the control character \\x00");
  const auto axis = write("axis.toml", operator_configuration("s", R"("x\u001b[2J")"));
  said = train(axis);
  EXPECT_EQ(said.code, 78);
  EXPECT_EQ(said.err,
            axis + ":3:44: dataset.inputs.u.axes.1: the text holds the control character \\x1b");
  const auto path = write("path.toml", "extends = \"a\\u0000b.toml\"\n");
  said = train(path);
  EXPECT_EQ(said.code, 78);
  EXPECT_EQ(said.err, path + ":1:11: extends: the text holds the control character \\x00");
  EXPECT_FALSE(fs::exists(scratch_ / "run"));
}

TEST_F(HostileNames, PicturesRunNothing) {
  if (shell("gnuplot --version").code != 0) GTEST_SKIP() << "gnuplot is not installed";
  const std::string file = (scratch_ / "F").string();
  const std::string call = ";system('id>" + file + "')#`id>" + file + "`$(id>" + file + ")";
  for (const std::string& name :
       std::vector<std::string>{"u''", "u,\\", "a\"" + call, "'" + call, "100%d@{x}_{y}^~"}) {
    std::string toml = "\"";
    for (const char c : name)
      toml += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    toml += '"';
    std::error_code error;
    fs::remove_all(scratch_ / "run", error);
    std::string axis = toml;  // labels of axes are cut at commas and blanks
    axis.erase(
        std::remove_if(axis.begin(), axis.end(), [](char c) { return c == ',' || c == ' '; }),
        axis.end());
    auto said = train(write("x.toml", operator_configuration(toml, axis)));
    ASSERT_EQ(said.code, 0) << name << ": " << said.err;
    const auto svg = scratch_ / "x.svg";
    said = banach("plot --force " + quoted((scratch_ / "run").string()) + " -o " +
                  quoted(svg.string()));
    EXPECT_EQ(said.code, 0) << name << ": " << said.err;
    EXPECT_FALSE(fs::exists(file)) << name;
  }
}

TEST_F(HostileNames, ARunFromElsewhereIsCheckedToo) {
  const auto run = trained_operator(scratch_);
  const auto plot = "plot " + quoted(run.string()) + " -o " + quoted((scratch_ / "x.svg").string());
  const std::string before = text_of(run / "checkpoints/step-000000000010.ck");
  const auto refused = [&](const char* what, const std::function<void(nlohmann::json&)>& edit) {
    write_atomically(run / "checkpoints/step-000000000010.ck", std::string_view(before));
    fs::remove(run / "checkpoints/step-000000000005.ck");
    change(run, edit);
    for (const auto& command :
         {plot, "evaluate " + quoted(run.string()), "train --resume " + quoted(run.string())}) {
      const auto said = banach(command);
      EXPECT_TRUE(said.code == 65 || said.code == 78) << what << ": " << said.code << said.err;
      EXPECT_EQ(said.err.find_first_of(std::string("\0\x1b", 2)), std::string::npos);
    }
    EXPECT_FALSE(fs::exists(scratch_ / "x.svg"));
  };
  const std::string bad("u,\\\0", 4);
  refused("channel", [&](auto& m) { m["dataset"]["variables"][0]["channels"][0] = bad; });
  refused("axis", [&](auto& m) { m["dataset"]["axes"][0]["name"] = "x\n"; });
  refused("stamp", [&](auto& m) { m["stamp"] = "x\nid >~/.profile"; });
  refused("plugin", [&](auto& m) { m["plugins"][0]["path"] = "x\x1b[2J"; });
  refused("wrong type", [&](auto& m) { m["plugins"] = 3; });
  refused("wrong entry", [&](auto& m) { m["slots"] = {1, 2}; });
  refused("draw", [&](auto& m) { m["draw"] = "x"; });
  refused("configuration", [&](auto& m) {
    auto text = m["configuration"].template get<std::string>();
    const auto at = text.find("outputs.s");
    ASSERT_NE(at, std::string::npos) << text;
    m["configuration"] = text.replace(at, 9, "outputs.\"u,\\\\\\u0000\"");
  });
}

TEST_F(HostileNames, ListingsShowControlCharactersAsText) {
  const auto file = scratch_ / "x.h5";
  {
    testing::RawFile raw(file);
    raw.add("a\x1b[2J\nname = \"x\"", {3}, {1, 2, 3});
    raw.add("u", {3}, {1, 2, 3});
  }
  const auto said = banach("data inspect " + quoted(file.string()));
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("a\\x1b[2J\\nname = \"x\""), std::string::npos) << said.out;
  EXPECT_EQ(said.out.find('\x1b'), std::string::npos);
}

TEST_F(HostileNames, SuggestionsHoldNoLinesOfOthers) {
  const auto run = trained_operator(scratch_);
  // A file name with line ends is refused; one that quotes is written as a text.
  const auto odd = scratch_ / "a\"]\\ # x.h5";
  fs::copy_file(scratch_ / "integral.h5", odd);
  const auto said = banach("data suggest " + quoted(odd.string()));
  ASSERT_EQ(said.code, 0) << said.err;
  const auto toml = write("suggested.toml", said.out);
  EXPECT_EQ(banach("data check " + quoted(toml)).code, 0);
  const auto lines = scratch_ / "a\n[output]\ndir = \"x\"\n#.h5";
  fs::copy_file(scratch_ / "integral.h5", lines);
  const auto refused = banach("data suggest " + quoted(lines.string()));
  EXPECT_EQ(refused.code, 64);
  EXPECT_EQ(refused.out, "");
}

TEST_F(HostileNames, FileNamesMustBeUtf8) {
  const auto file = fs::path(testing::build_folder() / "share/banach/examples/heat.toml");
  const auto out = (scratch_ / "r\xff").string();
  auto said = banach("train " + quoted(file.string()) + " --quiet --out " + quoted(out));
  EXPECT_EQ(said.code, 64);
  EXPECT_NE(said.err.find("is not UTF-8: it holds the byte \\xff; rename"), std::string::npos);
  EXPECT_FALSE(fs::exists(out));
  fs::create_directory(scratch_ / "w\xff");
  said = shell("cd " + quoted((scratch_ / "w\xff").string()) + " && " +
               quoted((testing::build_folder() / "bin/banach").string()) + " train " +
               quoted(file.string()) + " --quiet --out r");
  EXPECT_EQ(said.code, 78) << said.err;
  EXPECT_FALSE(fs::exists(scratch_ / "w\xff/r"));
}

TEST_F(HostileNames, PicturesNeedNoTemporaryFolder) {
  if (shell("gnuplot --version").code != 0) GTEST_SKIP() << "gnuplot is not installed";
  const auto out = (scratch_ / "x.png").string();
  const auto said =
      shell("TMPDIR=/nonexistent " + quoted((testing::build_folder() / "bin/banach").string()) +
            " plot " + quoted(trained("heat").string()) + " -o " + quoted(out));
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(fs::exists(out));
}

TEST_F(HostileNames, DamagedResultsAreData) {
  const auto run = copy_of(trained("decay"), scratch_);
  const auto text = text_of(run / "result.json");
  auto result = nlohmann::json::parse(text);
  for (const auto& [key, value] : result.items()) {
    auto other = result;
    other[key] = value.is_object() ? nlohmann::json("x") : nlohmann::json::object({{"x", 1}});
    std::ofstream(run / "result.json") << other.dump();
    for (const auto* verb : {"train --resume ", "evaluate "}) {
      const auto said = banach(verb + quoted(run.string()));
      EXPECT_TRUE(said.code == 0 || said.code == 65)
          << verb << key << ": " << said.code << said.err;
    }
  }
}

}  // namespace
}  // namespace banach
