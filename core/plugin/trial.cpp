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

/// How a child ended.
struct End {
  bool opening = false, told = false;  // it was at the file; it has told what came of it
  bool late = false;
  int status = 0;
};

/// Reads what the child tells until it is done, dead or late.
class Listener {
 public:
  Listener(int pipe, Trial& trial) : pipe_(pipe), trial_(trial) {}

  void listen(End& end, std::chrono::milliseconds patience) {
    while (!end.told) {
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
      if (head.kind == TrialMessage::opening) end.opening = true;
      if (head.kind == TrialMessage::passed) trial_.report = words, trial_.lasting = true;
      if (head.kind == TrialMessage::refused) trial_.problem = words;
      if (head.kind == TrialMessage::threw)
        trial_.problem = "a static initialiser threw: " + words, trial_.lasting = true;
      end.told |= head.kind != TrialMessage::opening;
    }
  }

  int pipe_;
  Trial& trial_;
  std::string text_;
};

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

End run_child(const std::filesystem::path& file, bool moved, std::chrono::milliseconds patience,
              Trial& trial) {
  End end;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return end;
  const Descriptor read(ends[0]);
  Descriptor write(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) be_trial_child(file, write.get(), moved);
  write = Descriptor();
  if (child < 0) return end;
  Listener(read.get(), trial).listen(end, patience);
  if (end.told || end.late) ::kill(child, SIGKILL);  // it has nothing left to tell
  ::kill(-child, SIGKILL);                           // nor has what it may have started
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

}  // namespace

std::vector<Trial> try_plugins(const Files& files, std::chrono::milliseconds patience) {
  std::vector<Trial> out;
  for (const auto& file : files) {
    Trial trial;
    for (const bool moved : {false, true}) {
      trial = Trial();
      const End end = run_child(file, moved, patience, trial);
      if (!end.told && end.opening) judge(end, patience, trial);
      if (!trial.problem.empty()) break;
    }
    out.push_back(std::move(trial));
  }
  return out;
}

}  // namespace banach
