// SPDX-License-Identifier: Apache-2.0
// Files that are there as a whole or not at all, whatever happens: kill, full disk, power loss.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "banach/error.hpp"
#include "core/run/bytes.hpp"

namespace banach {

/// A system call on a file that failed; what() names the path, the action and the system's reason.
class BANACH_API IoError final : public DataError {
 public:
  IoError(const std::filesystem::path& path, const std::string& action, int error_number,
          Exit code = Exit::io);
  ~IoError() override;
  const std::filesystem::path& path() const { return path_; }
  int error_number() const { return error_number_; }

 private:
  std::filesystem::path path_;
  int error_number_;
};

/// Owns a file descriptor; closes it at the end of its life.
class BANACH_API Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int release();

 private:
  int fd_;
};

/// A file over `ulimit -f` is from here on an error to report, not the end of the process.
BANACH_API void survive_file_size_limit();

/// Whether an errno of open(2) says that there is no file of that name.
BANACH_API bool is_missing(int error_number);

/// open(2) with O_CLOEXEC; IoError (of that exit code) if it fails.
BANACH_API Descriptor open_file(const std::filesystem::path& path, int flags, Exit code = Exit::io);

/// Writes all of it, through short writes and interruptions; IoError names `path`.
BANACH_API void write_all(int fd, ByteView bytes, const std::filesystem::path& path);

/// Replaces `path` by these bytes: temporary beside it, fsync, rename, fsync of the folder.
/// Once it returns, they survive a power loss; after an IoError the old file is still whole
/// and the temporary is gone.
BANACH_API void write_atomically(const std::filesystem::path& path, ByteView bytes);

/// All bytes of a regular file; IoError, with Exit::no_input where there is none.
BANACH_API std::vector<std::byte> read_file(const std::filesystem::path& path);

/// All bytes of an open file, from its beginning; DataError where they do not fit into memory.
BANACH_API std::vector<std::byte> read_all(const Descriptor& file,
                                           const std::filesystem::path& path);

/// Up to `size` bytes from `offset` on; returns how many there were. IoError names `path`.
BANACH_API std::size_t read_part(const Descriptor& file, std::byte* out, std::size_t size,
                                 std::int64_t offset, const std::filesystem::path& path);

/// Makes the entries of a folder durable.
BANACH_API void sync_directory(const std::filesystem::path& folder);

/// Creates the folder and its missing parents durably; IoError with Exit::cannot_create.
BANACH_API void make_directories(const std::filesystem::path& folder);

/// The name under which a file of that name is written before it replaces the old one.
BANACH_API std::string temporary_name(const std::string& name);

/// True for the temporaries of write_atomically.
BANACH_API bool is_temporary(const std::filesystem::path& path);

}  // namespace banach
