// SPDX-License-Identifier: Apache-2.0
// runs/<name>: locked while in use, proved writable before the first step, never overwritten by
// accident.
#pragma once
#include <filesystem>
#include <string>

#include "core/run/folder_lock.hpp"

namespace banach {

/// A run's folder, held under an exclusive lock for the life of this object.
class BANACH_API RunDirectory {
 public:
  /// A new run. Refuses, with Exit::cannot_create: a folder that another process holds, that cannot
  /// be written, that holds a run already (unless `force`, which empties it), or anything else.
  static RunDirectory create(const std::filesystem::path& path, bool force = false);

  /// An existing run, to go on with. Exit::no_input if there is none, Exit::cannot_create if it is
  /// locked or cannot be written.
  static RunDirectory open(const std::filesystem::path& path);

  /// True if a run has been there: config.toml or resolved.toml beside run.lock.
  static bool is_run(const std::filesystem::path& path);

  /// True if the run there has left its result.json.
  static bool is_finished(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return folder_.path(); }
  const Folder& folder() const { return folder_; }
  std::filesystem::path config() const { return folder_ / "config.toml"; }
  std::filesystem::path resolved() const { return folder_ / "resolved.toml"; }
  std::filesystem::path log() const { return folder_ / "log.txt"; }
  std::filesystem::path result() const { return folder_ / "result.json"; }
  std::filesystem::path checkpoints() const { return folder_ / "checkpoints"; }

  /// Writes the file `name` in the folder, as a whole or not at all; IoError.
  void write_text(const std::string& name, const std::string& text) const;

 private:
  RunDirectory(Folder folder, FolderLock lock);
  Folder folder_;
  FolderLock lock_;
};

}  // namespace banach
