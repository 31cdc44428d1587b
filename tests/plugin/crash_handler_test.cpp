// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/crash_handler.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "core/plugin/running.hpp"

namespace banach {
namespace {

TEST(WhatIsRunning, IsAStackOfEveryThread) {
  ASSERT_EQ(Running::innermost(), nullptr);
  {
    const Running outer("training", "a problem"), inner("reading", "a file");
    ASSERT_EQ(Running::innermost(), &inner);
    EXPECT_EQ(inner.outer(), &outer);
    std::thread([] { EXPECT_EQ(Running::innermost(), nullptr); }).join();
  }
  EXPECT_EQ(Running::innermost(), nullptr);
}

void crash(int signal) {
  install_crash_handler();
  set_crash_advice("resume with: banach train --resume x");
  const std::string file = "odd\nname.h5";
  const Running outer("training", "problem \"heat\""), inner("reading", file.c_str());
  std::raise(signal);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

class CrashDeathTest : public ::testing::Test {
 protected:
  CrashDeathTest() { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(CrashDeathTest, SaysWhatWasRunningInOneLineAndEndsBySignal) {
  const std::string what =
      " while reading odd\\?name.h5, training problem \"heat\"; resume with: banach train --resume "
      "x\n$";
  for (const auto& [signal, name] : {std::pair{SIGSEGV, "SIGSEGV \\(invalid memory access\\)"},
                                     {SIGBUS, "SIGBUS \\(memory that is not there\\)"},
                                     {SIGILL, "SIGILL \\(invalid instruction\\)"},
                                     {SIGFPE, "SIGFPE \\(arithmetic trap\\)"},
                                     {SIGABRT, "SIGABRT \\(aborted\\)"}})
    EXPECT_EXIT(crash(signal), ::testing::KilledBySignal(signal),
                std::string("^banach: crashed by ") + name + what);
}

TEST_F(CrashDeathTest, ThreadsOfOthersAreCoveredToo) {
  EXPECT_EXIT(std::thread([] { crash(SIGSEGV); }).join(), ::testing::KilledBySignal(SIGSEGV),
              "reading odd");
}

#endif

TEST(Signals, HaveTheirNames) {
  EXPECT_EQ(signal_text(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_text(4711), "signal 4711");
}

}  // namespace
}  // namespace banach
