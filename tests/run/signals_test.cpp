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
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
    EXPECT_EQ(code_after({signal}), 1 + signal);
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

TEST(Signals, ATerminalThatGoesAwayNeverEndsAtOnce) {
  EXPECT_EQ(code_after({SIGHUP, SIGHUP}), 1 + SIGHUP);
  EXPECT_EQ(code_after({SIGHUP, SIGTERM}), 1 + SIGTERM);
  EXPECT_EQ(code_after({SIGTERM, SIGHUP}), 1 + SIGTERM);
  EXPECT_EQ(code_after({SIGHUP, SIGTERM, SIGTERM}), 143);
  EXPECT_EQ(code_after({SIGUSR1, SIGHUP}), 1 + SIGHUP);
}

TEST(Signals, WhatNohupIgnoresStaysIgnored) {
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGHUP, SIG_IGN);
    install_signal_handlers();
    std::raise(SIGHUP);
    ::_exit(pending_signal());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Signals, AWarningThatCameWhileItWasBlockedIsHeard) {
  const auto child = ::fork();
  if (child == 0) {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    std::raise(SIGUSR1);
    install_early_handlers();
    ::_exit(pending_signal());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), SIGUSR1);
}

TEST(Signals, EarlyOnOnlyTheWarningIsKept) {
  const auto after = [](int signal) {
    const auto child = ::fork();
    if (child == 0) {
      install_early_handlers();
      std::raise(signal);
      ::_exit(1 + pending_signal());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  };
  EXPECT_EQ(after(SIGUSR1), 1 + SIGUSR1);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) EXPECT_EQ(after(signal), 128 + signal);
}

TEST(Signals, AClosedPipeEndsNothing) { EXPECT_EQ(code_after({SIGPIPE}), 1); }

TEST(Signals, ExitCodesFollowTheConvention) {
  EXPECT_EQ(exit_code_of(SIGINT), 130);
  EXPECT_EQ(exit_code_of(SIGTERM), 143);
  EXPECT_EQ(exit_code_of(SIGUSR1), 75);
  EXPECT_EQ(exit_code_of(SIGHUP), 129);
  EXPECT_STREQ(signal_name(SIGUSR1), "SIGUSR1");
  EXPECT_STREQ(signal_name(SIGHUP), "SIGHUP");
}

}  // namespace
}  // namespace banach
