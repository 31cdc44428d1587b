// SPDX-License-Identifier: Apache-2.0
// The folder of a sweep or a search: study.toml, trials.jsonl, tables, and one run per trial.
#pragma once
#include "core/run/folder_lock.hpp"

namespace banach {

/// Held under an exclusive lock, which the trials inherit: it is free when the last of them is
/// gone.
class BANACH_API StudyDirectory {
 public:
  /// Enters a study's folder, or makes a new one. DataError with Exit::cannot_create for a folder
  /// that another process holds, that cannot be written or that holds anything else; the trials of
  /// a holder that is dead are waited for a while.
  explicit StudyDirectory(std::filesystem::path path);

  /// True when a study has begun here.
  bool begun() const;
  /// Writes study.toml and makes the folder of the trials.
  void define(const std::string& text) const;
  /// Removes everything that the study left.
  void clear() const;

  const std::filesystem::path& path() const { return path_; }
  const Folder& folder() const { return *folder_; }
  /// What trials keep open.
  std::vector<int> lock() const { return lock_->descriptors(); }
  std::filesystem::path definition() const { return path_ / definition_name; }
  /// The folder of the trials; DataError where another thing is in its place.
  Folder trials() const;
  std::filesystem::path run(const std::string& trial) const { return path_ / trials_name / trial; }

  static constexpr const char* definition_name = "study.toml";
  static constexpr const char* journal_name = "trials.jsonl";

 private:
  static constexpr const char* trials_name = "trials";

  std::filesystem::path path_;
  std::optional<Folder> folder_;
  std::optional<FolderLock> lock_;
};

}  // namespace banach
