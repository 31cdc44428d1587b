// SPDX-License-Identifier: Apache-2.0
// The names of columns: which line has them, and how it is cut into names.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace banach {

/// Exactly `count` names out of a header, cut at the separator of the data or else in the way that
/// gives so many: at ; tab , or at blanks, where a unit in brackets belongs to the name in front of
/// it ("x y u (m/s)"), or at two blanks and more.
std::optional<std::vector<std::string>> header_names(std::string_view text, std::size_t count,
                                                     char separator);

/// The same for the text of a comment, which may be prose: numbers are no names, and one column has
/// a name of one word.
std::optional<std::vector<std::string>> comment_names(std::string_view comment, std::size_t count,
                                                      char separator);

/// "u" of "u (m/s)" and "u[m/s]"; the name itself where there is no unit.
std::string_view without_unit(std::string_view name);

/// Where a column of this name stands: the only one of that name, else the only one that has it in
/// front of a unit. Nothing where there are none or several.
std::optional<std::size_t> column_of(const std::string& name,
                                     const std::vector<std::string>& header);

}  // namespace banach
