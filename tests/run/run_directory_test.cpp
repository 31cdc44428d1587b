// SPDX-License-Identifier: Apache-2.0
#include "core/run/run_directory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::Scratch;
using testing::text_of;

TEST(RunDirectory, TakesTextsAndNamesItsFiles) {
  const Scratch scratch;
  const auto run = RunDirectory::create(scratch / "runs/heat");
  run.write_text("config.toml", "name = \"heat\"\n");
  EXPECT_EQ(text_of(run.config()), "name = \"heat\"\n");
  EXPECT_EQ(run.resolved(), scratch / "runs/heat/resolved.toml");
  EXPECT_EQ(run.checkpoints(), scratch / "runs/heat/checkpoints");
  EXPECT_EQ(text_of(scratch / "runs/heat/run.lock").find(fmt::format("pid {} on ", ::getpid())),
            0u);
}

TEST(RunDirectory, ASecondRunIsRefusedAndTheHolderNamed) {
  const Scratch scratch;
  const auto path = scratch / "heat";
  std::optional<RunDirectory> first = RunDirectory::create(path);
  first->write_text("config.toml", "");
  for (const bool force : {false, true}) {
    const auto [code, text] = error_of([&] { RunDirectory::create(path, force); });
    EXPECT_EQ(code, 73);
    EXPECT_EQ(
        text.find(fmt::format("{}: the run is in use by pid {} on ", path.string(), ::getpid())),
        0u)
        << text;
    EXPECT_NE(text.find("; wait for it or choose another name or --out"), std::string::npos);
  }
  EXPECT_EQ(error_of([&] { RunDirectory::open(path); }).first, 73);
  first.reset();
  EXPECT_NO_THROW(RunDirectory::open(path));
}

TEST(RunDirectory, TheLockDiesWithItsProcess) {
  const Scratch scratch;
  const auto child = ::fork();
  if (child == 0) {
    const auto run = RunDirectory::create(scratch / "heat");
    run.write_text("config.toml", "");
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(RunDirectory::open(scratch / "heat"));
}

TEST(RunDirectory, OfManyThatRaceExactlyOneWins) {
  const Scratch scratch;
  for (int race = 0; race < 100; ++race) {
    const auto path = scratch / fmt::format("race-{}", race);
    int gate[2];
    ASSERT_EQ(::pipe(gate), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(::fork());
      if (children.back() != 0) continue;
      char byte;
      ::close(gate[1]);
      static_cast<void>(::read(gate[0], &byte, 1) == 0);  // returns when the parent closes its end
      const auto code = error_of([&] {
                          const auto run = RunDirectory::create(path);
                          run.write_text("config.toml", "");
                        }).first;
      ::_exit(code == -1 ? 0 : code);
    }
    ::close(gate[0]);
    ::close(gate[1]);
    int winners = 0;
    for (const auto child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_TRUE(WIFEXITED(status));
      if (WEXITSTATUS(status) == 0)
        ++winners;
      else
        EXPECT_EQ(WEXITSTATUS(status), 73);
    }
    EXPECT_EQ(winners, 1);
  }
}

TEST(RunDirectory, AnExistingRunIsNotOverwritten) {
  const Scratch scratch;
  const auto path = scratch / "heat";
  RunDirectory::create(path).write_text("resolved.toml", "");
  const auto advice =
      " run is there; continue it with --resume, replace it with --force, or choose another name "
      "or --out";
  EXPECT_EQ(error_of([&] { RunDirectory::create(path); }),
            std::make_pair(73, path.string() + ": an unfinished" + advice));
  std::ofstream(path / "result.json") << "{}";
  EXPECT_TRUE(RunDirectory::is_finished(path));
  EXPECT_EQ(error_of([&] { RunDirectory::create(path); }).second,
            path.string() + ": a finished" + advice);
}

TEST(RunDirectory, ForceEmptiesARun) {
  const Scratch scratch;
  const auto path = scratch / "heat";
  {
    const auto run = RunDirectory::create(path);
    run.write_text("config.toml", "old");
    make_directories(run.checkpoints());
    std::ofstream(run.checkpoints() / "best.ck") << "x";
    std::ofstream(path / "metrics.csv") << "x";
  }
  const auto run = RunDirectory::create(path, true);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(path)) left.push_back(entry.path().filename());
  EXPECT_EQ(left, std::vector<std::string>{"run.lock"});
}

TEST(RunDirectory, ForceNeverEmptiesAnythingElse) {
  const Scratch scratch;
  fs::create_directory(scratch / "home");
  std::ofstream(scratch / "home/config.toml") << "mine";
  std::ofstream(scratch / "home/thesis.tex") << "mine";
  for (const bool force : {false, true})
    EXPECT_EQ(error_of([&] { RunDirectory::create(scratch / "home", force); }),
              std::make_pair(73, (scratch / "home").string() +
                                     ": the folder holds other files and is no run; choose another "
                                     "name or --out"));
  EXPECT_TRUE(fs::exists(scratch / "home/thesis.tex"));
  EXPECT_FALSE(fs::exists(scratch / "home/run.lock"));
}

TEST(RunDirectory, AKilledStartIsNoObstacle) {
  const Scratch scratch;
  fs::create_directory(scratch / "heat");
  std::ofstream(scratch / "heat/run.lock") << "pid 1 on nowhere\n";
  std::ofstream(scratch / "heat/.tmp-config.toml") << "na";
  EXPECT_NO_THROW(RunDirectory::create(scratch / "heat"));
  EXPECT_FALSE(fs::exists(scratch / "heat/.tmp-config.toml"));
}

TEST(RunDirectory, WithoutARunThereIsNothingToOpen) {
  const Scratch scratch;
  EXPECT_EQ(error_of([&] { RunDirectory::open(scratch / "heat"); }),
            std::make_pair(66, (scratch / "heat").string() + ": no run there (no config.toml)"));
}

TEST(RunDirectory, AFileInTheWayIsNamed) {
  const Scratch scratch;
  std::ofstream(scratch / "heat") << "x";
  EXPECT_EQ(error_of([&] { RunDirectory::create(scratch / "heat"); }),
            std::make_pair(73, (scratch / "heat").string() + ": exists and is not a folder"));
  EXPECT_EQ(error_of([&] { RunDirectory::create(scratch / "heat/deeper"); }).first, 73);
}

TEST(RunDirectory, AFolderThatCannotBeWrittenIsRefusedAtTheStart) {
  const Scratch scratch;
  const auto path = scratch / "closed";
  { RunDirectory::create(path).write_text("config.toml", ""); }
  ::chmod(scratch.path().c_str(), 0755);
  ::chmod(path.c_str(), 0555);
  ::chmod((path / "run.lock").c_str(), 0666);
  const auto child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);  // root ignores mode bits
    const auto opened = error_of([&] { RunDirectory::open(path); });
    const auto created = error_of([&] { RunDirectory::create(path / "inner/heat"); });
    const bool good =
        opened ==
            std::make_pair(73, path.string() + ": the folder cannot be written: cannot create " +
                                   (path / ".tmp-probe").string() + ": Permission denied") &&
        created == std::make_pair(
                       73, "cannot create " + (path / "inner").string() + ": Permission denied");
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::chmod(path.c_str(), 0755);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace banach
