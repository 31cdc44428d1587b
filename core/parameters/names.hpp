// SPDX-License-Identifier: Apache-2.0
// Names and texts from outside: what may be a name, and how a text is written into lines, tables
// and markup of others, so that it stays a text there. TOML is written by text.hpp and
// write_toml.hpp.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "banach/error.hpp"

namespace banach {

constexpr std::size_t longest_name = 255;   // bytes; of one name, as of one part of a path
constexpr std::size_t longest_path = 4095;  // bytes

/// Why a text cannot be a name, as the end of a sentence: "holds the control character \x1b"; ""
/// for one that can. Refused are: no UTF-8, control characters (also DEL, NUL and those above
/// 0x7f), the separators of lines and paragraphs, marks that turn the direction of writing, more
/// than `longest` bytes.
BANACH_API std::string name_problem(std::string_view text, std::size_t longest = longest_name);

/// The same of a text that need not be a name (an expression, a pattern): of any length, and with
/// line ends and tabs.
BANACH_API std::string text_problem(std::string_view text);

/// Throws E "<where>: the name "..." <problem>" for a text that cannot be a name.
template <class E = ConfigError>
void require_name(const std::string& where, std::string_view text,
                  std::size_t longest = longest_name);

/// Whether a text can name a folder: a name without slashes that is neither empty, "." nor "..".
BANACH_API bool is_folder_name(std::string_view text);

/// For one line of a log or terminal: line ends, control characters and what is not UTF-8 become
/// \n, \t, \x1b, \u202e.
BANACH_API std::string one_line(std::string_view text);

/// The same for messages of several lines: their line ends stay.
BANACH_API std::string printable(std::string_view text);

/// The text between tags or quotes of XML. What XML cannot hold is written as by one_line().
BANACH_API std::string xml_text(std::string_view text);

/// A quoted string of gnuplot in which nothing is program or markup; first as by one_line().
BANACH_API std::string gnuplot_text(std::string_view text);

/// A cell of a CSV file, quoted where that is needed.
BANACH_API std::string csv_cell(std::string_view text);

/// A word of a shell command, quoted where that is needed.
BANACH_API std::string shell_word(std::string_view text);

template <class E>
void require_name(const std::string& where, std::string_view text, std::size_t longest) {
  if (const auto problem = name_problem(text, longest); !problem.empty())
    throw E(where + ": the name \"" + one_line(text.substr(0, 60)) + "\" " + problem);
}

}  // namespace banach
