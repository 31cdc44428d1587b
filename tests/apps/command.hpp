// SPDX-License-Identifier: Apache-2.0
// Runs the built executable, and the small runs that several tests look at.
#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "tests/run/scratch.hpp"

namespace banach::testing {

struct Output {
  int code = -1;
  std::string out, err;
};

inline std::filesystem::path build_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
}

/// A word of a shell command.
inline std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// What a shell command did.
inline Output shell(const std::string& command) {
  const Scratch scratch;
  const auto err = scratch / "err";
  Output output;
  std::FILE* pipe = ::popen((command + " 2>" + quoted(err.string())).c_str(), "r");
  char text[4096];
  for (std::size_t n = 0; (n = std::fread(text, 1, sizeof text, pipe)) > 0;)
    output.out.append(text, n);
  const int status = ::pclose(pipe);
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  output.err = text_of(err);
  while (!output.err.empty() && output.err.back() == '\n') output.err.pop_back();
  return output;
}

/// build/bin/banach with these words.
inline Output banach(const std::string& words) {
  return shell(quoted((build_folder() / "bin/banach").string()) + " " + words);
}

/// A run of a few steps of a ready configuration, trained once for all tests; they leave it alone.
inline std::filesystem::path trained(const std::string& problem,
                                     const std::string& overrides = "") {
  static const Scratch scratch;
  static std::map<std::string, std::filesystem::path> runs;
  auto& run = runs[problem + overrides];
  if (!run.empty()) return run;
  run = scratch / (problem + std::to_string(runs.size()));
  const auto file = build_folder() / "share/banach/examples" / (problem + ".toml");
  const auto output = banach("train " + quoted(file.string()) +
                             " stage.0.steps=60 architecture.width=8 checkpoint.every=20 "
                             "validation.every=20 --quiet --threads 1 --out " +
                             quoted(run.string()) + " " + overrides);
  if (output.code != 0) throw std::runtime_error("training failed: " + output.err);
  return run;
}

/// A copy of a run that a test may damage.
inline std::filesystem::path copy_of(const std::filesystem::path& run, const Scratch& scratch) {
  const auto copy = scratch / "copy";
  std::filesystem::copy(run, copy, std::filesystem::copy_options::recursive);
  return copy;
}

}  // namespace banach::testing
