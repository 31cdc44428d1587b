// SPDX-License-Identifier: Apache-2.0
// Values as text: the one-line TOML of error messages and resolved configurations.
#include "core/parameters/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace banach {

namespace {

bool is_bare(std::string_view key) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), fits);
}

std::string to_text(const Value::List& list) {
  std::string out = "[";
  for (const Value& value : list) out += (out.size() > 1 ? ", " : "") + banach::to_text(value);
  return out + "]";
}

std::string to_text(const Table& table) {
  if (table.entries.empty()) return "{}";
  std::string out = "{ ";
  for (const auto& [key, value] : table.entries)
    out += (out.size() > 2 ? ", " : "") + key_text(key) + " = " + banach::to_text(value);
  return out + " }";
}

/// Levenshtein distance where swapping two neighbours counts once.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::string to_text(const Source& source) {
  if (!source.file) return "";
  if (source.line <= 0) return *source.file;
  return *source.file + ":" + std::to_string(source.line) + ":" + std::to_string(source.column);
}

const char* type_name(const Value& value) {
  static constexpr std::array<const char*, 6> names = {"truth value", "integer", "number",
                                                       "text",        "list",    "table"};
  return names.at(value.data.index());
}

std::string to_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  std::string out(buffer.data(), end);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

std::string in_quotes(std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string key_text(std::string_view key) {
  return is_bare(key) ? std::string(key) : in_quotes(key);
}

std::string shortened(const std::string& text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string to_text(const Value& value) {
  if (const auto* truth = value.get<bool>()) return *truth ? "true" : "false";
  if (const auto* integer = value.get<std::int64_t>()) return std::to_string(*integer);
  if (const auto* number = value.get<double>()) return to_text(*number);
  if (const auto* text = value.get<std::string>()) return in_quotes(*text);
  if (const auto* list = value.get<Value::List>()) return to_text(*list);
  return to_text(*value.get<Table>());
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > 100) return "";
  std::string best;
  std::size_t closest = 1 + std::min<std::size_t>(3, (word.size() + 1) / 3);
  for (const auto& candidate : candidates) {
    if (candidate.size() > word.size() + 3 || word.size() > candidate.size() + 3) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < closest) {
      closest = distance;
      best = candidate;
    }
  }
  return best;
}

std::string join(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += between;
    out += words[i];
  }
  return out;
}

}  // namespace banach
