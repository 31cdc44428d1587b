// SPDX-License-Identifier: Apache-2.0
// Allocations of C++ in this program: the size of one that fails is known to the error that
// follows.
#include <cstdlib>
#include <new>

#include "core/parameters/memory.hpp"

namespace {

void* allocate(std::size_t bytes, std::size_t alignment) {
  void* out = nullptr;
  if (alignment <= alignof(std::max_align_t))
    out = std::malloc(bytes == 0 ? 1 : bytes);
  else if (posix_memalign(&out, alignment, bytes == 0 ? 1 : bytes) != 0)
    out = nullptr;
  if (out) return out;
  banach::note_failed_allocation(bytes);
  throw std::bad_alloc();
}

}  // namespace

// All other forms of new and delete come down to these.
void* operator new(std::size_t bytes) { return allocate(bytes, 0); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
