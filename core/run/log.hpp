// SPDX-License-Identifier: Apache-2.0
// What a run says: on stderr and in log.txt.
#pragma once
#include <filesystem>
#include <mutex>
#include <string>

#include "banach/export.hpp"
#include "core/run/atomic_file.hpp"

namespace banach {

class Progress;

/// Lines for people; may be used from any thread. A log that cannot be written never ends a run:
/// that is said once on stderr.
class BANACH_API Log {
 public:
  /// `quiet` keeps information off stderr; warnings always show.
  explicit Log(bool quiet = false, int fd = 2);

  /// From here on each line also goes to the end of this file, with its UTC time; what was said
  /// before, too. `path` names it in messages.
  void open(Descriptor file, const std::filesystem::path& path);

  /// The line to take away before writing on the terminal; null: none.
  void attach(Progress* progress);

  void info(const std::string& text);
  void warning(const std::string& text);

  /// To log.txt alone.
  void note(const std::string& text);

 private:
  void say(const std::string& line);
  void record(const std::string& line);
  void append(const std::string& text);
  std::mutex mutex_;
  bool quiet_, failed_ = false;
  int fd_;
  Progress* progress_ = nullptr;
  std::filesystem::path path_;
  Descriptor file_;
  std::string pending_;
};

}  // namespace banach
