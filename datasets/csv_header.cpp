// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv_header.hpp"

#include <algorithm>

#include "datasets/csv_number.hpp"
#include "datasets/csv_records.hpp"

namespace banach {
namespace {

using Names = std::vector<std::string>;

constexpr std::string_view brackets = "([";

Names cut(std::string_view text, char separator) {
  const auto cells = csv_cells(text, separator);
  Names out;
  if (!cells.problem.empty()) return out;
  for (const auto& cell : cells.cells) out.emplace_back(cell.text);
  while (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

// A word that begins with a bracket, and what is inside of brackets, belongs to the one in front.
Names cut_at_words(std::string_view text) {
  Names out;
  int depth = 0;
  for (const auto& word : cut(text, ' ')) {
    const bool unit = brackets.find(word[0]) != std::string_view::npos && !out.empty();
    if (unit || depth > 0)
      out.back() += " " + word;
    else
      out.push_back(word);
    for (const char c : word) depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
  }
  return out;
}

Names cut_at_wide_gaps(std::string_view text) {
  Names out;
  for (std::size_t at = text.find_first_not_of(' '); at < text.size();) {
    const auto end = std::min(text.find("  ", at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = text.find_first_not_of(' ', end);
  }
  return out;
}

bool named(const Names& names, std::size_t count) {
  return names.size() == count && std::none_of(names.begin(), names.end(), [](const auto& name) {
           return name.empty() || name[0] == '(' || name[0] == '[';
         });
}

}  // namespace

std::optional<Names> header_names(std::string_view text, std::size_t count, char separator) {
  constexpr char others[] = {';', '\t', ','};
  if (count == 1 && std::any_of(std::begin(others), std::end(others),
                                [&](char other) { return has_separator(text, other); }))
    return {};
  if (separator != ' ')
    if (auto names = cut(text, separator); names.size() == count) return names;
  for (const char other : others)
    if (auto names = cut(text, other); named(names, count)) return names;
  for (auto names : {cut_at_words(text), cut(text, ' '), cut_at_wide_gaps(text)})
    if (named(names, count)) return names;
  return {};
}

std::optional<Names> comment_names(std::string_view comment, std::size_t count, char separator) {
  const auto first = std::min(comment.find_first_not_of("#% \t"), comment.size());
  const auto text = comment.substr(first);
  if (count == 1) {
    if (auto names = cut_at_words(text); named(names, 1)) return names;
    return {};
  }
  auto names = header_names(text, count, separator);
  if (!names || std::any_of(names->begin(), names->end(),
                            [](const auto& name) { return name.empty() || read_number(name); }))
    return {};
  return names;
}

std::string_view without_unit(std::string_view name) {
  const auto open = name.find_first_of(brackets);
  if (open == 0 || open == std::string_view::npos) return name;
  const char close = name[open] == '(' ? ')' : ']';
  if (name.find(close, open) + 1 != name.size()) return name;
  return name.substr(0, name.find_last_not_of(' ', open - 1) + 1);
}

std::optional<std::size_t> column_of(const std::string& name, const Names& header) {
  const auto only = [&](const auto& fits) -> std::optional<std::size_t> {
    const auto found = std::find_if(header.begin(), header.end(), fits);
    if (found == header.end() || std::find_if(found + 1, header.end(), fits) != header.end())
      return {};
    return static_cast<std::size_t>(found - header.begin());
  };
  if (std::find(header.begin(), header.end(), name) != header.end())
    return only([&](const std::string& other) { return other == name; });
  return only([&](const std::string& other) { return without_unit(other) == name; });
}

}  // namespace banach
