// SPDX-License-Identifier: Apache-2.0
#include "core/run/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <utility>

#include "core/parameters/input_file.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr const char* temporary_prefix = ".tmp-";

/// A file over `ulimit -f` must be an error to report, not the end of the process.
void survive_file_size_limit() {
  static const auto once = std::signal(SIGXFSZ, SIG_IGN);
  static_cast<void>(once);
}

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void close_checked(Descriptor& file, const fs::path& path) {
  if (::close(file.release()) != 0) throw IoError(path, "close", errno);
}

/// Writes and syncs the temporary; any failure is reported under the name of the final file.
void write_durably(const fs::path& temporary, const fs::path& path, ByteView bytes) {
  Descriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.open()) throw IoError(path, "create", errno);
  write_all(file.get(), bytes, path);
  if (::fsync(file.get()) != 0) throw IoError(path, "sync", errno);
  close_checked(file, path);
}

}  // namespace

IoError::IoError(const fs::path& path, const std::string& action, int error_number, Exit code)
    : DataError(fmt::format("cannot {} {}: {}", action, path.string(),
                            std::generic_category().message(error_number)),
                code),
      path_(path),
      error_number_(error_number) {}

IoError::~IoError() = default;

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int Descriptor::release() { return std::exchange(fd_, -1); }

Descriptor open_file(const fs::path& path, int flags, Exit code) {
  survive_file_size_limit();
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0666));
  if (!file.open()) throw IoError(path, flags & O_CREAT ? "create" : "open", errno, code);
  return file;
}

void write_all(int fd, ByteView bytes, const fs::path& path) {
  std::size_t done = 0;
  while (done < bytes.size) {
    const auto count = ::write(fd, bytes.data + done, bytes.size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw IoError(path, "write", count < 0 ? errno : ENOSPC);
    done += static_cast<std::size_t>(count);
  }
}

void write_atomically(const fs::path& path, ByteView bytes) {
  survive_file_size_limit();
  const auto folder = parent_of(path);
  const auto temporary = folder / (temporary_prefix + path.filename().string());
  try {
    write_durably(temporary, path, bytes);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw IoError(path, "rename to", errno);
  } catch (const IoError&) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_directory(folder);
}

bool is_missing(int error_number) {
  return error_number == ENOENT || error_number == ENAMETOOLONG || error_number == ENOTDIR;
}

std::vector<std::byte> read_file(const fs::path& path) {
  Descriptor file(open_regular(path));
  if (!file.open())
    throw IoError(path, "open", errno, is_missing(errno) ? Exit::no_input : Exit::io);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) throw IoError(path, "read", errno);
  std::vector<std::byte> bytes(static_cast<std::size_t>(info.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(path, "read", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

void sync_directory(const fs::path& folder) {
  Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open()) throw IoError(folder, "open", errno);
  // Some file systems have no such operation; then there is nothing more to be had.
  if (::fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    throw IoError(folder, "sync", errno);
  close_checked(directory, folder);
}

void make_directories(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return;
  const auto parent = parent_of(folder);
  make_directories(parent);
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
    throw IoError(folder, "create", errno, Exit::cannot_create);
  if (!fs::is_directory(folder, error))
    throw IoError(folder, "create", ENOTDIR, Exit::cannot_create);
  sync_directory(parent);
}

bool is_temporary(const fs::path& path) {
  return path.filename().string().rfind(temporary_prefix, 0) == 0;
}

void remove_temporaries(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (is_temporary(it->path())) ::unlink(it->path().c_str());
}

}  // namespace banach
