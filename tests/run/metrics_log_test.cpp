// SPDX-License-Identifier: Apache-2.0
#include "core/run/metrics_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/run/log.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;
using testing::text_of;

const std::vector<std::string> columns = {"loss", "pde", "error"};

void rows(MetricsLog& log, int first, int last) {
  for (int i = first; i <= last; ++i)
    log.row(i, {1.0 / i, std::sqrt(i), i % 2 ? std::optional<double>() : 0.1 * i});
}

TEST(MetricsLog, WritesBothFormats) {
  const Scratch scratch;
  MetricsLog log(scratch.path(), columns);
  log.row(0, {0.1, 1e-300, {}});
  log.row(500, {std::numeric_limits<double>::infinity(), -std::nan(""), 3.0});
  EXPECT_EQ(text_of(scratch / "metrics.csv"),
            "step,loss,pde,error\n0,0.1,1e-300,\n500,inf,nan,3\n");
  EXPECT_EQ(text_of(scratch / "metrics.jsonl"),
            "{\"step\":0,\"loss\":0.1,\"pde\":1e-300,\"error\":null}\n"
            "{\"step\":500,\"loss\":\"inf\",\"pde\":\"nan\",\"error\":3}\n");
}

TEST(MetricsLog, NumbersReadBackExactly) {
  for (const double value : {1.0 / 3, 5e-324, -1.7976931348623157e308, 123456789.125, 0.1 + 0.2})
    EXPECT_EQ(std::strtod(shortest(value).c_str(), nullptr), value);
  EXPECT_EQ(shortest(0.1), "0.1");
}

TEST(MetricsLog, NamesWithSpecialCharactersAreQuoted) {
  const Scratch scratch;
  MetricsLog log(scratch.path(), {"a,b", "say \"x\""});
  log.row(1, {1.0, 2.0});
  EXPECT_EQ(text_of(scratch / "metrics.csv"), "step,\"a,b\",\"say \"\"x\"\"\"\n1,1,2\n");
  const auto row = nlohmann::json::parse(text_of(scratch / "metrics.jsonl"));
  EXPECT_EQ(row["say \"x\""], 2);
}

TEST(MetricsLog, ResumedAndUninterruptedRunsLeaveTheSameBytes) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "whole");
  std::filesystem::create_directory(scratch / "resumed");
  {
    MetricsLog whole(scratch / "whole", columns);
    rows(whole, 1, 40);
  }
  for (const int killed_at : {21, 25, 39}) {
    MetricsLog resumed(scratch / "resumed", columns);
    resumed.truncate_after(killed_at - 5);
    rows(resumed, killed_at == 21 ? 1 : killed_at - 4, killed_at);
  }
  MetricsLog resumed(scratch / "resumed", columns);
  resumed.truncate_after(20);
  rows(resumed, 21, 40);
  for (const char* name : {"metrics.csv", "metrics.jsonl"})
    EXPECT_EQ(text_of(scratch / "resumed" / name), text_of(scratch / "whole" / name));
}

TEST(MetricsLog, ARunCutAtAnyByteGoesOnToTheSameBytes) {
  const Scratch scratch;
  {
    MetricsLog log(scratch.path(), columns);
    rows(log, 1, 6);
  }
  const auto csv = text_of(scratch / "metrics.csv"), json = text_of(scratch / "metrics.jsonl");
  const auto cut = [&](const char* name, const std::string& whole, std::size_t length) {
    std::ofstream(scratch / name, std::ios::trunc) << whole.substr(0, length);
  };
  for (std::size_t n = 0; n <= std::max(csv.size(), json.size()); ++n) {
    cut("metrics.csv", csv, n);
    cut("metrics.jsonl", json, n);
    MetricsLog log(scratch.path(), columns);
    log.truncate_after(0);
    rows(log, 1, 6);
    ASSERT_EQ(text_of(scratch / "metrics.csv"), csv) << n;
    ASSERT_EQ(text_of(scratch / "metrics.jsonl"), json) << n;
  }
}

TEST(MetricsLog, TruncationDropsLaterAndTornRowsOnly) {
  const Scratch scratch;
  {
    MetricsLog log(scratch.path(), columns);
    rows(log, 1, 3);
  }
  std::ofstream(scratch / "metrics.csv", std::ios::app) << "4,0.2";
  MetricsLog log(scratch.path(), columns);
  log.truncate_after(1'000'000);
  const auto csv = text_of(scratch / "metrics.csv");
  EXPECT_EQ(csv.back(), '\n');
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);
  log.truncate_after(1);
  EXPECT_EQ(text_of(scratch / "metrics.csv"), "step,loss,pde,error\n1,1,1,\n");
  EXPECT_EQ(text_of(scratch / "metrics.jsonl"),
            "{\"step\":1,\"loss\":1,\"pde\":1,\"error\":null}\n");
}

TEST(MetricsLog, StepsThatComeTwiceKeepTheirLaterRows) {
  const Scratch scratch;
  {
    MetricsLog log(scratch.path(), {"loss"});
    for (const int step : {1, 2, 3, 9}) log.row(step, {1.0});
    for (const int step : {2, 3, 4, 5}) log.row(step, {2.0});
  }
  MetricsLog log(scratch.path(), {"loss"});
  EXPECT_EQ(log.truncate_after(4), 4);
  EXPECT_EQ(text_of(scratch / "metrics.csv"), "step,loss\n1,1\n2,2\n3,2\n4,2\n");
  log.row(5, {3.0});
  EXPECT_EQ(text_of(scratch / "metrics.csv"), "step,loss\n1,1\n2,2\n3,2\n4,2\n5,3\n");
  EXPECT_EQ(log.truncate_after(-1), 5);
  EXPECT_EQ(text_of(scratch / "metrics.csv"), "step,loss\n");
  EXPECT_EQ(text_of(scratch / "metrics.jsonl"), "");
}

TEST(Log, HalfALineThatAKilledProcessLeftIsEndedFirst) {
  const Scratch scratch;
  std::ofstream(scratch / "log.txt") << "2026-01-01 00:00:00 half a li";
  Log log(true);
  log.open(open_file(scratch / "log.txt", O_RDWR | O_CREAT | O_APPEND), scratch / "log.txt");
  log.note("resumed");
  const auto text = text_of(scratch / "log.txt");
  EXPECT_EQ(text.substr(0, 30), "2026-01-01 00:00:00 half a li\n");
  EXPECT_EQ(text.substr(text.size() - 9), " resumed\n");
}

TEST(MetricsLog, ZerosAfterAPowerLossAreDropped) {
  const Scratch scratch;
  {
    MetricsLog log(scratch.path(), columns);
    rows(log, 1, 1);
  }
  for (const char* name : {"metrics.csv", "metrics.jsonl"})
    std::ofstream(scratch / name, std::ios::app) << std::string(50, '\0') << '\n';
  MetricsLog(scratch.path(), columns).truncate_after(9);
  EXPECT_EQ(text_of(scratch / "metrics.csv"), "step,loss,pde,error\n1,1,1,\n");
  EXPECT_EQ(text_of(scratch / "metrics.jsonl"),
            "{\"step\":1,\"loss\":1,\"pde\":1,\"error\":null}\n");
}

TEST(MetricsLog, OtherColumnsAreRefused) {
  const Scratch scratch;
  { MetricsLog(scratch.path(), {"loss"}); }
  EXPECT_EQ(error_of([&] {
              MetricsLog(scratch.path(), {"loss", "pde"});
            }),
            std::make_pair(65, (scratch / "metrics.csv").string() +
                                   ": its columns are \"step,loss\", this run writes "
                                   "\"step,loss,pde\""));
}

TEST(TimingLog, StandsApart) {
  const Scratch scratch;
  TimingLog log(scratch.path());
  log.row(100, 1.23456, 81.23456789);
  log.row(200, 2.5, 80);
  log.truncate_after(150);
  EXPECT_EQ(text_of(scratch / "timing.csv"), "step,seconds,steps_per_second\n100,1.235,81.2346\n");
}

}  // namespace
}  // namespace banach
