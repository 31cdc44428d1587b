// SPDX-License-Identifier: Apache-2.0
#include "core/run/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr int as_folder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int no_link = O_NOFOLLOW | O_CLOEXEC;

[[noreturn]] void refuse(const fs::path& path, const std::string& why, Exit code) {
  throw DataError(fmt::format("{}: {}", path.string(), why),
                  code == Exit::io ? Exit::bad_data : code);
}

struct stat look_at(int fd, const fs::path& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) throw IoError(path, "look at", errno);
  return info;
}

bool is_link(int folder, const std::string& name) {
  struct stat info {};
  return ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

constexpr const char* link_text =
    "this is a link, and none is followed here: put what it leads to in its place, or remove it";

bool same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::vector<std::string> entries(int folder, const fs::path& path) {
  Descriptor own(::openat(folder, ".", as_folder));
  DIR* stream = own.open() ? ::fdopendir(own.get()) : nullptr;
  if (!stream) throw IoError(path, "read the folder", errno);
  own.release();
  const std::unique_ptr<DIR, int (*)(DIR*)> closed(stream, ::closedir);
  std::vector<std::string> out;
  while (const dirent* entry = ::readdir(stream))
    if (const std::string name = entry->d_name; name != "." && name != "..") out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

void remove_below(int folder, const std::string& name, const fs::path& path) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) throw IoError(path, "remove", errno);
  {
    const Descriptor inside(::openat(folder, name.c_str(), as_folder | no_link));
    if (!inside.open()) throw IoError(path, "remove", errno);
    for (const auto& entry : entries(inside.get(), path))
      remove_below(inside.get(), entry, path / entry);
  }
  if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) != 0) throw IoError(path, "remove", errno);
}

}  // namespace

Folder::Folder(fs::path path, Descriptor held)
    : path_(std::move(path)), held_(std::make_shared<const Descriptor>(std::move(held))) {}

Folder::Folder(const fs::path& path)
    : Folder(path, Descriptor(::open(path.empty() ? "." : path.c_str(), as_folder))) {
  if (!held_->open())
    throw IoError(path_, "open", errno, is_missing(errno) ? Exit::no_input : Exit::io);
}

std::optional<Folder> Folder::find(const fs::path& path) {
  Descriptor held(::open(path.empty() ? "." : path.c_str(), as_folder));
  if (held.open()) return Folder(path, std::move(held));
  if (!is_missing(errno)) throw IoError(path, "open", errno);
  return std::nullopt;
}

bool Folder::has(const std::string& name) const {
  struct stat info {};
  return ::fstatat(descriptor(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(info.st_mode);
}

std::vector<std::string> Folder::names() const { return entries(descriptor(), path_); }

bool Folder::at_its_path() const {
  struct stat there {};
  return ::stat(path_.empty() ? "." : path_.c_str(), &there) == 0 &&
         same(there, look_at(descriptor(), path_));
}

bool Folder::holds(const std::string& name, const Descriptor& file) const {
  struct stat there {};
  return ::fstatat(descriptor(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
         same(there, look_at(file.get(), path_ / name));
}

Descriptor Folder::open(const std::string& name, int flags, Exit code) const {
  BANACH_ASSERT(!name.empty() && name.find('/') == std::string::npos);
  // O_NONBLOCK: a FIFO of that name must not hang us.
  Descriptor file(::openat(descriptor(), name.c_str(), flags | no_link | O_NONBLOCK, 0666));
  if (!file.open()) {
    const int error = errno;
    if (is_link(descriptor(), name)) refuse(path_ / name, link_text, code);
    throw IoError(path_ / name, flags & O_CREAT ? "create" : "open", error, code);
  }
  if (!S_ISREG(look_at(file.get(), path_ / name).st_mode))
    refuse(path_ / name, "this is not a regular file", code);
  return file;
}

Descriptor Folder::to_read(const std::string& name) const {
  const bool missing = ::faccessat(descriptor(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0;
  return open(name, O_RDONLY, missing && is_missing(errno) ? Exit::no_input : Exit::io);
}

std::vector<std::byte> Folder::read(const std::string& name) const {
  return read_all(to_read(name), path_ / name);
}

std::string Folder::text(const std::string& name) const {
  return std::string(ByteView(read(name)).text());
}

Descriptor Folder::to_write(const std::string& name, int flags, Exit code) const {
  survive_file_size_limit();
  Descriptor file = open(name, flags, code);
  const auto info = look_at(file.get(), path_ / name);
  if (info.st_nlink > 1)
    refuse(path_ / name,
           fmt::format("this file has {} names (hard links), which all would change: put a copy in "
                       "its place",
                       info.st_nlink),
           code);
  if (info.st_uid != ::geteuid() && info.st_uid != look_at(descriptor(), path_).st_uid)
    refuse(path_ / name, "this file belongs neither to you nor to the owner of its folder", code);
  return file;
}

Descriptor Folder::create_temporary(const std::string& name, const std::string& final_name) const {
  constexpr int fresh = O_WRONLY | O_CREAT | O_EXCL;
  Descriptor file(::openat(descriptor(), name.c_str(), fresh | no_link, 0666));
  if (!file.open() && errno == EEXIST) {
    // Left by a killed writer, or laid there: it goes away, and what it may lead to stays as it is.
    if (::unlinkat(descriptor(), name.c_str(), 0) != 0)
      throw IoError(path_ / final_name, "create", errno);
    file = Descriptor(::openat(descriptor(), name.c_str(), fresh | no_link, 0666));
  }
  if (!file.open()) throw IoError(path_ / final_name, "create", errno);
  return file;
}

void Folder::write(const std::string& name, ByteView bytes) const {
  survive_file_size_limit();
  const auto path = path_ / name;
  const std::string temporary = temporary_name(name);
  try {
    Descriptor file = create_temporary(temporary, name);
    write_all(file.get(), bytes, path);
    if (::fsync(file.get()) != 0) throw IoError(path, "sync", errno);
    if (::close(file.release()) != 0) throw IoError(path, "close", errno);
    if (::renameat(descriptor(), temporary.c_str(), descriptor(), name.c_str()) != 0)
      throw IoError(path, "rename to", errno);
  } catch (const IoError&) {
    ::unlinkat(descriptor(), temporary.c_str(), 0);
    throw;
  }
  sync();
}

void Folder::remove(const std::string& name) const {
  if (::unlinkat(descriptor(), name.c_str(), 0) != 0 && errno != ENOENT)
    throw IoError(path_ / name, "remove", errno);
}

void Folder::remove_tree(const std::string& name) const {
  remove_below(descriptor(), name, path_ / name);
}

void Folder::remove_temporaries() const {
  for (const auto& name : names())
    if (is_temporary(name)) ::unlinkat(descriptor(), name.c_str(), 0);
}

void Folder::sync() const {
  // Some file systems have no such operation; then there is nothing more to be had.
  if (::fsync(descriptor()) != 0 && errno != EINVAL && errno != ENOTSUP)
    throw IoError(path_, "sync", errno);
}

std::optional<Folder> Folder::find_folder(const std::string& name) const {
  Descriptor held(::openat(descriptor(), name.c_str(), as_folder | no_link));
  if (held.open()) return Folder(path_ / name, std::move(held));
  const int error = errno;
  if (is_link(descriptor(), name)) refuse(path_ / name, link_text, Exit::bad_data);
  if (error == ENOENT) return std::nullopt;
  throw IoError(path_ / name, "open", error);
}

Folder Folder::make_folder(const std::string& name) const {
  if (auto there = find_folder(name)) return *there;
  if (::mkdirat(descriptor(), name.c_str(), 0777) != 0 && errno != EEXIST)
    throw IoError(path_ / name, "create", errno, Exit::cannot_create);
  sync();
  if (auto there = find_folder(name)) return *there;
  throw IoError(path_ / name, "create", ENOENT, Exit::cannot_create);
}

}  // namespace banach
