// SPDX-License-Identifier: Apache-2.0
// plugins.lock: what the plugins of a folder must be, as `sha256sum *.so > plugins.lock` writes it.
#pragma once
#include <filesystem>
#include <map>
#include <string>

namespace banach {

/// The locks of the folders that were asked for, each read once.
class PluginsLocks {
 public:
  /// Empty where the folder of `file` has no plugins.lock, or where the file is listed in it with
  /// this SHA-256; else the reason to refuse it. A lock that cannot be read, or of which a line
  /// does not hold, refuses the whole folder.
  std::string problem(const std::filesystem::path& file, const std::string& sha256);

 private:
  struct Lock {
    bool there = false;
    std::string problem;
    std::map<std::string, std::string> hashes;  // by file name
  };
  const Lock& of(const std::filesystem::path& folder);
  std::map<std::string, Lock> locks_;
};

}  // namespace banach
