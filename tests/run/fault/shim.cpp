// SPDX-License-Identifier: Apache-2.0
// Preloaded into the writer: counts the system calls on the files below FAULT_DIR, and at call
// FAULT_AT does what FAULT_PLAN says. With FAULT_TRACE it records the calls for the power-loss
// simulator. Syncing is left out: no case depends on the real disk.
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "tests/run/fault/trace.hpp"

namespace {

using banach::fault::RecordHead;

const char* text_of(const char* name) {
  const char* value = ::getenv(name);
  return value ? value : "";
}

struct Shim {
  const char* folder = text_of("FAULT_DIR");
  const char* acks = text_of("FAULT_ACKS");
  const char* plan = text_of("FAULT_PLAN");
  long at = ::atol(text_of("FAULT_AT"));
  int error = ::atoi(text_of("FAULT_ERRNO"));
  long percent = ::atol(text_of("FAULT_PERCENT"));
  int trace = -1;
  long calls = 0;
  bool tracked[1024] = {}, folders[1024] = {};
  int ack_fd = -1;

  Shim() {
    if (const char* path = text_of("FAULT_TRACE"); *path)
      trace = static_cast<int>(
          ::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  }
  bool planned(const char* name) const { return ::strcmp(plan, name) == 0; }
  bool mine(const char* path) const {
    const auto length = ::strlen(folder);
    return length && ::strncmp(path, folder, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
  }
  bool mine(int fd) const { return fd >= 0 && fd < 1024 && tracked[fd]; }
  bool folder_of_mine(int fd) const { return fd >= 0 && fd < 1024 && folders[fd]; }
};

Shim& shim() {
  static Shim instance;
  return instance;
}

[[noreturn]] void die() {
  ::syscall(SYS_kill, ::syscall(SYS_getpid), SIGKILL);
  for (;;) ::pause();
}

/// Counts the call; the errno to fail with, or 0.
int before(char kind) {
  auto& s = shim();
  ++s.calls;
  if (s.planned("before") && s.calls == s.at) die();
  if (s.planned("once") && s.calls == s.at) return s.error;
  // A full disk neither keeps a file from being removed nor a descriptor from being closed.
  const bool harmless = s.error == ENOSPC && (kind == 'u' || kind == 'c');
  return s.planned("always") && s.calls >= s.at && !harmless ? s.error : 0;
}

void after() {
  if (shim().planned("after") && shim().calls == shim().at) die();
}

int fail(int error) {
  errno = error;
  return -1;
}

void record(char kind, int fd, int flags, const char* a, size_t a_size, const char* b = "",
            size_t b_size = 0) {
  if (shim().trace < 0) return;
  const RecordHead head{kind, fd, flags, static_cast<uint32_t>(a_size),
                        static_cast<uint32_t>(b_size)};
  ::syscall(SYS_write, shim().trace, &head, sizeof head);
  ::syscall(SYS_write, shim().trace, a, a_size);
  ::syscall(SYS_write, shim().trace, b, b_size);
}

/// A path below a folder's descriptor, written out; fixed storage, since this is called anywhere.
struct Path {
  char text[4096];

  Path(int folder, const char* name) {
    size_t length = 0;
    if (folder != AT_FDCWD && name[0] != '/') {
      char link[64] = "/proc/self/fd/";
      char digits[16];
      int count = 0;
      for (int n = folder; count == 0 || n > 0; n /= 10)
        digits[count++] = static_cast<char>('0' + n % 10);
      size_t end = ::strlen(link);
      while (count > 0) link[end++] = digits[--count];
      link[end] = '\0';
      const auto got = ::syscall(SYS_readlinkat, AT_FDCWD, link, text, sizeof text / 2);
      length = got > 0 ? static_cast<size_t>(got) : 0;
      if (::strcmp(name, ".") == 0) name = "";
      if (*name) text[length++] = '/';
    }
    ::strncpy(text + length, name, sizeof text - length - 1);
    text[sizeof text - 1] = '\0';
  }
};

int open_real(const char* path, int flags, mode_t mode) {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int open_watched(const char* path, int flags, mode_t mode) {
  auto& s = shim();
  if (!s.mine(path)) {
    const int fd = open_real(path, flags, mode);
    if (*s.acks && ::strcmp(path, s.acks) == 0) s.ack_fd = fd;
    return fd;
  }
  if (flags & O_DIRECTORY) {  // changes nothing: no place for a fault, but its sync is one
    const int fd = open_real(path, flags, mode);
    if (fd >= 0 && fd < 1024) s.folders[fd] = true;
    record('d', fd, flags, path, ::strlen(path));
    return fd;
  }
  if (const int error = before('o')) return fail(error);
  const int fd = open_real(path, flags, mode);
  if (fd >= 0 && fd < 1024) s.tracked[fd] = true;
  record('o', fd, flags, path, ::strlen(path));
  after();
  return fd;
}

int rename_watched(const char* from, const char* to) {
  const auto real = [&] {
    return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
  };
  if (!shim().mine(to)) return real();
  if (const int error = before('r')) return fail(error);
  const int result = real();
  record('r', -1, 0, from, ::strlen(from), to, ::strlen(to));
  after();
  return result;
}

int unlink_watched(const char* path, int flags) {
  const auto real = [&] {
    return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, flags));
  };
  if (!shim().mine(path)) return real();
  if (const int error = before('u')) return fail(error);
  const int result = real();
  record('u', -1, 0, path, ::strlen(path));
  after();
  return result;
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_watched(path, flags, mode);
}

__attribute__((visibility("default"))) int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_watched(path, flags, mode);
}

__attribute__((visibility("default"))) ssize_t write(int fd, const void* data, size_t size) {
  auto& s = shim();
  const auto* text = static_cast<const char*>(data);
  if (fd >= 0 && fd == s.ack_fd) record('a', fd, 0, text, size);
  if (!s.mine(fd)) return ::syscall(SYS_write, fd, data, size);
  if (const int error = before('w')) return fail(error);
  const auto part = size * static_cast<size_t>(s.percent) / 100;
  if (s.planned("torn") && s.calls == s.at) {
    ::syscall(SYS_write, fd, data, part);
    die();
  }
  const bool shortened = (s.planned("short") && s.calls == s.at) || s.planned("short-always");
  const auto count = ::syscall(SYS_write, fd, data, shortened && part > 0 ? part : size);
  record('w', fd, 0, text, count > 0 ? static_cast<size_t>(count) : 0);
  after();
  return count;
}

__attribute__((visibility("default"))) int fsync(int fd) {
  if (!shim().mine(fd) && !shim().folder_of_mine(fd)) return 0;
  if (const int error = before('s')) return fail(error);
  record('s', fd, 0, "", 0);
  after();
  return 0;
}

__attribute__((visibility("default"))) int close(int fd) {
  if (fd >= 0 && fd < 1024) shim().folders[fd] = false;
  if (!shim().mine(fd)) return static_cast<int>(::syscall(SYS_close, fd));
  const int error = before('c');
  shim().tracked[fd] = false;
  const auto result = static_cast<int>(::syscall(SYS_close, fd));
  record('c', fd, 0, "", 0);
  after();
  return error ? fail(error) : result;
}

__attribute__((visibility("default"))) int openat(int folder, const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_watched(Path(folder, name).text, flags, mode);
}

__attribute__((visibility("default"))) int openat64(int folder, const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_watched(Path(folder, name).text, flags, mode);
}

__attribute__((visibility("default"))) int rename(const char* from, const char* to) noexcept {
  return rename_watched(from, to);
}

__attribute__((visibility("default"))) int renameat(int from_folder, const char* from,
                                                    int to_folder, const char* to) noexcept {
  return rename_watched(Path(from_folder, from).text, Path(to_folder, to).text);
}

__attribute__((visibility("default"))) int unlink(const char* path) noexcept {
  return unlink_watched(path, 0);
}

__attribute__((visibility("default"))) int unlinkat(int folder, const char* name,
                                                    int flags) noexcept {
  return unlink_watched(Path(folder, name).text, flags);
}

}  // extern "C"
