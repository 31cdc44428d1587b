// SPDX-License-Identifier: Apache-2.0
// Trials as processes of their own: a crash or an endless loop is one trial's affair.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/run/folder.hpp"

namespace banach {

/// One process: its words (the first is the program's path) and the files that stdout and stderr
/// are appended to.
struct Command {
  std::vector<std::string> words;
  Folder folder;
  std::string out, err;
};

/// Processes by number. Each is the leader of its own group, so that a terminal's Ctrl-C reaches
/// it through us alone; it gets SIGTERM when this process dies, whatever of.
class BANACH_API Children {
 public:
  /// `inherited`: descriptors that the children keep open (of a lock).
  explicit Children(std::vector<int> inherited = {}) : inherited_(std::move(inherited)) {}
  ~Children();
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  /// IoError when it cannot be started.
  void start(std::int64_t id, const Command& command);
  /// Those that ended since: number and exit code (128 + n for signal n).
  std::vector<std::pair<std::int64_t, int>> reap();
  void signal(std::int64_t id, int number) const;
  void signal(int number) const;
  std::size_t size() const { return pids_.size(); }

 private:
  std::vector<int> inherited_;
  std::map<std::int64_t, int> pids_;
};

struct TrialEnd {
  std::int64_t id = 0;
  int code = 0;              // as from Children
  bool late = false;         // it was ended by the timeout
  bool interrupted = false;  // it was stopped with all others, saved, and can go on
};

/// What a study does with its trials.
struct TrialHooks {
  /// The next trial; none: no more.
  std::function<std::optional<std::pair<std::int64_t, Command>>()> next;
  std::function<void(const TrialEnd& end)> ended;
  /// Asked often; true ends the trial with SIGTERM.
  std::function<bool(std::int64_t id)> enough;
  /// Called often, for progress.
  std::function<void(std::size_t running)> look;
};

struct TrialLimits {
  std::int64_t jobs = 1;          // at a time
  std::optional<double> timeout;  // seconds of one trial
  std::optional<double> seconds;  // of all; then no trial starts, and the running ones are stopped
  double grace = 30;              // seconds between SIGTERM and SIGKILL
};

/// Runs trials until there are no more, a signal comes (forwarded to all trials), or the time is
/// over. Returns the signal, -1 for the time, else 0. After a signal or the end of the time,
/// `ended` is told of the trials that still finish.
BANACH_API int run_trials(Children& children, const TrialLimits& limits, const TrialHooks& hooks);

}  // namespace banach
