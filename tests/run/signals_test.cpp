// SPDX-License-Identifier: Apache-2.0
#include "core/run/signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace banach {
namespace {

/// Exit code of a child that raises these signals and then leaves with 1 + the pending one.
int code_after(std::initializer_list<int> signals) {
  const auto child = ::fork();
  if (child == 0) {
    install_signal_handlers();
    for (const int signal : signals) std::raise(signal);
    ::_exit(1 + pending_signal());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Signals, TheFirstOneOnlySetsTheFlag) {
  EXPECT_EQ(code_after({}), 1);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) EXPECT_EQ(code_after({signal}), 1 + signal);
}

TEST(Signals, TheSecondOneEndsAtOnce) {
  EXPECT_EQ(code_after({SIGINT, SIGINT}), 130);
  EXPECT_EQ(code_after({SIGTERM, SIGTERM}), 143);
  EXPECT_EQ(code_after({SIGINT, SIGTERM}), 143);
}

TEST(Signals, AWarningNeverEndsAtOnceAndGivesWay) {
  EXPECT_EQ(code_after({SIGUSR1, SIGUSR1}), 1 + SIGUSR1);
  EXPECT_EQ(code_after({SIGINT, SIGUSR1}), 1 + SIGINT);
  EXPECT_EQ(code_after({SIGUSR1, SIGTERM}), 1 + SIGTERM);
}

TEST(Signals, AClosedPipeEndsNothing) { EXPECT_EQ(code_after({SIGPIPE}), 1); }

TEST(Signals, ExitCodesFollowTheConvention) {
  EXPECT_EQ(exit_code_of(SIGINT), 130);
  EXPECT_EQ(exit_code_of(SIGTERM), 143);
  EXPECT_EQ(exit_code_of(SIGUSR1), 75);
  EXPECT_STREQ(signal_name(SIGUSR1), "SIGUSR1");
}

}  // namespace
}  // namespace banach
