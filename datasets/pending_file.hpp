// SPDX-License-Identifier: Apache-2.0
// An output file that appears under its name as a whole or not at all.
#pragma once
#include <filesystem>

#include "banach/export.hpp"

namespace banach {

/// A temporary beside `path` that commit() moves there; without it, the temporary goes away and
/// whatever was at `path` stays. DataError (Exit::cannot_create) when its folder cannot be written.
class BANACH_API PendingFile {
 public:
  explicit PendingFile(std::filesystem::path path);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// What to write to; exists and is empty at first.
  const std::filesystem::path& temporary() const { return temporary_; }
  /// Once it returns, the file survives a power loss; IoError.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  bool committed_ = false;
};

}  // namespace banach
