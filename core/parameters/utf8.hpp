// SPDX-License-Identifier: Apache-2.0
// Characters of UTF-8.
#pragma once
#include <cstdint>
#include <string_view>

namespace banach {

/// One character: its code point, and its bytes.
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  // 0: no character of UTF-8 (cut off, surrogate, overlong form)
};

/// The character at the front of a text that is not empty.
inline Character first_character(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  std::uint32_t code = first & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < least[length] || code > 0x10ffff || surrogate ? Character{}
                                                              : Character{code, length};
}

}  // namespace banach
