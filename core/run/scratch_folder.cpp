// SPDX-License-Identifier: Apache-2.0
#include "core/run/scratch_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>

#include "core/run/atomic_file.hpp"

namespace banach {

ScratchFolder::ScratchFolder(const std::filesystem::path& beside) {
  std::error_code error;
  const std::filesystem::path usual = std::filesystem::temp_directory_path(error);
  const auto own = std::filesystem::absolute(beside).parent_path();
  for (const auto& place : {usual, own}) {
    if (place.empty()) continue;
    std::string pattern = (place / ".banach-XXXXXX").string();
    if (::mkdtemp(pattern.data())) {
      path_ = pattern;
      return;
    }
  }
  throw IoError(own, "create a folder in", errno, Exit::cannot_create);
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

}  // namespace banach
