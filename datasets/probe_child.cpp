// SPDX-License-Identifier: Apache-2.0
#include "datasets/probe_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>

#include "banach/error.hpp"
#include "core/run/quiet_child.hpp"
#include "datasets/hdf5_handle.hpp"

namespace banach {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds first{2000};  // until a child must have started
using Work = std::function<void(const std::filesystem::path&, ProbeReport&)>;

void copy(char* to, std::size_t room, const std::string& text) {
  const auto size = std::min(room - 1, text.size());
  std::memcpy(to, text.data(), size);
  to[size] = '\0';
}

/// Text of the child, which a damaged file may have overwritten.
std::string text_of(const char* text, std::size_t room) {
  std::string out(text, strnlen(text, room));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  return out;
}

struct Shared {
  Shared() {
    void* memory = mmap(nullptr, sizeof(ProbeReport), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    report = new (memory) ProbeReport;
  }
  ~Shared() { munmap(report, sizeof(ProbeReport)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ProbeReport* report;
};

struct Task {
  const std::filesystem::path& file;
  const Work& work;
  ProbeReport& report;
  int pipe[2];
  std::uint64_t room;  // bytes of address space
  pid_t child = -1;
  int error = 0;
};

[[noreturn]] void be_child(const Task& task) {
  close(task.pipe[0]);
  become_quiet_child(task.room);
  mallopt(M_PERTURB, 0x5a);  // what is read before it is written is at least not zero
  Hdf5Call::renew();
  Hdf5Handle(H5Pcreate(H5P_FILE_ACCESS), H5Pclose).close();  // hangs where a lock stayed behind
  task.report.next("its header");
  const auto refuse = [&](Exit code, const std::string& reason) {
    task.report.code = static_cast<int>(code);
    copy(task.report.reason, sizeof task.report.reason, reason);
  };
  try {
    task.work(task.file, task.report);
  } catch (const Error& error) {
    refuse(error.code(), error.what());
  } catch (const std::exception& error) {
    refuse(Exit::bad_data,
           fmt::format("{}: cannot read {}: {}", task.file.string(), task.report.place,
                       dynamic_cast<const std::bad_alloc*>(&error) ? "it asks for more memory than "
                                                                     "there can be"
                                                                   : error.what()));
  }
  task.report.done = true;
  _exit(0);
}

/// Called by the library while it holds its lock: no other thread is inside it when the process is
/// copied, and the child, which never leaves this call, may enter it again.
herr_t fork_here(hid_t, const char*, void* data) {
  auto& task = *static_cast<Task*>(data);
  task.child = fork();
  task.error = errno;
  if (task.child == 0) be_child(task);
  return 1;
}

/// True when the child ended in time.
bool wait_for(const Task& task, std::chrono::milliseconds patience) {
  auto steps = task.report.steps.load();
  auto since = Clock::now();
  pollfd end{task.pipe[0], POLLIN, 0};
  while (!task.report.done) {
    if (poll(&end, 1, 50) > 0) return true;  // closed: the child is gone
    if (const auto now = task.report.steps.load(); now != steps) {
      steps = now;
      since = Clock::now();
    } else if (Clock::now() - since > (steps == 0 ? std::min(patience, first) : patience)) {
      return false;
    }
  }
  return true;
}

/// One child; false when it made no step at all, as when another thread held a lock.
bool attempt(Task& task, std::chrono::milliseconds patience) {
  const Hdf5Call call;
  const std::string name = task.file.string();
  if (pipe2(task.pipe, O_CLOEXEC) != 0)
    throw DataError(fmt::format("{}: cannot be probed: {}", name, std::strerror(errno)), Exit::io);
  const Hdf5Handle list(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  task.room = address_space() + (std::uint64_t{4} << 30);
  H5Piterate(list.get(), nullptr, fork_here, &task);
  close(task.pipe[1]);
  const bool ended = task.child > 0 && wait_for(task, patience);
  close(task.pipe[0]);
  if (task.child <= 0)
    throw DataError(fmt::format("{}: cannot be probed in a process of its own: {}; files that you "
                                "trust can be read with BANACH_TRUST_DATA=1",
                                name, std::strerror(task.error)),
                    Exit::io);
  if (!ended) kill(task.child, SIGKILL);
  int status = 0;
  while (waitpid(task.child, &status, 0) < 0 && errno == EINTR) continue;
  const auto& report = task.report;
  if (report.done && report.code == 0) return true;
  if (report.done)
    throw DataError(text_of(report.reason, sizeof report.reason), static_cast<Exit>(report.code));
  const std::string place = text_of(report.place, sizeof report.place);
  if (!ended && report.steps == 0) return false;
  if (!ended)
    throw DataError(fmt::format("{}: damaged: reading {} does not come to an end", name, place));
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGINT || signal == SIGTERM || signal == SIGKILL)
    throw DataError(
        fmt::format("{}: the process that reads it first was stopped by signal {}", name, signal),
        Exit::io);
  throw DataError(fmt::format("{}: damaged: reading {} crashes the HDF5 library{}", name, place,
                              signal ? fmt::format(" (signal {})", signal) : ""));
}

}  // namespace

void ProbeReport::next(const std::string& what) {
  copy(place, sizeof place, what);
  ++steps;
}

void run_probe(const std::filesystem::path& file, const Work& work,
               std::chrono::milliseconds patience) {
  for (int i = 0; i < 3; ++i) {
    const Shared shared;
    Task task{file, work, *shared.report, {-1, -1}, 0, -1};
    if (attempt(task, patience)) return;
  }
  throw DataError(fmt::format("{}: the process that should probe it does not start", file.string()),
                  Exit::io);
}

}  // namespace banach
