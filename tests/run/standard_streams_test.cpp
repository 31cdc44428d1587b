// SPDX-License-Identifier: Apache-2.0
#include "core/run/standard_streams.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

int code_of(const std::function<int()>& action) {
  std::fflush(stdout);
  const auto child = ::fork();
  if (child == 0) ::_exit(action());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(StandardStreams, ClosedOnesAreOpenedInTheirPlaces) {
  for (int closed = 0; closed < 8; ++closed)
    EXPECT_EQ(code_of([closed] {
                for (int i = 0; i < 3; ++i)
                  if (closed >> i & 1) ::close(i);
                open_standard_streams();
                const int next = ::open("/dev/null", O_RDONLY);
                for (int i = 0; i < 3; ++i)
                  if (::fcntl(i, F_GETFD) != 0) return 1;
                return next > 2 ? 0 : 2;
              }),
              0)
        << closed;
}

int after_printing(std::size_t bytes, int fd, int code) {
  ::dup2(fd, 1);
  std::fwrite(std::string(bytes, 'x').data(), 1, bytes, stdout);
  return finish_output(code);
}

TEST(StandardStreams, WhatCouldNotBeWrittenIsAnErrorOfTheCommand) {
  for (const std::size_t bytes : {1, 4095, 4096, 5000, 100000}) {
    EXPECT_EQ(code_of([bytes] { return after_printing(bytes, ::open("/dev/full", O_WRONLY), 0); }),
              74)
        << bytes;
    EXPECT_EQ(code_of([bytes] { return after_printing(bytes, ::open("/dev/null", O_WRONLY), 0); }),
              0);
  }
  EXPECT_EQ(code_of([] { return after_printing(9, ::open("/dev/full", O_WRONLY), 65); }), 65);
  EXPECT_EQ(code_of([] { return after_printing(0, ::open("/dev/full", O_WRONLY), 0); }), 0);
}

TEST(StandardStreams, ThatNobodyReadsThemAnyMoreIsNoWordWorth) {
  const testing::Scratch scratch;
  for (const std::size_t bytes : {1, 5000, 100000})
    EXPECT_EQ(code_of([&] {
                std::signal(SIGPIPE, SIG_IGN);
                int pipe[2];
                if (::pipe(pipe) != 0) return 1;
                ::close(pipe[0]);
                ::dup2(::open((scratch / "err").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
                return after_printing(bytes, pipe[1], 0);
              }),
              128 + SIGPIPE)
        << bytes;
  EXPECT_EQ(testing::text_of(scratch / "err"), "");
}

}  // namespace
}  // namespace banach
