// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/names.hpp"

#include "core/parameters/utf8.hpp"

namespace banach {
namespace {

std::string hex(std::uint32_t code, std::size_t digits) {
  static constexpr char digit[] = "0123456789abcdef";
  std::string out(digits, '0');
  for (std::size_t i = digits; i-- > 0; code >>= 4) out[i] = digit[code & 15];
  return out;
}

/// "\\303": a byte in a string of gnuplot.
std::string octal(unsigned char byte) {
  std::string out = "\\000";
  for (std::size_t i = 3; i > 0; --i, byte = static_cast<unsigned char>(byte >> 3))
    out[i] = static_cast<char>('0' + (byte & 7));
  return out;
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

bool is_separator(std::uint32_t code) { return code == 0x2028 || code == 0x2029; }

bool turns_direction(std::uint32_t code) {
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

/// Characters that no XML 1.0 document may hold; those above are as well in UTF-8.
bool outside_xml(std::uint32_t code) { return code == 0xfffe || code == 0xffff; }

std::string escape(std::uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  return code < 0x80 ? "\\x" + hex(code, 2) : "\\u" + hex(code, 4);
}

bool hidden(std::uint32_t code) {
  return is_control(code) || is_separator(code) || turns_direction(code) || outside_xml(code);
}

/// `plain(code, bytes)` writes a character that may be seen.
template <class F>
std::string shown(std::string_view text, bool keep_lines, const F& plain) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character c = first_character(text);
    const std::size_t length = c.length == 0 ? 1 : c.length;
    if (c.length == 0)
      out += "\\x" + hex(static_cast<unsigned char>(text[0]), 2);
    else if (hidden(c.code) && !(keep_lines && c.code == '\n'))
      out += escape(c.code);
    else
      plain(out, c.code, text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

void same(std::string& out, std::uint32_t, std::string_view bytes) { out += bytes; }

std::string first_problem(std::string_view text, bool layout) {
  while (!text.empty()) {
    const Character c = first_character(text);
    if (c.length == 0)
      return "is not UTF-8: it holds the byte \\x" + hex(static_cast<unsigned char>(text[0]), 2);
    const bool lays_out = c.code == '\n' || c.code == '\t' || c.code == '\r';
    if (is_control(c.code) && !(layout && lays_out))
      return "holds the control character " + escape(c.code);
    if (is_separator(c.code)) return "holds the line separator " + escape(c.code);
    if (turns_direction(c.code)) return "holds the mark of direction " + escape(c.code);
    text.remove_prefix(c.length);
  }
  return "";
}

}  // namespace

std::string name_problem(std::string_view text, std::size_t longest) {
  if (text.size() > longest)
    return "has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(longest) +
           " are possible";
  return first_problem(text, false);
}

std::string text_problem(std::string_view text) { return first_problem(text, true); }

bool is_folder_name(std::string_view text) {
  constexpr std::size_t longest = longest_name - 6;  // a temporary beside it has a longer name
  return !text.empty() && text != "." && text != ".." && text.find('/') == std::string_view::npos &&
         name_problem(text, longest).empty();
}

std::string one_line(std::string_view text) { return shown(text, false, same); }

std::string printable(std::string_view text) { return shown(text, true, same); }

std::string xml_text(std::string_view text) {
  return shown(text, false, [](std::string& out, std::uint32_t code, std::string_view bytes) {
    switch (code) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += bytes;
    }
  });
}

std::string gnuplot_text(std::string_view text) {
  // Letters and blanks as they are, everything else by number: nothing that gnuplot reads as its
  // own (quotes, backquotes, backslashes, ends of lines) stands in the script. Digits would become
  // part of a number in front of them.
  std::string out = "\"";
  for (const char c : one_line(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::string_view("_^{}@&~\\").find(c) != std::string_view::npos) out += "\\134";
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ';
    out += plain ? std::string(1, c) : octal(byte);
  }
  return out + '"';
}

std::string csv_cell(std::string_view text) {
  const bool padded = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (text.find_first_of(std::string_view(",\"\r\n\0", 5)) == std::string_view::npos && !padded)
    return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string shell_word(std::string_view text) {
  if (!text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_-+=./,:@%") == std::string_view::npos)
    return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace banach
