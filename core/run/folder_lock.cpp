// SPDX-License-Identifier: Apache-2.0
#include "core/run/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace banach {
namespace {

std::string text_of(const Descriptor& file, const std::filesystem::path& path) {
  std::array<std::byte, 512> bytes;
  std::string text(
      ByteView(bytes.data(), read_part(file, bytes.data(), bytes.size(), 0, path)).text());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// False where another process holds it.
bool lock(const Descriptor& file, const std::filesystem::path& path) {
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return true;
  if (errno != EWOULDBLOCK) throw IoError(path, "lock", errno, Exit::cannot_create);
  return false;
}

bool cannot_lock_folders(int error) {
  return error == EBADF || error == EINVAL || error == ENOLCK || error == ENOTSUP;
}

}  // namespace

FolderLock::FolderLock(std::filesystem::path path, Descriptor file, Descriptor folder)
    : path_(std::move(path)), file_(std::move(file)), folder_(std::move(folder)) {}

std::optional<FolderLock> FolderLock::take(const Folder& folder, const std::string& name,
                                           std::string& holder) {
  const auto path = folder / name;
  Descriptor file = folder.to_write(name, O_RDWR | O_CREAT, Exit::cannot_create);
  if (!lock(file, path)) {
    holder = text_of(file, path);
    return std::nullopt;
  }
  // Another process may have removed the file between its opening and its locking.
  if (!folder.holds(name, file)) return take(folder, name, holder);
  Descriptor whole(::openat(folder.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!whole.open()) throw IoError(folder.path(), "lock", errno, Exit::cannot_create);
  if (::flock(whole.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    if (!cannot_lock_folders(errno))
      throw IoError(folder.path(), "lock", errno, Exit::cannot_create);
  }
  return FolderLock(path, std::move(file), std::move(whole));
}

void FolderLock::sign(const std::string& text) const {
  if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0)
    throw IoError(path_, "write", errno);
  write_all(file_.get(), std::string_view(text), path_);
}

std::vector<int> FolderLock::descriptors() const { return {file_.get(), folder_.get()}; }

}  // namespace banach
