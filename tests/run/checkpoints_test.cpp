// SPDX-License-Identifier: Apache-2.0
#include "core/run/checkpoints.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::Scratch;

Container state_of(double value, std::size_t count = 4) {
  Container c;
  const std::vector<double> values(count, value);
  c.blobs = {make_blob("w", {static_cast<std::int64_t>(count)}, values.data())};
  return c;
}

double value_in(const Checkpoints::Loaded& loaded) {
  return values_of<double>(loaded.container.blob("w")).front();
}

void damage(const fs::path& path) {
  auto bytes = read_file(path);
  bytes[bytes.size() / 2] ^= std::byte{1};
  write_atomically(path, bytes);
}

TEST(Checkpoints, TheNewestIsTheLast) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch / "run/checkpoints");
  checkpoints.start();
  for (const int step : {9, 10, 100'000'000}) checkpoints.save(step, state_of(step));
  std::vector<std::string> notices;
  const auto last = checkpoints.load_last(notices);
  EXPECT_EQ(last.step, 100'000'000);
  EXPECT_EQ(last.path.filename(), "step-000100000000.ck");
  EXPECT_EQ(value_in(last), 1e8);
  EXPECT_TRUE(notices.empty());
}

TEST(Checkpoints, OnlyTheNewestAreKeptAndTheBestStays) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch.path(), 3);
  checkpoints.start();
  EXPECT_FALSE(checkpoints.has_best());
  checkpoints.save_best(1, state_of(1));
  for (int step = 1; step <= 9; ++step) checkpoints.save(step, state_of(step));
  EXPECT_EQ(checkpoints.steps(), (std::vector<std::int64_t>{9, 8, 7}));
  EXPECT_TRUE(checkpoints.has_best());
  EXPECT_EQ(checkpoints.load_best().step, 1);
  checkpoints.save_best(8, state_of(8));
  EXPECT_EQ(value_in(checkpoints.load_best()), 8);
}

TEST(Checkpoints, KeepingFewerThanTwoIsRefused) {
  EXPECT_EQ(
      error_of([] { Checkpoints("x", 1); }),
      std::make_pair(78, std::string("checkpoint.keep = 1: at least 2 must be kept, the newest and "
                                     "one to fall back to")));
}

TEST(Checkpoints, ADamagedOneFallsBackToThePreviousAndSaysSo) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch.path(), 3);
  for (const int step : {100, 200, 300}) checkpoints.save(step, state_of(step));
  damage(checkpoints.path_of(300));
  fs::resize_file(checkpoints.path_of(200), 77);
  std::vector<std::string> notices;
  EXPECT_EQ(checkpoints.load_last(notices).step, 100);
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0], checkpoints.path_of(300).string() +
                            ": the checkpoint is damaged: its SHA-256 does not match its content; "
                            "falling back to step-000000000100.ck");
  EXPECT_EQ(notices[1], checkpoints.path_of(200).string() +
                            ": the checkpoint is cut off after 77 bytes; falling back to "
                            "step-000000000100.ck");
}

TEST(Checkpoints, AHugeHoleIsNotReadAndNamed) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch.path());
  checkpoints.save(1, state_of(1));
  constexpr std::uintmax_t huge = 100'000'000'000;
  const auto hole = checkpoints.path_of(2), shaped = checkpoints.path_of(3);
  std::ofstream(hole) << "";
  fs::resize_file(hole, huge);
  // The same between the two ends of a sound one.
  const auto sound = testing::text_of(checkpoints.path_of(1));
  std::ofstream(shaped, std::ios::binary) << sound.substr(0, 64);
  fs::resize_file(shaped, huge - 16);
  std::string length(8, '\0');
  std::memcpy(length.data(), &huge, 8);
  std::ofstream(shaped, std::ios::binary | std::ios::app) << length << "BNC-end\n";
  std::vector<std::string> notices;
  EXPECT_EQ(checkpoints.load_last(notices).step, 1);
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0].find(shaped.string() + " needs 200"), 0u) << notices[0];
  EXPECT_EQ(notices[1], hole.string() +
                            ": this is no Banach checkpoint (its first bytes are others); falling "
                            "back to step-000000000001.ck");
}

TEST(Checkpoints, ADamagedNewerOneDoesNotCountAsKept) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch.path(), 2);
  for (const int step : {300, 400}) checkpoints.save(step, state_of(step));
  damage(checkpoints.path_of(400));
  checkpoints.save(350, state_of(350));
  damage(checkpoints.path_of(350));
  std::vector<std::string> notices;
  EXPECT_EQ(checkpoints.load_last(notices).step, 300);
  EXPECT_EQ(notices.size(), 2u);
}

TEST(Checkpoints, WithoutAGoodOneTheyAreBadDataAndWithoutAnyNoInput) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch / "checkpoints");
  std::vector<std::string> notices;
  const auto none =
      std::make_pair(66, (scratch / "checkpoints").string() + ": no checkpoint there");
  EXPECT_EQ(error_of([&] { checkpoints.load_last(notices); }), none);
  checkpoints.start();
  EXPECT_EQ(error_of([&] { checkpoints.load_last(notices); }), none);
  checkpoints.save(1, state_of(1));
  damage(checkpoints.path_of(1));
  const auto [code, text] = error_of([&] { checkpoints.load_last(notices); });
  EXPECT_EQ(code, 65);
  EXPECT_NE(text.find(": none of the 1 checkpoints can be used: "), std::string::npos) << text;
  EXPECT_EQ(error_of([&] { checkpoints.load_best(); }).first, 66);
}

TEST(Checkpoints, ARenamedOneIsRefused) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch.path());
  checkpoints.save(5, state_of(5));
  fs::rename(checkpoints.path_of(5), checkpoints.path_of(7));
  EXPECT_EQ(error_of([&] { Checkpoints::load(checkpoints.path_of(7)); }).second,
            checkpoints.path_of(7).string() + ": the checkpoint is of step 5, its name says 7");
}

TEST(Checkpoints, OtherFilesAreNotTakenForCheckpoints) {
  const Scratch scratch;
  for (const char* name : {"step-1.ck", "step-00000000000x.ck", "step-000000000001.ck.bak",
                           ".tmp-step-000000000001.ck", "Step-000000000001.ck"})
    std::ofstream(scratch / name) << "x";
  EXPECT_TRUE(Checkpoints(scratch.path()).steps().empty());
}

TEST(Checkpoints, StartRemovesWhatKilledWritersLeft) {
  const Scratch scratch;
  Checkpoints checkpoints(scratch.path());
  checkpoints.save(5, state_of(5));
  std::ofstream(scratch / ".tmp-step-000000000006.ck") << "half";
  std::ofstream(scratch / "notes.txt") << "mine";
  checkpoints.start();
  EXPECT_FALSE(fs::exists(scratch / ".tmp-step-000000000006.ck"));
  EXPECT_TRUE(fs::exists(scratch / "notes.txt"));
  EXPECT_EQ(checkpoints.steps(), std::vector<std::int64_t>{5});
}

TEST(Checkpoints, AFileSizeLimitIsAnErrorThatLeavesTheOldOnes) {
  const Scratch scratch;
  const auto child = ::fork();
  if (child == 0) {
    Checkpoints checkpoints(scratch.path());
    checkpoints.save(1, state_of(1));
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto [code, text] = error_of([&] { checkpoints.save(2, state_of(2, 10'000)); });
    const auto expected = "cannot write " + checkpoints.path_of(2).string() + ": File too large";
    ::_exit(code == 74 && text == expected ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  std::vector<std::string> notices;
  EXPECT_EQ(Checkpoints(scratch.path()).load_last(notices).step, 1);
  EXPECT_TRUE(notices.empty());
  EXPECT_FALSE(fs::exists(scratch / ".tmp-step-000000000002.ck"));
}

TEST(Checkpoints, AFullDiskIsAnErrorThatLeavesTheOldOnes) {
  const Scratch scratch;
  const auto child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", scratch.path().c_str(), "tmpfs", 0, "size=32k") != 0)
      ::_exit(2);
    Checkpoints checkpoints(scratch.path());
    checkpoints.save(1, state_of(1));
    const auto [code, text] = error_of([&] { checkpoints.save(2, state_of(2, 10'000)); });
    std::vector<std::string> notices;
    const bool good =
        code == 74 && checkpoints.load_last(notices).step == 1 && notices.empty() &&
        text == "cannot write " + checkpoints.path_of(2).string() + ": No space left on device" &&
        !fs::exists(scratch / ".tmp-step-000000000002.ck");
    checkpoints.save(3, state_of(3));  // there is room again
    ::_exit(good && checkpoints.load_last(notices).step == 3 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 2) GTEST_SKIP() << "may not mount a tmpfs here";
  EXPECT_EQ(status, 0);
}

TEST(AtomicFile, FailuresNamePathReasonAndErrno) {
  const Scratch scratch;
  try {
    write_atomically(scratch / "missing/x.txt", std::string_view("x"));
    FAIL();
  } catch (const IoError& e) {
    EXPECT_EQ(e.what(), "cannot create " + (scratch / "missing/x.txt").string() +
                            ": No such file or directory");
    EXPECT_EQ(e.code(), Exit::io);
    EXPECT_EQ(e.error_number(), ENOENT);
    EXPECT_EQ(e.path(), scratch / "missing/x.txt");
  }
  fs::create_directory(scratch / "folder");
  EXPECT_EQ(error_of([&] { write_atomically(scratch / "folder", std::string_view("x")); }).second,
            "cannot rename to " + (scratch / "folder").string() + ": Is a directory");
  EXPECT_FALSE(fs::exists(scratch / ".tmp-folder"));
}

TEST(AtomicFile, AFifoIsRefusedAndDoesNotHang) {
  const Scratch scratch;
  ASSERT_EQ(::mkfifo((scratch / "x.ck").c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { read_file(scratch / "x.ck"); }),
            std::make_pair(
                65, (scratch / "x.ck").string() +
                        ": this is a FIFO, which can be read only once: save it as a file first"));
}

}  // namespace
}  // namespace banach
