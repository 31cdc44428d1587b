// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/limits.hpp"

#include <algorithm>
#include <cstdlib>

namespace banach {
namespace {

/// The number at the beginning of a text, as it stands there; empty where there is none.
std::string number_at(const std::string& text, std::size_t at) {
  char* end = nullptr;
  const char* begin = text.c_str() + at;
  std::strtod(begin, &end);
  while (begin != end && *begin == ' ') ++begin;
  return {begin, static_cast<std::size_t>(end - begin)};
}

bool starts(const std::string& text, std::size_t at, const char* with) {
  return text.compare(at, std::char_traits<char>::length(with), with) == 0;
}

/// "[0, 1)" at a place of a rule.
void read_interval(const std::string& rule, std::size_t at, Limits& limits) {
  const auto comma = rule.find(", ", at), end = rule.find_first_of(")]", at);
  if (comma == std::string::npos || end == std::string::npos) return;
  limits.minimum = number_at(rule, at + 1), limits.above = rule[at] == '(';
  limits.maximum = number_at(rule, comma + 2), limits.below = rule[end] == ')';
}

/// "tanh", "sin" behind "one of": TOML strings without their quotes, or plain values.
void read_options(const std::string& rule, std::size_t at, Limits& limits) {
  while (at < rule.size()) {
    const bool quoted = rule[at] == '"';
    const auto end = quoted ? rule.find('"', at + 1) : rule.find(',', at);
    limits.options.push_back(rule.substr(at + (quoted ? 1 : 0), end - at - (quoted ? 1 : 0)));
    const auto next = rule.find(", ", std::min(end, rule.size()));
    if (next == std::string::npos) return;
    at = next + 2;
  }
}

void read_bound(const std::string& rule, std::size_t at, Limits& limits) {
  if (starts(rule, at, ">= ")) limits.minimum = number_at(rule, at + 3), limits.above = false;
  if (starts(rule, at, "> ")) limits.minimum = number_at(rule, at + 2), limits.above = true;
  if (starts(rule, at, "<= ")) limits.maximum = number_at(rule, at + 3), limits.below = false;
  if (starts(rule, at, "< ")) limits.maximum = number_at(rule, at + 2), limits.below = true;
  if (starts(rule, at, "at least ")) limits.minimum = number_at(rule, at + 9), limits.above = false;
  if (starts(rule, at, "in [") || starts(rule, at, "in (")) read_interval(rule, at + 3, limits);
}

}  // namespace

Limits limits_of(const ParameterInfo& info) {
  Limits limits;
  const std::string& rule = info.rule;
  const auto choice = rule.find("one of ");
  for (std::size_t at = 0; at < std::min(choice, rule.size());) {
    read_bound(rule, at, limits);
    const auto next = rule.find(", ", at);
    if (next == std::string::npos) break;
    at = next + 2;
  }
  if (choice != std::string::npos) read_options(rule, choice + 7, limits);
  if (info.type.find("integer") == std::string::npos) return limits;
  if (limits.minimum.empty()) limits.minimum = "-2147483648";
  if (limits.maximum.empty()) limits.maximum = "2147483647";
  return limits;
}

}  // namespace banach
