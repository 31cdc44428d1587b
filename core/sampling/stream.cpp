// SPDX-License-Identifier: Apache-2.0
#include "banach/stream.hpp"

#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/sampling/philox.hpp"

namespace banach {
namespace {

struct Pair {
  std::uint64_t first, second;
};

// Block i of a stream holds bits(2 i) and bits(2 i + 1).
Pair block(std::uint64_t key, std::uint64_t step, std::uint64_t i) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  const auto w = philox({low(i), high(i), low(step), high(step)}, {low(key), high(key)});
  return {w[0] | std::uint64_t{w[1]} << 32, w[2] | std::uint64_t{w[3]} << 32};
}

double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

std::pair<double, double> box_muller(Pair bits) {
  constexpr double two_pi = 6.283185307179586;
  const double radius = std::sqrt(-2 * std::log(1 - unit(bits.first)));
  const double angle = two_pi * unit(bits.second);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

// A bijection (the finaliser of splitmix64), so that different inputs never share a key.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ull;
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001B3ull;
  return hash;
}

}  // namespace

Stream::Stream(std::uint64_t seed, std::string_view name, std::uint64_t step)
    : key_(mix(mix(seed) ^ fnv1a(name))), step_(step) {}

Stream Stream::child(std::uint64_t which) const {
  Stream out;
  out.key_ = mix(key_ ^ mix(which));
  out.step_ = step_;
  return out;
}

std::uint64_t Stream::bits(std::uint64_t index) const {
  const Pair pair = block(key_, step_, index / 2);
  return index % 2 ? pair.second : pair.first;
}

double Stream::uniform(std::uint64_t index) const { return unit(bits(index)); }

double Stream::normal(std::uint64_t index) const {
  const auto [even, odd] = box_muller(block(key_, step_, index / 2));
  return index % 2 ? odd : even;
}

std::uint64_t Stream::below(std::uint64_t bound, std::uint64_t index) const {
  return static_cast<std::uint64_t>(uniform(index) * static_cast<double>(bound));
}

void Stream::uniform(std::int64_t n, double* out) const {
  for (std::int64_t i = 0; i + 1 < n; i += 2) {
    const Pair pair = block(key_, step_, static_cast<std::uint64_t>(i) / 2);
    out[i] = unit(pair.first);
    out[i + 1] = unit(pair.second);
  }
  if (n % 2) out[n - 1] = uniform(static_cast<std::uint64_t>(n - 1));
}

void Stream::normal(std::int64_t n, double* out) const {
  for (std::int64_t i = 0; i + 1 < n; i += 2)
    std::tie(out[i], out[i + 1]) =
        box_muller(block(key_, step_, static_cast<std::uint64_t>(i) / 2));
  if (n % 2) out[n - 1] = normal(static_cast<std::uint64_t>(n - 1));
}

std::vector<std::int64_t> Stream::permutation(std::int64_t n) const {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::uint64_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[below(i, i)]);
  return order;
}

}  // namespace banach
