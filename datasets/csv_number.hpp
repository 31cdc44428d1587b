// SPDX-License-Identifier: Apache-2.0
// Numbers as people and programs write them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace banach {

enum class DecimalMark { none, point, comma };

struct WrittenNumber {
  double value = 0;
  DecimalMark mark = DecimalMark::none;
  bool grouped = false;  // "1,234" could be one thousand two hundred thirty-four as well
};

/// The nearest double, whatever the locale: 1.5, +.5, 5., 1e-3, 1,5 and Fortran's 1.5D-3, 1.5q3,
/// 1.5-103. Nothing for all else: nan, hexadecimal numbers, what no double holds.
std::optional<WrittenNumber> read_number(std::string_view text);

/// Whether this stands where a number should: one that can be read, nan, NA, -, ***.
bool looks_numeric(std::string_view text);

/// Why a cell is no number, with the cell in front: "\"1,234.5\" has thousands separators; ...".
std::string why_no_number(std::string_view text);

}  // namespace banach
