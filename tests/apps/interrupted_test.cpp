// SPDX-License-Identifier: Apache-2.0
// Commands that end by a signal while they write.
#include "tests/apps/command.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using testing::banach;
using testing::build_folder;
using testing::Output;
using testing::quoted;
using testing::Scratch;
using testing::shell;
using testing::text_of;
using testing::trained;

class Interrupted : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (scratch_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name) << text;
    return path(name);
  }
  /// Ends a long prediction by a signal once its temporary is there.
  Output stop(const std::string& signal, const std::string& out) const {
    const auto program = quoted(build_folder() / "bin/banach");
    return shell("{ " + program + " predict " + quoted(trained("heat")) +
                 " --grid 6000,6000 --force -o " + quoted(out) + " & p=$!; while ! ls " +
                 quoted(scratch_.path()) + "/.tmp-* >/dev/null 2>&1; do sleep 0.02; done; kill -" +
                 signal + " $p; wait $p; echo $?; }");
  }
  Scratch scratch_;
};

TEST_F(Interrupted, PredictionsLeaveTheOldFileAndNoLitter) {
  for (const char* name : {"out.csv", "out.h5"}) {
    const auto out = write(name, "old");
    for (const auto& [signal, code] : {std::pair("INT", "130\n"), std::pair("TERM", "143\n")}) {
      const auto output = stop(signal, out);
      EXPECT_EQ(output.out, code);
      EXPECT_EQ(output.err, std::string("stopped by SIG") + signal + "; nothing was written");
      EXPECT_EQ(text_of(out), "old");
    }
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_.path()), {}), 2);
}

TEST_F(Interrupted, PicturesLeaveTheOldFileAndNoLitter) {
  const auto out = write("x.png", "old"), temporary = path("tmp");
  fs::create_directory(temporary);
  const auto gnuplot = write("gnuplot", "#!/bin/sh\nsleep 1\necho new >picture\n");
  fs::permissions(gnuplot, fs::perms::owner_all);
  const auto program = quoted(build_folder() / "bin/banach");
  const auto output =
      shell("{ TMPDIR=" + quoted(temporary) + " PATH=" + quoted(scratch_.path()) + ":$PATH " +
            program + " plot " + quoted(trained("heat")) + " --force -o " + quoted(out) +
            " & p=$!; while [ -z \"$(ls -A " + quoted(temporary) +
            ")\" ] && kill -0 $p; do sleep 0.02; done; kill -TERM $p; wait $p; echo $?; }");
  EXPECT_EQ(output.out, "143\n");
  EXPECT_EQ(output.err, "stopped by SIGTERM; nothing was written");
  EXPECT_EQ(text_of(out), "old");
  EXPECT_TRUE(fs::is_empty(temporary));
}

TEST_F(Interrupted, WhatAKilledPredictionLeavesGoesAwayWithTheNextOne) {
  const auto out = write("out.csv", "old");
  EXPECT_EQ(stop("KILL", out).out, "137\n");
  EXPECT_EQ(text_of(out), "old");
  EXPECT_EQ(
      banach("predict " + quoted(trained("heat")) + " --grid 3,3 --force -o " + quoted(out)).code,
      0);
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_.path()), {}), 1);
}

}  // namespace
}  // namespace banach
