// SPDX-License-Identifier: Apache-2.0
// metrics.csv, metrics.jsonl (free of wall-clock, so that a resumed run leaves the same bytes) and
// timing.csv.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/run/folder.hpp"

namespace banach {

/// The shortest text that reads back as the same double; "nan", "inf" and "-inf" for the others.
BANACH_API std::string shortest(double value);

/// A text file that grows by whole lines, each with one write(2).
class BANACH_API LineFile {
 public:
  /// Gives the step of a complete line, or nothing if it is none.
  using StepOf = std::optional<std::int64_t> (*)(const std::string& line);

  /// Opens the file, new or to go on with; `header` (may be empty) is its first line.
  /// DataError if an existing file has another header.
  LineFile(const Folder& folder, const std::string& name, const std::string& header,
           StepOf step_of);

  /// Drops lines beyond `step`, those whose steps come again further down, and everything from the
  /// first one on that is torn or unreadable; returns how many lines that were.
  std::int64_t truncate_after(std::int64_t step);

  /// Appends a line (without its end); after an IoError the file ends with the line before it.
  void append(const std::string& line);
  void sync();

 private:
  void cut(std::size_t length);
  Folder folder_;
  std::string name_;
  std::filesystem::path path_;
  std::string header_;
  StepOf step_of_;
  Descriptor file_;
  std::size_t length_ = 0;
};

/// The metrics of a run in both formats; a missing value is an empty cell and null. JSON has no
/// number for nan and inf: they are strings there.
class BANACH_API MetricsLog {
 public:
  /// `columns` are the names after "step". Existing files are gone on with: truncate_after first.
  MetricsLog(const Folder& folder, std::vector<std::string> columns);

  /// Drops what an interrupted run wrote after this step (-1: everything); returns how many rows.
  std::int64_t truncate_after(std::int64_t step);

  /// One row; as many values as columns.
  void row(std::int64_t step, const std::vector<std::optional<double>>& values);

  /// To disk; before each checkpoint, so that the rows up to its step survive with it.
  void sync();

 private:
  std::vector<std::string> columns_;
  LineFile csv_, jsonl_;
};

/// timing.csv: step, seconds since the start of the run, steps per second.
class BANACH_API TimingLog {
 public:
  explicit TimingLog(const Folder& folder);
  std::int64_t truncate_after(std::int64_t step);
  void row(std::int64_t step, double seconds, double rate);
  void sync();

 private:
  LineFile csv_;
};

}  // namespace banach
