// SPDX-License-Identifier: Apache-2.0
// The folder of a sweep or a search: study.toml, trials.jsonl, tables, and one run per trial.
#pragma once
#include "core/run/atomic_file.hpp"

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
  int lock() const { return lock_.get(); }
  std::filesystem::path definition() const { return path_ / "study.toml"; }
  std::filesystem::path journal() const { return path_ / "trials.jsonl"; }
  std::filesystem::path run(const std::string& trial) const { return path_ / "trials" / trial; }
  /// What a trial printed on stdout (".out") or stderr (".log").
  std::filesystem::path said(const std::string& trial, const char* suffix) const {
    return path_ / "trials" / (trial + suffix);
  }

 private:
  std::filesystem::path path_;
  Descriptor lock_;
};

}  // namespace banach
