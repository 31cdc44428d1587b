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
#include "core/parameters/memory.hpp"
#include "core/run/folder.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr const char* temporary_prefix = ".tmp-";

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
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

void survive_file_size_limit() {
  static const auto once = std::signal(SIGXFSZ, SIG_IGN);
  static_cast<void>(once);
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
  const auto folder = [&path] {
    try {
      return Folder(parent_of(path));
    } catch (const IoError& error) {
      throw IoError(path, "create", error.error_number());
    }
  };
  folder().write(path.filename().string(), bytes);
}

bool is_missing(int error_number) {
  return error_number == ENOENT || error_number == ENAMETOOLONG || error_number == ENOTDIR;
}

std::vector<std::byte> read_file(const fs::path& path) {
  Descriptor file(open_regular(path));
  if (!file.open())
    throw IoError(path, "open", errno, is_missing(errno) ? Exit::no_input : Exit::io);
  return read_all(file, path);
}

std::vector<std::byte> read_all(const Descriptor& file, const fs::path& path) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) throw IoError(path, "read", errno);
  if (const auto free = available_memory(); free >= 0 && info.st_size > free)
    throw DataError(fmt::format("{}: its {} do not fit into the memory that is free, {}",
                                path.string(), bytes_text(static_cast<double>(info.st_size)),
                                bytes_text(static_cast<double>(free))));
  std::vector<std::byte> bytes(static_cast<std::size_t>(info.st_size));
  bytes.resize(read_part(file, bytes.data(), bytes.size(), 0, path));
  return bytes;
}

std::size_t read_part(const Descriptor& file, std::byte* out, std::size_t size, std::int64_t offset,
                      const fs::path& path) {
  std::size_t done = 0;
  while (done < size) {
    const auto count =
        ::pread(file.get(), out + done, size - done, offset + static_cast<std::int64_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(path, "read", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

void sync_directory(const fs::path& folder) { Folder(folder).sync(); }

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

std::string temporary_name(const std::string& name) { return temporary_prefix + name; }

bool is_temporary(const fs::path& path) {
  return path.filename().string().rfind(temporary_prefix, 0) == 0;
}

}  // namespace banach
