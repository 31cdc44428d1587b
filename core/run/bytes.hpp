// SPDX-License-Identifier: Apache-2.0
// A view of raw bytes and their SHA-256.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Bytes that somebody else owns; never null with a size above zero.
struct ByteView {
  ByteView(const std::byte* first, std::size_t count) : data(first), size(count) {}
  ByteView(const std::vector<std::byte>& bytes) : data(bytes.data()), size(bytes.size()) {}
  ByteView(std::string_view text)
      : data(reinterpret_cast<const std::byte*>(text.data())), size(text.size()) {}

  /// The `count` bytes from `offset` on; the caller has checked that they exist.
  ByteView part(std::size_t offset, std::size_t count) const { return {data + offset, count}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data), size}; }

  const std::byte* data;
  std::size_t size;
};

using Digest = std::array<std::byte, 32>;

/// SHA-256 of the bytes.
BANACH_API Digest sha256(ByteView bytes);

/// SHA-256 as 64 lower-case hexadecimal digits.
BANACH_API std::string sha256_hex(ByteView bytes);

}  // namespace banach
