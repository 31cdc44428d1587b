// SPDX-License-Identifier: Apache-2.0
// Who uses a folder: a lock that dies with its process, so that it is never stale.
#pragma once
#include <string>
#include <vector>

#include "core/run/folder.hpp"

namespace banach {

/// An exclusive lock on a file that names the holder and on the folder itself, so that removing the
/// file lets nobody in. Where the file system cannot lock folders (NFS), the file's holds alone.
class BANACH_API FolderLock {
 public:
  /// The lock; none where another process holds it, of which `holder` then gets the text ("" where
  /// it left none). DataError with Exit::cannot_create where it cannot be tried.
  static std::optional<FolderLock> take(const Folder& folder, const std::string& name,
                                        std::string& holder);

  /// Leaves this text for those who find the folder in use; IoError.
  void sign(const std::string& text) const;

  /// What keeps the lock, for processes that are to keep it, too.
  std::vector<int> descriptors() const;

 private:
  FolderLock(std::filesystem::path path, Descriptor file, Descriptor folder);
  std::filesystem::path path_;
  Descriptor file_, folder_;
};

}  // namespace banach
