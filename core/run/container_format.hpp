// SPDX-License-Identifier: Apache-2.0
// The numbers of container format 1, shared by its writer and its reader.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/run/container.hpp"

namespace banach::container_format {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "tensors are stored as they lie in memory");

// A transfer in text mode changes \r\n or \n, and one of 7 bits the first byte.
constexpr std::string_view magic(
    "\x89"
    "BNC\r\n\x1a\n",
    8);
constexpr std::string_view end_magic("BNC-end\n", 8);
constexpr std::uint32_t version = 1;
constexpr std::size_t prefix_size = 24, digest_size = 32, end_size = 16,
                      footer_size = digest_size + end_size;
constexpr std::size_t alignment = 64, max_header = std::size_t{16} << 20, max_rank = 64;
constexpr int max_depth = 64;

constexpr std::size_t align_up(std::size_t n) {
  return (n + alignment - 1) / alignment * alignment;
}

/// The first bytes (up to prefix_size) and the last 16 of a file of `size` bytes: what tells
/// whether the rest is worth reading. DataError; `origin` opens the message.
void verify_ends(ByteView start, ByteView end, std::size_t size, const std::string& origin);

/// Product of the extents and the element size; false if an extent is negative or it overflows.
bool byte_count(const Blob& blob, std::size_t& bytes);

/// How deep brackets and braces are nested outside of strings; needs no valid JSON.
int nesting(std::string_view json);

}  // namespace banach::container_format
