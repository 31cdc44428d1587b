// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace banach {

/// Numbers on a cache line's border, zero at first; many of them in large pages where possible.
template <class T>
class AlignedNumbers {
 public:
  AlignedNumbers() = default;
  explicit AlignedNumbers(std::size_t count) {
    constexpr std::size_t large_page = 2 << 20;
    const std::size_t page = count * sizeof(T) >= large_page ? large_page : 64;
    const std::size_t bytes = (count * sizeof(T) + page) / page * page;
    data_.reset(static_cast<T*>(std::aligned_alloc(page, bytes)));
    if (!data_) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (page == large_page) madvise(data_.get(), bytes, MADV_HUGEPAGE);  // only advice
#endif
    std::memset(data_.get(), 0, bytes);
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T, Free> data_;
};

}  // namespace banach
