// SPDX-License-Identifier: Apache-2.0
// How far a run is: one line that redraws itself on a terminal, plain lines elsewhere.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Named numbers shown behind the rate, the most important first.
using ProgressFields = std::vector<std::pair<std::string, double>>;

/// What one line shows.
struct ProgressState {
  std::string label;
  std::int64_t step = 0, total = 0;  // total 0: unknown
  double elapsed = 0, rate = 0;      // seconds; steps per second, 0: unknown
  ProgressFields fields;
};

/// `train:  42%|####      | 6300/15000 [01:02<01:26, 101.2it/s, loss=3.2e-04]` in at most `columns`
/// columns (fields give way from the end); blocks instead of # where `utf8`.
BANACH_API std::string progress_bar(const ProgressState& state, int columns, bool utf8);

/// The same without a bar, for logs.
BANACH_API std::string progress_text(const ProgressState& state);

/// Writes the lines. `if (p.due()) p.show(step, fields)` after every step: `due` costs one look
/// at the clock, so that fields are only computed when they are wanted.
class BANACH_API Progress {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Mode { terminal, plain, quiet };

  /// Terminal or plain by what `fd` is; quiet if asked for.
  static Mode mode_of(int fd, bool quiet);

  /// Counts from `first` (the restored step) to `total`, 0 if that is not known.
  Progress(std::string label, std::int64_t first, std::int64_t total, Mode mode, int fd = 2,
           Clock::time_point now = Clock::now());
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// True when a line is to be written: at most 10 times a second on a terminal, else after 2 s and
  /// then every 5 s.
  bool due(Clock::time_point now = Clock::now()) const { return now >= next_; }
  void show(std::int64_t step, const ProgressFields& fields, Clock::time_point now = Clock::now());

  /// The last line, which stays.
  void finish(std::int64_t step, const ProgressFields& fields,
              Clock::time_point now = Clock::now());

  /// Takes the redrawn line away, so that something else can be written; the next show brings it
  /// back.
  void clear();

  /// Smoothed steps per second; 0 before the second look.
  double rate() const;

 private:
  void count(std::int64_t step, Clock::time_point now);
  void draw(const std::string& line, bool stays);
  ProgressState state(std::int64_t step, const ProgressFields& fields, Clock::time_point now) const;

  std::string label_;
  std::int64_t total_, counted_;
  Mode mode_;
  int fd_;
  bool utf8_, drawn_ = false;
  Clock::time_point start_, counted_at_, next_;
  double pace_ = 0, weight_ = 0;  // smoothed seconds per step and the weight gathered so far
};

}  // namespace banach
