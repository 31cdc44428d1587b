// SPDX-License-Identifier: Apache-2.0
// Which plugin files this account has used: $XDG_STATE_HOME/banach/plugins.json. A run that brings
// its plugins along runs them only if they stand there; unpacking an archive writes no such record.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// A file that was used; `own`: named by the user's own configuration, so that whatever is built
/// there later is his as well. Otherwise only this content is.
struct UsedPlugin {
  std::string path, sha256;  // the canonical path
  bool own = false;
};

/// The record, read once.
class BANACH_API Consents {
 public:
  /// Whether this content, or an own file at this path, was used before.
  bool has(const std::filesystem::path& path, const std::string& sha256);
  /// Adds what is new; whether it could be kept (no home, a read-only one).
  static bool add(const std::vector<UsedPlugin>& used);

 private:
  struct Entry {
    std::string path;
    std::vector<std::string> hashes;
    bool own = false;
  };
  bool read_ = false;
  std::vector<Entry> entries_;
};

}  // namespace banach
