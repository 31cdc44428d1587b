// SPDX-License-Identifier: Apache-2.0
// What is known of plugin files: what they are, and whether they can be opened. Remembered for this
// account in $XDG_CACHE_HOME/banach/plugins.json, so that a file is read and tried once.
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// One file as it is now.
struct PluginFile {
  std::string print;    // inode, size and times: tells a changed file from the one that is known
  std::string sha256;   // empty: it cannot be read
  std::string stamp;    // what it was built against; empty: none
  std::string problem;  // why it is not to be opened, known without running any of it
  bool tried = false;   // in a child, or it is open in this process
};

/// One for the process; safe to use from several threads.
class BANACH_API PluginFiles {
 public:
  static PluginFiles& instance();

  /// Reads the file if it is not known as it is; nothing of it is run. `path` is canonical.
  PluginFile look_at(const std::filesystem::path& path);
  /// Opens in a child those that have no problem and were not tried. Files that are open here
  /// already are not opened again. `again`: also those that were tried.
  void try_all(const std::vector<std::filesystem::path>& paths, bool again = false);
  /// The file is open in this process now.
  void opened(const std::filesystem::path& path);
  /// The time that a file may take to be opened; 10 s.
  void patience(std::chrono::milliseconds time) { patience_ = time; }
  /// The lines that the last trial of a file reported.
  std::string report(const std::filesystem::path& path) const;

 private:
  PluginFile& known(const std::filesystem::path& path);
  void remember_cache();
  void save(const std::vector<std::filesystem::path>& lasting);

  mutable std::mutex mutex_;
  std::filesystem::path cache_;  // that files_ was read from
  std::map<std::string, PluginFile> files_;
  std::map<std::string, std::string> reports_;
  std::map<std::string, std::string> open_;  // the prints of open files
  std::chrono::milliseconds patience_ = std::chrono::seconds(10);
};

}  // namespace banach
