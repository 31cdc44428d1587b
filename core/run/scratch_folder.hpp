// SPDX-License-Identifier: Apache-2.0
// A folder for files that are needed for a moment.
#pragma once
#include <filesystem>

#include "banach/export.hpp"

namespace banach {

/// A fresh folder in $TMPDIR or /tmp that goes with the object; where it cannot be there, beside
/// the file `beside`. IoError with Exit::cannot_create.
class BANACH_API ScratchFolder {
 public:
  explicit ScratchFolder(const std::filesystem::path& beside);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace banach
