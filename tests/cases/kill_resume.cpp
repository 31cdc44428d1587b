// SPDX-License-Identifier: Apache-2.0
// kill -9 at steps drawn uniformly, then resume: kill_resume BANACH CONFIG COUNT. Every resume must
// succeed and end with the bytes of the run that nobody disturbed.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

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
  Container last = Checkpoints(run / "checkpoints").load_last(notices).container;
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

int work(const std::string& banach, const std::string& config, int count, const fs::path& folder) {
  const auto train = [&](const fs::path& run) {
    return std::vector<std::string>{banach, "train", config, "--quiet", "--out", run.string()};
  };
  const fs::path whole = folder / "whole", log = folder / "log.txt";
  if (wait_for(start(train(whole), log)) != 0) return fail("the undisturbed run failed", log);
  const std::string expected = essence(whole);
  const std::int64_t steps = Checkpoints(whole / "checkpoints").steps().front();
  const Stream draw(1, "kill");
  int killed = 0, inside = 0, first = 0;
  for (std::uint64_t i = 0; killed < count; ++i) {
    const fs::path run = folder / std::to_string(i);
    const auto step =
        static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(steps), 2 * i));
    const bool dead = kill_at(start(train(run), log), run, step, draw.below(3000, 2 * i + 1));
    if (!dead && i > 20u * static_cast<std::uint64_t>(count)) return fail("too few kills", log);
    if (dead) {
      ++killed;
      inside += inside_a_save(run);
      first += !fs::exists(run / "checkpoints") || Checkpoints(run / "checkpoints").steps().empty();
      // Killed before the run's folder was complete: there is no run yet, starting again is right.
      const bool begun = fs::exists(run / "resolved.toml");
      const auto words =
          begun ? std::vector<std::string>{banach, "train", "--resume", run.string(), "--quiet"}
                : train(run);
      if (wait_for(start(words, log)) != 0)
        return fail(fmt::format("resume after a kill at step {} failed", step), log);
      if (essence(run) != expected)
        return fail(fmt::format("resume after a kill at step {} ends elsewhere", step), log);
    }
    fs::remove_all(run);
  }
  fmt::print(
      "{} kills at steps 0 to {}: {} inside a save, {} before the first checkpoint; every "
      "resume ended with the same bytes\n",
      killed, steps - 1, inside, first);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  std::string pattern = (fs::temp_directory_path() / "banach-kill-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) return 74;
  int code = 1;
  try {
    code = work(argv[1], argv[2], std::atoi(argv[3]), pattern);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  fs::remove_all(pattern);
  return code;
}
