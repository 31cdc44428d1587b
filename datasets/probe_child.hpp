// SPDX-License-Identifier: Apache-2.0
// A child process that reads a file in our place.
#pragma once
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

namespace banach {

/// Written by the child, read by its parent; lies in shared memory.
struct ProbeReport {
  std::atomic<std::uint64_t> steps{0};
  std::atomic<bool> done{false};
  int code = 0;            // Exit, where the child failed in good order
  char place[1024] = "";   // what is being read
  char reason[2048] = "";  // why it failed
  void next(const std::string& what);
};

/// Runs `work` in a child. DataError where it throws, dies, or makes no step for so long.
void run_probe(const std::filesystem::path& file,
               const std::function<void(const std::filesystem::path&, ProbeReport&)>& work,
               std::chrono::milliseconds patience);

}  // namespace banach
