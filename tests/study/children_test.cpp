// SPDX-License-Identifier: Apache-2.0
#include "core/study/children.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "core/run/signals.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;
using testing::text_of;

Command shell(const Scratch& scratch, const std::string& script) {
  return {{"/bin/sh", "-c", script}, scratch.path(), "out", "err"};
}

struct Recorder {
  std::vector<std::string> scripts;
  std::map<std::int64_t, TrialEnd> ends;
  std::size_t next = 0, most = 0;
  std::function<bool(std::int64_t)> enough = [](std::int64_t) { return false; };

  TrialHooks hooks(const Scratch& scratch) {
    TrialHooks out;
    out.next = [this, &scratch]() -> std::optional<std::pair<std::int64_t, Command>> {
      if (next == scripts.size()) return std::nullopt;
      const std::size_t k = next++;
      return std::pair{static_cast<std::int64_t>(k), shell(scratch, scripts[k])};
    };
    out.ended = [this](const TrialEnd& end) { ends[end.id] = end; };
    out.enough = [this](std::int64_t id) { return enough(id); };
    out.look = [this](std::size_t running) { most = std::max(most, running); };
    return out;
  }
};

TEST(Children, CodesSignalsAndWordsComeBack) {
  const Scratch scratch;
  Recorder r;
  r.scripts = {"echo said; echo cried >&2", "exit 7", "kill -KILL $$"};
  Children children;
  EXPECT_EQ(run_trials(children, {}, r.hooks(scratch)), 0);
  EXPECT_EQ(r.ends.at(0).code, 0);
  EXPECT_EQ(r.ends.at(1).code, 7);
  EXPECT_EQ(r.ends.at(2).code, 137);
  EXPECT_EQ(r.most, 1u);
  EXPECT_EQ(text_of(scratch / "out"), "said\n");
  EXPECT_EQ(text_of(scratch / "err"), "cried\n");
}

TEST(Children, AsManyRunAsThereAreJobs) {
  const Scratch scratch;
  Recorder r;
  r.scripts.assign(6, "sleep 0.2");
  TrialLimits limits;
  limits.jobs = 3;
  Children children;
  EXPECT_EQ(run_trials(children, limits, r.hooks(scratch)), 0);
  EXPECT_EQ(r.ends.size(), 6u);
  EXPECT_EQ(r.most, 3u);
}

TEST(Children, TimeoutEndsOneTrialAlone) {
  const Scratch scratch;
  Recorder r;
  r.scripts = {"exec sleep 100", "exit 0"};
  TrialLimits limits;
  limits.timeout = 0.2;
  Children children;
  EXPECT_EQ(run_trials(children, limits, r.hooks(scratch)), 0);
  EXPECT_TRUE(r.ends.at(0).late);
  EXPECT_EQ(r.ends.at(0).code, 128 + SIGTERM);
  EXPECT_FALSE(r.ends.at(1).late);
}

TEST(Children, WhatIgnoresTheRequestIsKilled) {
  const Scratch scratch;
  Recorder r;
  r.scripts = {"trap '' TERM; while :; do sleep 0.01; done"};
  r.enough = [](std::int64_t) { return true; };
  TrialLimits limits;
  limits.grace = 0.2;
  Children children;
  EXPECT_EQ(run_trials(children, limits, r.hooks(scratch)), 0);
  EXPECT_TRUE(r.ends.at(0).code == 128 + SIGKILL || r.ends.at(0).code == 128 + SIGTERM);
}

TEST(Children, EndOfTimeStopsAllAndStartsNone) {
  const Scratch scratch;
  Recorder r;
  r.scripts = {"exec sleep 100", "exec sleep 100"};
  TrialLimits limits;
  limits.seconds = 0.2;
  Children children;
  EXPECT_EQ(run_trials(children, limits, r.hooks(scratch)), -1);
  ASSERT_EQ(r.ends.size(), 1u);
  EXPECT_TRUE(r.ends.at(0).interrupted);
}

TEST(Children, SignalIsForwarded) {
  const Scratch scratch;
  Recorder r;
  r.scripts = {"trap 'echo heard; exit 130' INT; while :; do sleep 0.01; done", "exit 0"};
  install_signal_handlers();
  auto hooks = r.hooks(scratch);
  hooks.look = [&](std::size_t) {
    static bool sent = false;
    if (!sent && r.next == 1) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      sent = ::raise(SIGINT) == 0;
    }
  };
  Children children;
  EXPECT_EQ(run_trials(children, {}, hooks), SIGINT);
  clear_pending_signal();
  EXPECT_EQ(text_of(scratch / "out"), "heard\n");
  EXPECT_EQ(r.next, 1u);
  EXPECT_TRUE(r.ends.at(0).interrupted);
}

TEST(Children, WhatCannotStartSaysSo) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "out");
  Children children;
  EXPECT_EQ(error_of([&] {
              children.start(0, {{"/bin/true"}, scratch.path(), "out", "err"});
            }).second,
            "cannot create " + (scratch / "out").string() + ": Is a directory");
}

}  // namespace
}  // namespace banach
