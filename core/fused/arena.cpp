// SPDX-License-Identifier: Apache-2.0
#include "core/fused/arena.hpp"

namespace banach {

namespace {
constexpr std::int64_t line = 16;
std::int64_t rounded(std::int64_t n) { return (n + line - 1) / line * line; }
}  // namespace

std::int64_t Arena::reserve(std::int64_t n) {
  n = rounded(n);
  auto best = free_.end();
  for (auto hole = free_.begin(); hole != free_.end(); ++hole)
    if (hole->second >= n && (best == free_.end() || hole->second < best->second)) best = hole;
  if (best == free_.end()) {
    const auto place = size_;
    size_ += n;
    return place;
  }
  const auto [place, had] = *best;
  free_.erase(best);
  if (had > n) free_[place + n] = had - n;
  return place;
}

void Arena::release(std::int64_t place, std::int64_t n) {
  if (n == 0) return;
  auto hole = free_.emplace(place, rounded(n)).first;
  const auto next = std::next(hole);
  if (next != free_.end() && hole->first + hole->second == next->first) {
    hole->second += next->second;
    free_.erase(next);
  }
  if (hole == free_.begin()) return;
  const auto before = std::prev(hole);
  if (before->first + before->second != hole->first) return;
  before->second += hole->second;
  free_.erase(hole);
}

}  // namespace banach
