// SPDX-License-Identifier: Apache-2.0
#include "core/run/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <system_error>

#include "banach/error.hpp"

namespace banach {

void open_standard_streams() {
  for (int number = 0; number <= 2; ++number)
    if (::fcntl(number, F_GETFD) == -1 && errno == EBADF) {
      // The lowest free number, hence this one; /dev/null cannot be missing but in a bare chroot.
      const int opened = ::open("/dev/null", O_RDWR);
      if (opened >= 0 && opened != number) ::close(opened);
    }
}

int finish_output(int code) {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  int error = flushed ? 0 : errno;
  std::cout.flush();
  if (flushed && !std::ferror(stdout) && std::cout.good()) return code;
  if (code != 0) return code;
  // An earlier write that failed has left no reason; the same one comes again.
  if (error == 0 && ::write(1, "\n", 1) < 0) error = errno;
  if (error == EPIPE) return 128 + SIGPIPE;
  std::fprintf(stderr, "standard output: cannot write%s%s\n", error ? ": " : "",
               error ? std::generic_category().message(error).c_str() : "");
  return static_cast<int>(Exit::io);
}

}  // namespace banach
