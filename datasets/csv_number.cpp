// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace banach {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool sign(char c) { return c == '+' || c == '-'; }

/// A number taken apart, and put together as std::from_chars wants it.
struct Scan {
  std::string_view rest;
  std::string plain;
  DecimalMark mark = DecimalMark::none;
  std::size_t whole = 0, fraction = 0;

  std::size_t digits() {
    std::size_t count = 0;
    while (count < rest.size() && digit(rest[count])) ++count;
    plain += rest.substr(0, count);
    rest.remove_prefix(count);
    return count;
  }
  void take_sign() {
    if (rest.empty() || !sign(rest[0])) return;
    if (rest[0] == '-') plain += '-';
    rest.remove_prefix(1);
  }
  bool mantissa() {
    take_sign();
    whole = digits();
    if (!rest.empty() && (rest[0] == '.' || rest[0] == ',')) {
      mark = rest[0] == '.' ? DecimalMark::point : DecimalMark::comma;
      plain += '.';
      rest.remove_prefix(1);
      fraction = digits();
    }
    return whole + fraction > 0;
  }
  // Fortran leaves the letter out where the exponent has three digits.
  bool exponent() {
    if (rest.empty()) return true;
    const bool letter = std::string_view("eEdDqQ").find(rest[0]) != std::string_view::npos;
    if (!letter && !(sign(rest[0]) && mark != DecimalMark::none && rest.size() == 4)) return false;
    if (letter) rest.remove_prefix(1);
    plain += 'e';
    take_sign();
    return digits() > 0 && rest.empty();
  }
};

std::optional<Scan> scan(std::string_view text) {
  Scan out{text, {}};
  if (out.mantissa() && out.exponent()) return out;
  return {};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool missing(std::string_view text) {
  static constexpr std::string_view words[] = {
      "nan",    "inf",     "infinity", "na",      "n/a",    "#n/a",    "nul",
      "null",   "none",    "-",        "--",      "?",      ".",       "nat",
      "1.#inf", "1.#qnan", "1.#ind",   "1.#snan", "masked", "missing", "..."};
  auto name = lower(text);
  if (!name.empty() && sign(name[0]) && name.size() > 2) name.erase(0, 1);
  return name.rfind("nan(", 0) == 0 ||
         std::find(std::begin(words), std::end(words), name) != std::end(words);
}

/// Digits in groups of three with separators between: 1,234,567.8 and 1'234 and 1 234.
bool grouped(std::string_view text) {
  std::string plain;  // with one kind of separator for those that only group
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\xC2\xA0") {
      plain += ' ', i += 1;
    } else if (text.substr(i, 3) == "\xE2\x80\xAF" || text.substr(i, 3) == "\xE2\x80\x99") {
      plain += ' ', i += 2;
    } else {
      plain += text[i] == '\'' || text[i] == '_' ? ' ' : text[i];
    }
  }
  std::size_t at = !plain.empty() && sign(plain[0]) ? 1 : 0, groups = 0;
  const auto run = [&] {
    std::size_t count = 0;
    while (at + count < plain.size() && digit(plain[at + count])) ++count;
    return count;
  };
  const auto first = run();
  if (first < 1 || first > 3) return false;
  at += first;
  const char separator = at < plain.size() ? plain[at] : '\0';
  if (std::string_view(" ,.").find(separator) == std::string_view::npos) return false;
  while (at < plain.size() && plain[at] == separator) {
    ++at;
    if (run() != 3) return false;
    at += 3, ++groups;
  }
  if (at == plain.size()) return groups > 1 || separator == ' ';
  return groups > 0 && (plain[at] == '.' || plain[at] == ',') && !digit(separator) &&
         std::all_of(plain.begin() + static_cast<std::ptrdiff_t>(at) + 1, plain.end(), digit);
}

bool hexadecimal(std::string_view text) {
  if (!text.empty() && sign(text[0])) text.remove_prefix(1);
  return text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

}  // namespace

std::optional<WrittenNumber> read_number(std::string_view text) {
  const auto parts = scan(text);
  if (!parts) return {};
  WrittenNumber out;
  const auto& plain = parts->plain;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), out.value);
  if (error != std::errc() || end != plain.data() + plain.size()) return {};
  out.mark = parts->mark;
  const auto first = text.find_first_of("0123456789");
  out.grouped = out.mark == DecimalMark::comma && parts->whole >= 1 && parts->whole <= 3 &&
                parts->fraction == 3 && text[first] != '0' && digit(text.back()) &&
                text.find_first_of("eEdDqQ") == std::string_view::npos;
  return out;
}

bool looks_numeric(std::string_view text) {
  return scan(text) || missing(text) || hexadecimal(text) || grouped(text) ||
         (!text.empty() && text.find_first_not_of('*') == std::string_view::npos);
}

std::string why_no_number(std::string_view text) {
  if (text.empty()) return "the cell is empty; leave such rows out";
  constexpr std::size_t enough = 40;
  const auto cell = text.size() > enough ? fmt::format("\"{}...\"", text.substr(0, enough))
                                         : fmt::format("\"{}\"", text);
  if (missing(text)) return cell + " is not a finite number; leave such rows out";
  if (text.find_first_not_of('*') == std::string_view::npos)
    return cell + " is a number that did not fit into its Fortran field";
  if (hexadecimal(text)) return cell + " is a hexadecimal number; write it in decimal";
  if (scan(text)) return cell + " is out of the range of double precision";
  if (grouped(text)) return cell + " has thousands separators; write the number without them";
  if (text.find("\xE2\x88\x92") != std::string_view::npos)
    return cell + " has a typographic minus sign; write -";
  if (text.find_first_of("#%") != std::string_view::npos)
    return cell + " is not a number; comments stand on lines of their own";
  return cell + " is not a number";
}

}  // namespace banach
