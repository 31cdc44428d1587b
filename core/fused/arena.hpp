// SPDX-License-Identifier: Apache-2.0
// Places in one array of numbers.
#pragma once
#include <cstdint>
#include <map>

namespace banach {

/// Places that begin at multiples of a cache line; released ones are given out again.
class Arena {
 public:
  std::int64_t reserve(std::int64_t n);
  /// `n` as it was reserved.
  void release(std::int64_t place, std::int64_t n);
  /// Numbers that the array must have.
  std::int64_t size() const { return size_; }

 private:
  std::map<std::int64_t, std::int64_t> free_;  // place to size
  std::int64_t size_ = 0;
};

}  // namespace banach
