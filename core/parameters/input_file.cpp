// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "core/parameters/names.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

struct Closed {
  int fd;
  ~Closed() { ::close(fd); }
};

const char* irregular(mode_t mode) {
  if (S_ISDIR(mode)) return "this is a directory, not a file";
  if (S_ISFIFO(mode)) return "this is a FIFO, which can be read only once: save it as a file first";
  if (S_ISSOCK(mode)) return "this is a socket, not a file";
  return S_ISREG(mode) ? nullptr : "this is a device, not a file";
}

std::string shown(const fs::path& path) { return one_line(path.string()); }

[[noreturn]] void unreadable(const std::string& path, int error) {
  throw DataError(shown(path) + ": cannot be read (" + std::generic_category().message(error) + ")",
                  Exit::no_input);
}

/// Like open_regular(), for what may also be a stream.
int open_stream(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0 && errno == ENXIO) {  // a socket cannot be opened by name
    const auto number = path.substr(path.rfind('/') + 1);
    return ::fcntl(number == "stdin" ? 0 : std::atoi(number.c_str()), F_DUPFD_CLOEXEC, 3);
  }
  return fd;
}

int open_any(const std::string& path) try {
  return is_inherited(path) ? open_stream(path) : open_regular(path);
} catch (const DataError& error) {
  throw DataError(error.what(), Exit::no_input);
}

}  // namespace

int open_regular(const fs::path& path, int more) {
  // A FIFO would wait for its writer; what is opened is looked at, not the name.
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | more);
  if (fd < 0) {
    if (errno == ENXIO) throw DataError(shown(path) + ": " + irregular(S_IFSOCK));
    return fd;
  }
  struct stat info {};
  const int failed = ::fstat(fd, &info) != 0 ? errno : 0;
  const char* problem = failed == 0 ? irregular(info.st_mode) : nullptr;
  if (failed == 0 && !problem) return fd;
  ::close(fd);
  if (problem) throw DataError(shown(path) + ": " + problem);
  errno = failed;
  return -1;
}

bool is_inherited(const std::string& path) {
  const auto below = [&](const std::string& folder) {
    return path.rfind(folder, 0) == 0 && path.size() > folder.size() &&
           path.find_first_not_of("0123456789", folder.size()) == std::string::npos;
  };
  return path == "/dev/stdin" || below("/dev/fd/") || below("/proc/self/fd/");
}

std::string read_input(const std::string& path, std::size_t most) {
  const int fd = open_any(path);
  if (fd < 0) unreadable(path, errno);
  const Closed closed{fd};
  std::string text;
  constexpr std::size_t block = std::size_t{1} << 16;
  while (text.size() < most) {
    const std::size_t done = text.size();
    text.resize(std::min(most, done + block));
    const auto count = ::read(fd, text.data() + done, text.size() - done);
    const int error = errno;
    text.resize(done + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count < 0 && error != EINTR) unreadable(path, error);
    if (count == 0) break;
  }
  return text;
}

}  // namespace banach
