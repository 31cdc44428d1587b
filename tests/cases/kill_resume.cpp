// SPDX-License-Identifier: Apache-2.0
// kill_resume BANACH COUNT kill|signals CONFIG [key=value ...]: kill -9 at steps drawn uniformly,
// or one of SIGTERM, SIGINT, SIGHUP and SIGUSR1 at a time drawn uniformly, start-up included; then
// resume. Every resume must succeed and end with the bytes of the run that nobody disturbed. An @
// in the words is the folder of the runs.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "banach/stream.hpp"
#include "core/run/checkpoints.hpp"

namespace {
using namespace banach;
namespace fs = std::filesystem;

pid_t start(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, 1), ::dup2(out, 2);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string text_of(const fs::path& path) {
  const auto bytes = read_file(path);
  return std::string(ByteView(bytes).text());
}

// Lines of a growing file, its header not counted.
std::int64_t rows(const fs::path& path) {
  try {
    const std::string text = text_of(path);
    return std::count(text.begin(), text.end(), '\n') - 1;
  } catch (const DataError&) {
    return 0;
  }
}

// Parameters, optimizer state and logs: what must not depend on the kill.
std::string essence(const fs::path& run) {
  std::vector<std::string> notices;
  Container last = Checkpoints(Folder(run)).load_last(notices).container;
  for (const char* key : {"seconds", "stage_seconds", "configuration"}) last.meta.erase(key);
  return sha256_hex(encode(last)) + sha256_hex(std::string_view(text_of(run / "metrics.csv"))) +
         sha256_hex(std::string_view(text_of(run / "metrics.jsonl")));
}

bool inside_a_save(const fs::path& run) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run / "checkpoints", error))
    if (is_temporary(entry.path())) return true;
  return false;
}

// True when the child was alive at that step and is dead now.
bool kill_at(pid_t child, const fs::path& run, std::int64_t step, std::uint64_t spin) {
  int status = 0;
  while (rows(run / "timing.csv") < step)
    if (::waitpid(child, &status, WNOHANG) == child) return false;
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(spin);
  while (std::chrono::steady_clock::now() < until) {
  }
  ::kill(child, SIGKILL);
  return wait_for(child) == 128 + SIGKILL;
}

int fail(const std::string& text, const fs::path& log) {
  fmt::print(stderr, "{}\n{}\n", text, fs::exists(log) ? text_of(log) : "");
  return 1;
}

using Words = std::vector<std::string>;

struct Job {
  std::string banach;
  int count;
  Words configuration;  // the file and overrides
  fs::path folder;

  fs::path log() const { return folder / "log.txt"; }
  fs::path whole() const { return folder / "whole"; }
  Words train(const fs::path& run) const {
    Words out{banach, "train"};
    out.insert(out.end(), configuration.begin(), configuration.end());
    out.insert(out.end(), {"--quiet", "--out", run.string()});
    return out;
  }
  // Ended before the run's folder was complete: there is no run yet, starting again is right.
  Words go_on(const fs::path& run) const {
    if (!fs::exists(run / "resolved.toml")) return train(run);
    return {banach, "train", "--resume", run.string(), "--quiet"};
  }
  /// Whether going on with the run ends as the undisturbed one did; "" or why not.
  std::string difference(const fs::path& run, const std::string& expected) const {
    if (wait_for(start(go_on(run), log())) != 0) return "the resume failed";
    return essence(run) == expected ? "" : "the resume ends elsewhere";
  }
};

int kills(const Job& job, const std::string& expected) {
  const std::int64_t steps = Checkpoints(Folder(job.whole())).steps().front();
  const Stream draw(1, "kill");
  int killed = 0, inside = 0, first = 0;
  for (std::uint64_t i = 0; killed < job.count; ++i) {
    const fs::path run = job.folder / std::to_string(i);
    const auto step =
        static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(steps), 2 * i));
    const bool dead =
        kill_at(start(job.train(run), job.log()), run, step, draw.below(3000, 2 * i + 1));
    if (!dead && i > 20u * static_cast<std::uint64_t>(job.count))
      return fail("too few kills", job.log());
    if (dead) {
      ++killed;
      inside += inside_a_save(run);
      first += !fs::exists(run / "checkpoints") || Checkpoints(Folder(run)).steps().empty();
      if (const auto why = job.difference(run, expected); !why.empty())
        return fail(fmt::format("a kill at step {}: {}", step, why), job.log());
    }
    fs::remove_all(run);
  }
  fmt::print(
      "{} kills at steps 0 to {}: {} inside a save, {} before the first checkpoint; every "
      "resume ended with the same bytes\n",
      killed, steps - 1, inside, first);
  return 0;
}

/// Waits until the process has a handler for SIGUSR1: before that, the loader is at work, and no
/// line of the program.
void wait_for_handler(pid_t child) {
  constexpr unsigned long long wanted = 1ull << (SIGUSR1 - 1);
  for (int i = 0; i < 60'000; ++i) {
    std::ifstream status("/proc/" + std::to_string(child) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.rfind("SigCgt:", 0) == 0 && std::stoull(line.substr(7), nullptr, 16) & wanted)
        return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// Whether a command that got this signal may end so: SIGUSR1 saves, whenever it comes.
bool right(int signal, int code) {
  return code == 0 || code == (signal == SIGUSR1 ? 75 : 128 + signal);
}

int signals(const Job& job, const std::string& expected, std::chrono::microseconds time) {
  constexpr int all[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
  const Stream draw(1, "signal");
  int early = 0, saved = 0;
  for (int i = 0; i < job.count; ++i) {
    const fs::path run = job.folder / std::to_string(i);
    const int signal = all[i % 4];
    const auto number = static_cast<std::uint64_t>(i);
    const auto wait = draw.below(static_cast<std::uint64_t>(time.count()), number);
    const pid_t child = start(job.train(run), job.log());
    if (signal == SIGUSR1) wait_for_handler(child);
    std::this_thread::sleep_for(std::chrono::microseconds(wait));
    ::kill(child, signal);
    const int code = wait_for(child);
    if (!right(signal, code))
      return fail(fmt::format("signal {} after {} us gave {}", signal, wait, code), job.log());
    early += code != 0 && !fs::exists(run / "checkpoints");
    saved += code != 0 && fs::exists(run / "checkpoints");
    if (const auto why = job.difference(run, expected); !why.empty())
      return fail(fmt::format("signal {} after {} us: {}", signal, wait, why), job.log());
    fs::remove_all(run);
  }
  fmt::print(
      "{} signals: {} before the first step, {} saved; every resume ended with the same bytes\n",
      job.count, early, saved);
  return saved > 0 ? 0 : fail("no signal came while it trained", job.log());
}

int work(Job job, const std::string& how) {
  for (auto& word : job.configuration)
    if (const auto place = word.find('@'); place != std::string::npos)
      word.replace(place, 1, job.folder.string());
  if (wait_for(start(job.train(job.whole()), job.log())) != 0)
    return fail("the undisturbed run failed", job.log());
  const auto begin = std::chrono::steady_clock::now();  // of one that has its data
  const fs::path again = job.folder / "again";
  wait_for(start(job.train(again), job.log()));
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  const std::string expected = essence(job.whole());
  if (essence(again) != expected) return fail("two undisturbed runs differ", job.log());
  return how == "kill" ? kills(job, expected) : signals(job, expected, time);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string how = argc > 3 ? argv[3] : "";
  if (argc < 5 || (how != "kill" && how != "signals")) return 64;
  std::string pattern = (fs::temp_directory_path() / "banach-kill-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) return 74;
  int code = 1;
  try {
    code = work({argv[1], std::atoi(argv[2]), {argv + 4, argv + argc}, pattern}, how);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  fs::remove_all(pattern);
  return code;
}
