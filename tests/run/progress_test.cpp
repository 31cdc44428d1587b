// SPDX-License-Identifier: Apache-2.0
#include "core/run/progress.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/run/log.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using namespace std::chrono_literals;
using testing::Scratch;
using testing::text_of;

const ProgressState half = {"train", 6300, 15000, 62.2, 101.2, {{"loss", 3.21e-4}, {"pde", 0.1}}};

int sink(const Scratch& scratch) {
  return ::open((scratch / "err").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
}

TEST(ProgressBar, ShowsStepsTimesRateAndFields) {
  EXPECT_EQ(progress_bar(half, 86, false),
            "train:  42%|####      | 6300/15000 [01:02<01:25, 101.2it/s, loss=3.2e-04, "
            "pde=1.0e-01]");
}

TEST(ProgressBar, NeverExceedsItsColumns) {
  for (int columns = 1; columns < 200; ++columns)
    EXPECT_LE(progress_bar(half, columns, false).size(), static_cast<std::size_t>(columns));
}

TEST(ProgressBar, GivesFieldsUpBeforeTheBar) {
  EXPECT_EQ(progress_bar(half, 85, false),
            "train:  42%|#########             | 6300/15000 [01:02<01:25, 101.2it/s, "
            "loss=3.2e-04]");
  EXPECT_EQ(progress_bar(half, 60, false),
            "train:  42%|####       | 6300/15000 [01:02<01:25, 101.2it/s]");
}

TEST(ProgressBar, UsesBlocksWhereTheLocaleHasThem) {
  const ProgressState state = {"train", 33, 80, 1, 10, {}};
  EXPECT_EQ(progress_bar(state, 53, true), "train:  41%|████▏     | 33/80 [00:01<00:04, 10.0it/s]");
}

TEST(ProgressText, SaysWhatIsNotKnown) {
  EXPECT_EQ(progress_text({"train", 0, 100, 0, 0, {}}), "train:   0% 0/100 [00:00<?, ?it/s]");
  EXPECT_EQ(progress_text({"fit", 7, 0, 3725, 0.5, {}}), "fit: 7 [1:02:05, 2.0s/it]");
}

TEST(Progress, PlainLinesComeAfterTwoSecondsAndThenEveryFive) {
  const Scratch scratch;
  const int fd = sink(scratch);
  const Progress::Clock::time_point start{};
  Progress progress("train", 0, 1000, Progress::Mode::plain, fd, start);
  int shown = 0;
  for (int i = 1; i <= 130; ++i) {
    const auto now = start + i * 100ms;
    if (!progress.due(now)) continue;
    progress.show(i * 5, {{"loss", 0.5}}, now);
    ++shown;
  }
  progress.finish(1000, {{"loss", 0.25}}, start + 20s);
  ::close(fd);
  EXPECT_EQ(shown, 3);
  EXPECT_EQ(text_of(scratch / "err"),
            "train:  10% 100/1000 [00:02<00:18, 50.0it/s, loss=5.0e-01]\n"
            "train:  35% 350/1000 [00:07<00:13, 50.0it/s, loss=5.0e-01]\n"
            "train:  60% 600/1000 [00:12<00:08, 50.0it/s, loss=5.0e-01]\n"
            "train: 100% 1000/1000 [00:20<00:00, 50.0it/s, loss=2.5e-01]\n");
}

TEST(Progress, ATerminalIsRedrawnTenTimesASecondAtMost) {
  const Scratch scratch;
  const int fd = sink(scratch);
  const Progress::Clock::time_point start{};
  Progress progress("train", 0, 1000, Progress::Mode::terminal, fd, start);
  int shown = 0;
  for (int i = 1; i <= 1000; ++i) {
    const auto now = start + i * 1ms;
    if (!progress.due(now)) continue;
    progress.show(i, {}, now);
    ++shown;
  }
  EXPECT_EQ(shown, 10);
  ::close(fd);
  const auto text = text_of(scratch / "err");
  EXPECT_EQ(text.find("\rtrain:  10%|"), 0u);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(Progress, AResumedRunCountsItsOwnStepsOnly) {
  const Progress::Clock::time_point start{};
  Progress progress("train", 900, 1000, Progress::Mode::plain, ::open("/dev/null", O_WRONLY),
                    start);
  progress.show(920, {}, start + 2s);
  EXPECT_DOUBLE_EQ(progress.rate(), 10.0);
}

TEST(Progress, QuietWritesNothing) {
  const Scratch scratch;
  const int fd = sink(scratch);
  {
    Progress progress("train", 0, 10, Progress::Mode::quiet, fd);
    EXPECT_FALSE(progress.due(Progress::Clock::now() + 24h));
    progress.show(5, {});
    progress.finish(10, {});
  }
  ::close(fd);
  EXPECT_EQ(text_of(scratch / "err"), "");
}

TEST(Log, LinesTakeTheProgressLineAway) {
  const Scratch scratch;
  const int fd = sink(scratch);
  Progress progress("train", 0, 10, Progress::Mode::terminal, fd);
  Log log(false, fd);
  log.attach(&progress);
  progress.show(5, {});
  log.info("validated");
  log.info("again");
  const auto text = text_of(scratch / "err");
  EXPECT_NE(text.find("\x1b[K\r\x1b[Kvalidated\nagain\n"), std::string::npos);
  ::close(fd);
}

TEST(Log, QuietKeepsInformationInTheFileAndWarningsOnBoth) {
  const Scratch scratch;
  const int fd = sink(scratch);
  Log log(true, fd);
  log.info("early");
  log.open(open_file(scratch / "log.txt", O_RDWR | O_CREAT | O_APPEND), scratch / "log.txt");
  log.info("information");
  log.warning("trouble");
  log.note("detail");
  ::close(fd);
  EXPECT_EQ(text_of(scratch / "err"), "warning: trouble\n");
  std::string lines;
  std::istringstream file(text_of(scratch / "log.txt"));
  for (std::string line; std::getline(file, line);) lines += line.substr(20) + '|';
  EXPECT_EQ(lines, "early|information|warning: trouble|detail|");
}

TEST(Log, AFullDiskIsSaidOnceAndEndsNothing) {
  const Scratch scratch;
  const int fd = sink(scratch);
  Log log(true, fd);
  log.open(open_file("/dev/full", O_WRONLY), "/dev/full");
  log.info("one");
  log.info("two");
  ::close(fd);
  EXPECT_EQ(text_of(scratch / "err"), "warning: cannot write /dev/full: No space left on device\n");
}

}  // namespace
}  // namespace banach
