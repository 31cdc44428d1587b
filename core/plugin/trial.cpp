// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/trial.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/plugin/crash_handler.hpp"
#include "core/plugin/trial_child.hpp"
#include "core/run/atomic_file.hpp"

namespace banach {
namespace {

using Clock = std::chrono::steady_clock;
using Files = std::vector<std::filesystem::path>;

/// How a child ended: what it went through, and what was in progress when it died.
struct End {
  std::size_t through = 0;  // files of which it has told what came of them
  bool opening = false;     // it was at the next one
  bool late = false, forked = false;
  int status = 0;
};

/// Reads what the child tells until it is done, dead or late.
class Listener {
 public:
  Listener(int pipe, std::vector<Trial>& out, std::size_t first)
      : pipe_(pipe), out_(out), first_(first) {}

  void listen(End& end, std::size_t count, std::chrono::milliseconds patience) {
    while (end.through < count) {
      pollfd ready{pipe_, POLLIN, 0};
      const int found = ::poll(&ready, 1, static_cast<int>(patience.count()));
      if (found < 0 && errno == EINTR) continue;
      end.late = found == 0;
      if (found <= 0 || !read_some()) return;
      take(end);
    }
  }

 private:
  bool read_some() {
    char part[4096];
    const auto count = ::read(pipe_, part, sizeof part);
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    text_.append(part, static_cast<std::size_t>(count));
    return true;
  }

  void take(End& end) {
    TrialMessage head;
    while (text_.size() >= sizeof head) {
      std::memcpy(&head, text_.data(), sizeof head);
      if (text_.size() - sizeof head < head.size) return;
      const std::string words = text_.substr(sizeof head, head.size);
      text_.erase(0, sizeof head + head.size);
      end.opening = head.kind == TrialMessage::opening;
      Trial& trial = out_[first_ + end.through];
      if (head.kind == TrialMessage::passed) trial.report = words, trial.lasting = true;
      if (head.kind == TrialMessage::refused) trial.problem = words;
      if (head.kind == TrialMessage::threw)
        trial.problem = "a static initialiser threw: " + words, trial.lasting = true;
      if (!end.opening && ++end.through == out_.size() - first_) return;
    }
  }

  int pipe_;
  std::vector<Trial>& out_;
  std::size_t first_;
  std::string text_;
};

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

/// One child for files[first ...]; what it tells goes to `out`.
End run_child(const Files& files, std::size_t first, std::size_t count,
              std::chrono::milliseconds patience, std::vector<Trial>& out) {
  End end;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return end;
  const Descriptor read(ends[0]);
  Descriptor write(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) be_trial_child(files, first, count, write.get());
  write = Descriptor();
  if (child < 0) return end;
  end.forked = true;
  Listener(read.get(), out, first).listen(end, count, patience);
  const bool done = end.through == count;
  if (done || end.late) ::kill(child, SIGKILL);  // it has nothing left to tell
  ::kill(-child, SIGKILL);                       // nor has what it may have started
  end.status = wait_for(child);
  return end;
}

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:g}", static_cast<double>(time.count()) / 1000);
}

/// What the end of a child says of the file that it was opening.
void judge(const End& end, std::chrono::milliseconds patience, Trial& trial) {
  trial.lasting = true;
  const int signal = WIFSIGNALED(end.status) ? WTERMSIG(end.status) : 0;
  if (end.late) {
    trial.problem = "loading it takes longer than " + seconds(patience) + " seconds";
  } else if (signal != 0) {
    trial.problem = "it crashes when it is loaded: " + signal_text(signal);
    trial.lasting = signal != SIGKILL && signal != SIGTERM;  // somebody else's
  } else {
    trial.problem = fmt::format("it ends the process with exit code {} when it is loaded",
                                WEXITSTATUS(end.status));
  }
}

/// A file at which a child ended that had opened others: once more, alone.
void confirm(const Files& files, std::size_t file, std::chrono::milliseconds patience,
             const End& before, std::vector<Trial>& out) {
  std::vector<Trial> again(out.size());
  const End end = run_child(files, file, 1, patience, again);
  if (end.through == 0 && end.opening) return judge(end, patience, out[file]);
  out[file] = again[file];
  if (end.through == 0 || !out[file].problem.empty()) return;
  judge(before, patience, out[file]);
  out[file].problem += ", but only after the plugins before it";
  out[file].lasting = false;
}

}  // namespace

std::vector<Trial> try_plugins(const Files& files, std::chrono::milliseconds patience) {
  std::vector<Trial> out(files.size());
  for (std::size_t first = 0; first < files.size();) {
    const std::size_t count = files.size() - first;
    const End end = run_child(files, first, count, patience, out);
    const std::size_t next = first + end.through;
    if (!end.forked || (end.through == 0 && !end.opening)) return out;
    if (next == files.size()) return out;
    if (end.opening && end.through == 0)
      judge(end, patience, out[next]);
    else if (end.opening)
      confirm(files, next, patience, end, out);
    first = end.opening ? next + 1 : next;
  }
  return out;
}

}  // namespace banach
