// SPDX-License-Identifier: Apache-2.0
// Timing against another program that runs the same steps, alternating.
#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace banach {

/// CPU seconds of this thread.
inline double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A child process that times `steps` of its own steps for each line that it is sent.
class Peer {
 public:
  explicit Peer(const std::vector<std::string>& command) {
    int down[2], up[2];
    if (pipe(down) != 0 || pipe(up) != 0) throw std::runtime_error("pipe failed");
    if (fork() == 0) {
      dup2(down[0], 0);
      dup2(up[1], 1);
      for (const int end : {down[0], down[1], up[0], up[1]}) close(end);  // its input ends with us
      std::vector<char*> words;
      for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
      words.push_back(nullptr);
      execvp(words[0], words.data());
      _exit(127);
    }
    close(down[0]);
    close(up[1]);
    to_ = fdopen(down[1], "w");
    from_ = fdopen(up[0], "r");
  }
  double microseconds(int steps) {
    std::fprintf(to_, "%d\n", steps);
    std::fflush(to_);
    double out = 0;
    if (std::fscanf(from_, "%lf", &out) != 1) throw std::runtime_error("the peer gave no time");
    return out;
  }

 private:
  FILE *to_, *from_;
};

/// Whether the program itself is to be the peer of another one, as against.py asks for.
inline bool serves(const std::vector<std::string>& command) {
  return command == std::vector<std::string>{"--serve"};
}

/// Prints medians over `rounds` of own and the peer's CPU time for one step, and their ratio. With
/// `--serve` in place of a command: answers each number of steps on standard input by microseconds
/// per step, until that ends.
inline void compare(const std::function<void()>& step, const std::vector<std::string>& command,
                    int rounds, int steps) {
  const auto microseconds = [&] {
    const double start = thread_seconds();
    for (int i = 0; i < steps; ++i) step();
    return (thread_seconds() - start) / steps * 1e6;
  };
  if (serves(command)) {
    while (std::scanf("%d", &steps) == 1) {
      fmt::print("{}\n", microseconds());
      std::fflush(stdout);
    }
    return;
  }
  std::unique_ptr<Peer> peer;
  if (!command.empty()) peer = std::make_unique<Peer>(command);
  microseconds();
  std::vector<double> own, other, ratio;
  for (int round = 0; round < rounds; ++round) {
    own.push_back(microseconds());
    if (!peer) continue;
    other.push_back(peer->microseconds(steps));
    ratio.push_back(other.back() / own.back());
  }
  const auto best = [](const std::vector<double>& v) {
    return *std::min_element(v.begin(), v.end());
  };
  fmt::print("banach {:.0f} us/step (best {:.0f})", median(own), best(own));
  if (peer)
    fmt::print("   peer {:.0f} us/step (best {:.0f})   ratio {:.2f} (best {:.2f})", median(other),
               best(other), median(ratio), best(other) / best(own));
  fmt::print("\n");
}

}  // namespace banach
