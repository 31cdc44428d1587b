// SPDX-License-Identifier: Apache-2.0
// The number of threads belongs to a run: dense linear algebra rounds by it.
#include <nlohmann/json.hpp>

#include "tests/apps/command.hpp"

namespace banach::testing {
namespace {

std::string train(const std::filesystem::path& run, int steps) {
  const auto file = build_folder() / "share/banach/examples/heat.toml";
  return "train " + quoted(file.string()) + " --quiet --threads 2 --out " + quoted(run.string()) +
         " " +
         quoted("stage=[{optimizer=\"soap\",lr=1e-2,steps=" + std::to_string(steps) +
                ",schedule={type=\"constant\"}}]") +
         " architecture.width=70 checkpoint.every=10 validation.every=10";
}

nlohmann::json json_of(const std::filesystem::path& file) {
  return nlohmann::json::parse(text_of(file));
}

TEST(Threads, AreRecordedInARunAndKeptOnResume) {
  const Scratch scratch;
  const auto whole = scratch / "whole", half = scratch / "half";
  ASSERT_EQ(banach(train(whole, 20)).code, 0);
  ASSERT_EQ(banach(train(half, 10)).code, 0);
  const auto other = banach("train --resume " + quoted(half.string()) + " threads=1");
  EXPECT_EQ(other.code, 78);
  EXPECT_NE(other.err.find("threads: 2 -> 1"), std::string::npos) << other.err;
  const auto resumed =
      shell("OMP_NUM_THREADS=1 " + quoted((build_folder() / "bin/banach").string()) +
            " train --quiet --resume " + quoted(half.string()) + " stage.0.steps=20");
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_NE(text_of(half / "resolved.toml").find("threads = 2"), std::string::npos);
  EXPECT_EQ(json_of(half / "environment.json").at("threads"), 2);
  EXPECT_EQ(json_of(half / "result.json").at("unknowns"),
            json_of(whole / "result.json").at("unknowns"));
}

}  // namespace
}  // namespace banach::testing
