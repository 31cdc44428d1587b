// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/stamp.hpp"

#include <gtest/gtest.h>
#include <torch/version.h>

namespace banach {
namespace {

const std::string engine = "api=3 torch=1.13.0 cxx11abi=1 glibcxxdebug=0 asan=0";

TEST(Stamp, IsFoundAnywhereInTheBytesUpToItsZero) {
  const std::string mark = "@(#)banach-plugin ";
  EXPECT_EQ(find_stamp("head" + mark + "api=1" + std::string(1, '\0') + "tail"), "api=1");
  EXPECT_EQ(find_stamp(mark + "api=1"), "api=1");
  EXPECT_EQ(find_stamp("no mark here"), "");
}

TEST(Stamp, EqualStampsAndTorchFreePluginsFit) {
  EXPECT_EQ(stamp_problem(engine, engine), "");
  EXPECT_EQ(stamp_problem("api=3 torch=none cxx11abi=1 glibcxxdebug=0 asan=0", engine), "");
}

TEST(Stamp, EveryDifferenceIsNamed) {
  EXPECT_EQ(stamp_problem("api=1 torch=none cxx11abi=0 glibcxxdebug=0 asan=0", engine),
            "incompatible build: it has api=1 cxx11abi=0, this installation has api=3 cxx11abi=1; "
            "rebuild the plugin against this installation");
  EXPECT_EQ(stamp_problem("api=1 torch=none", "api=1 torch=2.6.0 asan=0"),
            "incompatible build: it has asan=?, this installation has asan=0; "
            "rebuild the plugin against this installation");
  EXPECT_NE(stamp_problem(engine + " tsan=1", engine), "");
}

TEST(Stamp, OwnStampNamesTheBuildAsPluginsDo) {
  EXPECT_STREQ(engine_torch_version(), TORCH_VERSION);
  EXPECT_EQ(engine_stamp().rfind("api=3 torch=" + std::string(engine_torch_version()), 0), 0u);
  EXPECT_EQ(stamp_problem(engine_stamp(), engine_stamp()), "");
}

}  // namespace
}  // namespace banach
