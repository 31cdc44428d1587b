// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <stdexcept>

#include "banach/error.hpp"

namespace banach {
namespace {

std::int64_t of_machine() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  std::int64_t kib = -1;
  while (file >> word)
    if (word == "MemAvailable:" && file >> kib) break;
  return kib < 0 ? -1 : kib * 1024;
}

std::int64_t of_control_group() {
  std::int64_t limit = 0, used = 0;
  std::ifstream maximum("/sys/fs/cgroup/memory.max"), current("/sys/fs/cgroup/memory.current");
  return maximum >> limit && current >> used ? limit - used : -1;
}

std::int64_t of_process() {
  rlimit limit{};
  std::int64_t pages = 0;
  std::ifstream size("/proc/self/statm");
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || !(size >> pages))
    return -1;
  return static_cast<std::int64_t>(limit.rlim_cur) - pages * sysconf(_SC_PAGESIZE);
}

/// "tried to allocate 2.00 GiB": the number of bytes behind these words, or 0.
double asked_for(const std::string& text) {
  const std::string mark = "tried to allocate ";
  const auto at = text.find(mark);
  if (at == std::string::npos) return 0;
  char* unit = nullptr;
  const double number = std::strtod(text.c_str() + at + mark.size(), &unit);
  while (*unit == ' ') ++unit;
  const auto power = std::string("KMGT").find(*unit);
  return power == std::string::npos ? number
                                    : std::ldexp(number, 10 * (static_cast<int>(power) + 1));
}

std::atomic<std::size_t> failed_bytes{0};

bool mentions_memory(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* words : {"out of memory", "allocate memory", "tried to allocate"})
    if (text.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace

std::int64_t available_memory() {
  std::int64_t out = -1;
  for (const std::int64_t bytes : {of_machine(), of_control_group(), of_process()})
    if (bytes >= 0) out = out < 0 ? bytes : std::min(out, bytes);
  return out;
}

std::string bytes_text(double bytes) {
  const char* unit = "bytes";
  for (const char* larger : {"kB", "MB", "GB", "TB", "PB"}) {
    if (bytes < 1000) break;
    bytes /= 1000, unit = larger;
  }
  char out[64];
  std::snprintf(out, sizeof out, bytes < 1e6 ? "%.3g %s" : "%.1e %s", bytes, unit);
  return out;
}

std::string memory_shortage(double bytes, const std::string& what, const std::string& remedy) {
  if (bytes < 1e7) return "";  // there is always as much
  const auto free = static_cast<double>(available_memory());
  if (free < 0 || bytes <= free) return "";
  return what + " needs " + bytes_text(bytes) + " of memory, " + bytes_text(free) +
         " are free: " + remedy;
}

void require_memory(double bytes, const std::string& what, const std::string& remedy) {
  if (const auto text = memory_shortage(bytes, what, remedy); !text.empty())
    throw ConfigError(text);
}

void note_failed_allocation(std::size_t bytes) noexcept { failed_bytes = bytes; }

std::optional<std::string> memory_failure(const std::exception& error) {
  const std::string text = error.what();
  const bool refused = dynamic_cast<const std::bad_alloc*>(&error) ||
                       dynamic_cast<const std::length_error*>(&error) || mentions_memory(text);
  if (!refused) return std::nullopt;
  const bool counted = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  const double bytes = counted ? static_cast<double>(failed_bytes.load()) : asked_for(text);
  const auto free = static_cast<double>(available_memory());
  return "out of memory" +
         (bytes > 0 ? ": " + bytes_text(bytes) + " were asked for at once" : std::string()) +
         (free >= 0 ? (bytes > 0 ? ", " : ": ") + bytes_text(free) + " are free" : "") +
         "; lower the points of [sampling], the batch of the stage, the grids of [evaluate] and "
         "[validation], or the width of the network";
}

}  // namespace banach
