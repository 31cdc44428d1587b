// SPDX-License-Identifier: Apache-2.0
#include "core/study/children.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "core/run/signals.hpp"

namespace banach {
namespace {

using Clock = std::chrono::steady_clock;

// Between fork and exec: only what a signal handler might do.
[[noreturn]] void become(char* const* argv, int out, int err, const std::vector<int>& inherited,
                         pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(128 + SIGTERM);
  // SIGHUP stays ignored where nohup has asked for that; a handler ends with exec by itself.
  for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGPIPE, SIGXFSZ}) ::signal(number, SIG_DFL);
  // Kept for the trial until it listens; its loader would die of it.
  sigset_t kept;
  ::sigemptyset(&kept);
  ::sigaddset(&kept, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &kept, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, 0), ::dup2(out, 1), ::dup2(err, 2);
  for (const int descriptor : inherited) ::fcntl(descriptor, F_SETFD, 0);
  ::execv(argv[0], argv);
  ::_exit(127);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

Children::~Children() {
  signal(SIGKILL);
  for (const auto& child : pids_) ::waitpid(child.second, nullptr, 0);
}

void Children::start(std::int64_t id, const Command& command) {
  std::vector<char*> argv;
  for (const auto& word : command.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  constexpr int flags = O_WRONLY | O_CREAT | O_APPEND;
  const Descriptor out = command.folder.to_write(command.out, flags),
                   err = command.folder.to_write(command.err, flags);
  const pid_t parent = ::getpid(), child = ::fork();
  if (child < 0) throw IoError(command.words.front(), "start", errno);
  if (child == 0) become(argv.data(), out.get(), err.get(), inherited_, parent);
  ::setpgid(child, child);  // here too: a signal may be sent before the child has come that far
  pids_[id] = child;
}

std::vector<std::pair<std::int64_t, int>> Children::reap() {
  std::vector<std::pair<std::int64_t, int>> out;
  for (auto child = pids_.begin(); child != pids_.end();) {
    int status = 0;
    if (::waitpid(child->second, &status, WNOHANG) != child->second) {
      ++child;
      continue;
    }
    out.emplace_back(child->first, code_of(status));
    child = pids_.erase(child);
  }
  return out;
}

void Children::signal(std::int64_t id, int number) const {
  if (const auto child = pids_.find(id); child != pids_.end()) ::kill(child->second, number);
}

void Children::signal(int number) const {
  for (const auto& child : pids_) ::kill(child.second, number);
}

namespace {

class TrialLoop {
 public:
  TrialLoop(Children& children, const TrialLimits& limits, const TrialHooks& hooks)
      : children_(children), limits_(limits), hooks_(hooks) {}

  int run() {
    for (;;) {
      if (stopped_ == 0) fill();
      if (children_.size() == 0 && (stopped_ != 0 || exhausted_)) return stopped_;
      for (const auto& [id, code] : children_.reap()) end(id, code);
      for (auto& running : running_) look_at(running.first, running.second);
      if (stopped_ == 0) look_for_stop();
      hooks_.look(children_.size());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

 private:
  struct Running {
    Clock::time_point start;
    std::optional<Clock::time_point> told;  // to end
    bool late = false, stopped = false;
  };

  static double seconds_since(Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
  }

  void fill() {
    exhausted_ = false;
    while (!exhausted_ && static_cast<std::int64_t>(children_.size()) < limits_.jobs) {
      const auto trial = hooks_.next();
      exhausted_ = !trial;
      if (!trial) return;
      children_.start(trial->first, trial->second);
      running_[trial->first].start = Clock::now();
    }
  }

  void end(std::int64_t id, int code) {
    const Running trial = running_.at(id);
    running_.erase(id);
    hooks_.ended({id, code, trial.late, trial.stopped && code != 0});
  }

  void look_at(std::int64_t id, Running& trial) {
    if (trial.told) {
      if (seconds_since(*trial.told) > limits_.grace) children_.signal(id, SIGKILL);
      return;
    }
    trial.late = limits_.timeout && seconds_since(trial.start) > *limits_.timeout;
    if (trial.late || hooks_.enough(id)) tell(id, trial, SIGTERM);
  }

  void tell(std::int64_t id, Running& trial, int number) {
    children_.signal(id, number);
    trial.told = Clock::now();
  }

  void look_for_stop() {
    if (const int number = pending_signal())
      stopped_ = number;
    else if (limits_.seconds && seconds_since(start_) > *limits_.seconds)
      stopped_ = -1;
    if (stopped_ == 0) return;
    for (auto& [id, trial] : running_)
      if (!trial.told) {
        trial.stopped = true;
        tell(id, trial, stopped_ > 0 ? stopped_ : SIGTERM);
      }
  }

  Children& children_;
  const TrialLimits& limits_;
  const TrialHooks& hooks_;
  std::map<std::int64_t, Running> running_;
  Clock::time_point start_ = Clock::now();
  bool exhausted_ = false;
  int stopped_ = 0;
};

}  // namespace

int run_trials(Children& children, const TrialLimits& limits, const TrialHooks& hooks) {
  return TrialLoop(children, limits, hooks).run();
}

}  // namespace banach
