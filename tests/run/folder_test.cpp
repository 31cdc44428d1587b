// SPDX-License-Identifier: Apache-2.0
// Folders in which somebody has laid links, other kinds of files, and files of others.
#include "core/run/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "core/run/checkpoints.hpp"
#include "core/run/metrics_log.hpp"
#include "core/run/run_directory.hpp"
#include "core/study/journal.hpp"
#include "core/study/study_directory.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::Scratch;
using testing::text_of;

constexpr const char* link_text =
    ": this is a link, and none is followed here: put what it leads to in its place, or remove it";
constexpr const char* precious = "precious\n";

/// A folder "run" beside a file of the user's that nobody may touch.
class Hostile : public ::testing::Test {
 protected:
  Hostile() : run_(scratch_ / "run"), victim_(scratch_ / "victim") {
    fs::create_directory(run_);
    std::ofstream(victim_) << precious;
  }
  ~Hostile() override { EXPECT_EQ(text_of(victim_), precious); }
  void link(const std::string& name) const { fs::create_symlink(victim_, run_ / name); }
  void refuses(const std::string& name, const std::function<void()>& action) const {
    const auto [code, text] = error_of(action);
    EXPECT_TRUE(code == 65 || code == 73) << name << " gave " << code;
    EXPECT_EQ(text, (run_ / name).string() + link_text);
  }
  Scratch scratch_;
  fs::path run_, victim_;
};

TEST_F(Hostile, NothingOfARunIsWrittenThroughALink) {
  for (const char* name : {"metrics.csv", "metrics.jsonl"}) {
    link(name);
    refuses(name, [&] { MetricsLog(run_, {"loss"}); });
    fs::remove(run_ / name);
  }
  link("timing.csv");
  refuses("timing.csv", [&] { TimingLog log(run_); });
  link("log.txt");
  refuses("log.txt", [&] { Folder(run_).to_write("log.txt", O_RDWR | O_CREAT | O_APPEND); });
  link("trials.jsonl");
  refuses("trials.jsonl", [&] { Journal(run_, StudyDirectory::journal_name); });
}

TEST_F(Hostile, LocksAreNoLinks) {
  std::ofstream(run_ / "config.toml") << "";
  link("run.lock");
  refuses("run.lock", [&] { RunDirectory::open(run_); });
  fs::remove(run_ / "run.lock");
  fs::remove(run_ / "config.toml");
  std::ofstream(run_ / "study.toml") << "";
  link("study.lock");
  const auto [code, text] = error_of([&] { StudyDirectory study(run_); });
  EXPECT_EQ(code, 73) << text;  // a link is no lock, hence the folder no study
}

TEST_F(Hostile, NothingOfARunIsReadThroughALink) {
  link("result.json");
  EXPECT_FALSE(Folder(run_).has("result.json"));
  refuses("result.json", [&] { Folder(run_).read("result.json"); });
  fs::create_directory(scratch_ / "others");
  fs::create_directory_symlink(scratch_ / "others", run_ / "checkpoints");
  refuses("checkpoints", [&] { Checkpoints(Folder(run_)).steps(); });
  refuses("checkpoints", [&] { Checkpoints(Folder(run_)).start(); });
}

TEST_F(Hostile, AWholeFileReplacesALinkAndALinkedTemporary) {
  link("resolved.toml");
  link(".tmp-resolved.toml");
  Folder(run_).write("resolved.toml", std::string_view("mine\n"));
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(run_ / "resolved.toml")));
  EXPECT_EQ(text_of(run_ / "resolved.toml"), "mine\n");
  EXPECT_EQ(Folder(run_).names(), std::vector<std::string>{"resolved.toml"});
}

TEST_F(Hostile, AFileThatHasAnotherNameIsNotChanged) {
  fs::create_hard_link(victim_, run_ / "log.txt");
  const auto [code, text] =
      error_of([&] { Folder(run_).to_write("log.txt", O_RDWR | O_CREAT | O_APPEND); });
  EXPECT_EQ(code, 65);
  EXPECT_EQ(text, (run_ / "log.txt").string() +
                      ": this file has 2 names (hard links), which all would change: put a copy in "
                      "its place");
  fs::create_hard_link(victim_, run_ / ".tmp-x");
  Folder(run_).write("x", std::string_view("new"));
  EXPECT_EQ(Folder(run_).text("log.txt"), precious);  // reading harms nobody
}

TEST_F(Hostile, ClearingFollowsNoLink) {
  fs::create_directory(scratch_ / "home");
  std::ofstream(scratch_ / "home/thesis.tex") << precious;
  {
    const auto run = RunDirectory::create(scratch_ / "new");
    run.write_text("config.toml", "");
  }
  fs::create_directory_symlink(scratch_ / "home", scratch_ / "new/checkpoints");
  fs::create_directories(scratch_ / "new/deep/er");
  fs::create_directory_symlink(scratch_ / "home", scratch_ / "new/deep/er/link");
  fs::create_symlink(victim_, scratch_ / "new/metrics.csv");
  RunDirectory::create(scratch_ / "new", true);
  EXPECT_EQ(text_of(scratch_ / "home/thesis.tex"), precious);
  EXPECT_EQ(Folder(scratch_ / "new").names(), std::vector<std::string>{"run.lock"});
}

TEST_F(Hostile, ThePathToAFolderMayBeALink) {
  fs::create_directory_symlink(run_, scratch_ / "shortcut");
  Folder(scratch_ / "shortcut").write("x", std::string_view("y"));
  EXPECT_EQ(text_of(run_ / "x"), "y");
}

TEST_F(Hostile, OtherKindsOfFilesAreRefusedAndDoNotHang) {
  ASSERT_EQ(::mkfifo((run_ / "metrics.csv").c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { MetricsLog(run_, {"loss"}); }),
            std::make_pair(65, (run_ / "metrics.csv").string() + ": this is not a regular file"));
  EXPECT_EQ(error_of([&] { Folder(run_).read("metrics.csv"); }).first, 65);
  EXPECT_EQ(error_of([&] { Folder(run_).read("nothing"); }).first, 66);
}

/// Exit code of `action` under an ordinary user.
int as_user(uid_t user, const std::function<int()>& action) {
  const auto child = ::fork();
  if (child == 0) {
    if (::setuid(user) != 0) ::_exit(2);
    ::_exit(action());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(Hostile, AColleaguesFilesAreReadAndNotWritten) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs two users";
  ::chmod(scratch_.path().c_str(), 0755);
  ::chmod(run_.c_str(), 0777);
  std::ofstream(run_ / "log.txt") << "theirs\n";
  ::chmod((run_ / "log.txt").c_str(), 0666);
  ASSERT_EQ(::chown((run_ / "log.txt").c_str(), 4001, 4001), 0);
  const Folder folder(run_);  // root's
  EXPECT_EQ(as_user(4002,
                    [&] {
                      const auto [code, text] =
                          error_of([&] { folder.to_write("log.txt", O_RDWR | O_APPEND); });
                      const bool said =
                          text == (run_ / "log.txt").string() +
                                      ": this file belongs neither to you nor to the owner of its "
                                      "folder";
                      return code == 65 && said && folder.text("log.txt") == "theirs\n" ? 0 : 1;
                    }),
            0);
  EXPECT_EQ(as_user(4001,
                    [&] {
                      return error_of([&] { folder.to_write("log.txt", O_RDWR); }).first == -1 ? 0
                                                                                               : 1;
                    }),
            0);
  EXPECT_EQ(error_of([&] { folder.to_write("log.txt", O_RDWR); }).first, 65);  // root as well
  ASSERT_EQ(::chown(run_.c_str(), 4001, 4001), 0);
  EXPECT_EQ(error_of([&] { folder.to_write("log.txt", O_RDWR); }).first, -1);  // goes on with a run
}

TEST(FolderLock, RemovingItsFileLetsNobodyIn) {
  const Scratch scratch;
  std::optional<RunDirectory> first = RunDirectory::create(scratch / "run");
  first->write_text("config.toml", "");
  fs::remove(scratch / "run/run.lock");
  const std::string text =
      (scratch / "run").string() +
      ": the run is in use by another process; wait for it or choose another name or --out";
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(error_of([&] { RunDirectory::open(scratch / "run"); }), std::make_pair(73, text));
  first.reset();
  EXPECT_EQ(error_of([&] { RunDirectory::open(scratch / "run"); }).first, -1);
}

TEST(FolderLock, OfAStudyHoldsAsWell) {
  const Scratch scratch;
  const StudyDirectory study(scratch / "study");
  study.define("");
  fs::remove(scratch / "study/study.lock");
  std::ofstream(scratch / "study/study.lock") << "";
  EXPECT_EQ(error_of([&] { StudyDirectory other(scratch / "study"); }).first, 73);
}

TEST(Folder, KnowsWhetherItsPathStillLeadsToIt) {
  const Scratch scratch;
  fs::create_directory(scratch / "run");
  const Folder folder(scratch / "run");
  EXPECT_TRUE(folder.at_its_path());
  fs::rename(scratch / "run", scratch / "moved");
  EXPECT_FALSE(folder.at_its_path());
  fs::create_directory(scratch / "run");
  EXPECT_FALSE(folder.at_its_path());
  folder.write("x", std::string_view("y"));  // goes with the folder
  EXPECT_EQ(text_of(scratch / "moved/x"), "y");
}

}  // namespace
}  // namespace banach
