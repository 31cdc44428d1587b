// SPDX-License-Identifier: Apache-2.0
// Preloaded into a command: of its allocations of at least FAIL_ABOVE bytes, the one with the
// number FAIL_AT (from 1) is refused, and with FAIL_PERSISTENT all that follow. FAIL_COUNT names a
// file that gets their number at the end.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <atomic>
#include <cerrno>

namespace {

unsigned long number_of(const char* name) {
  const char* text = ::getenv(name);
  return text ? ::strtoul(text, nullptr, 10) : 0;
}

struct Plan {
  std::size_t above = number_of("FAIL_ABOVE");
  unsigned long at = number_of("FAIL_AT");
  bool persistent = number_of("FAIL_PERSISTENT") != 0;
  std::atomic<unsigned long> calls{0};
  ~Plan() {
    const char* path = ::getenv("FAIL_COUNT");
    if (FILE* file = path ? ::fopen(path, "w") : nullptr) {
      ::fprintf(file, "%lu\n", calls.load());
      ::fclose(file);
    }
  }
};
Plan plan;

bool of_hdf5(const void* caller) {
  Dl_info info;
  return ::dladdr(caller, &info) != 0 && info.dli_fname && ::strstr(info.dli_fname, "libhdf5");
}

bool refused(std::size_t bytes, const void* caller) {
  if (plan.above == 0 || bytes < plan.above || of_hdf5(caller)) return false;
  const unsigned long number = ++plan.calls;
  const bool refuse = plan.at != 0 && (number == plan.at || (plan.persistent && number > plan.at));
  if (refuse) errno = ENOMEM;
  return refuse;
}

template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);

void* malloc(std::size_t bytes) noexcept {
  return refused(bytes, __builtin_return_address(0)) ? nullptr : __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) noexcept {
  return refused(count * bytes, __builtin_return_address(0)) ? nullptr
                                                             : __libc_calloc(count, bytes);
}
void* realloc(void* old, std::size_t bytes) noexcept {
  return refused(bytes, __builtin_return_address(0)) ? nullptr : __libc_realloc(old, bytes);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) noexcept {
  static const auto real = next<int (*)(void**, std::size_t, std::size_t)>("posix_memalign");
  return refused(bytes, __builtin_return_address(0)) ? ENOMEM : real(out, alignment, bytes);
}
}
