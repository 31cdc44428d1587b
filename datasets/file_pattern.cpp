// SPDX-License-Identifier: Apache-2.0
#include "datasets/file_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "banach/error.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_names = 10'000'000;
constexpr std::size_t longest_expression = 256;
constexpr double largest_expression = 1000;

struct Item {
  enum class Kind { letter, one, any, named } kind;
  char letter;
};

std::vector<Item> items_of(const std::string& pattern) {
  std::vector<Item> out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '{') {
      out.push_back({Item::Kind::named, 0});
      i = std::min(pattern.find('}', i), pattern.size());
    } else if (c == '*') {
      if (out.empty() || out.back().kind != Item::Kind::any) out.push_back({Item::Kind::any, 0});
    } else {
      out.push_back({c == '?' ? Item::Kind::one : Item::Kind::letter, c});
    }
  }
  return out;
}

/// Tries the possibilities in order, none twice.
class NameMatch {
 public:
  NameMatch(const std::string& pattern, const std::string& name)
      : items_(items_of(pattern)),
        name_(name),
        failed_(name.size() <= 4096 ? (items_.size() + 1) * (name.size() + 1) : 0, false) {}

  std::optional<std::vector<std::string>> run() {
    const auto least = std::count_if(items_.begin(), items_.end(),
                                     [](const Item& item) { return item.kind != Item::Kind::any; });
    const bool hidden = !name_.empty() && name_[0] == '.' && !items_.empty() &&
                        items_[0].kind != Item::Kind::letter;
    if (failed_.empty() || hidden || static_cast<std::size_t>(least) > name_.size() || !match(0, 0))
      return std::nullopt;
    return std::move(values_);
  }

 private:
  bool match(std::size_t i, std::size_t at) {
    const std::size_t first_item = i, first = at;
    for (; i < items_.size(); ++i, ++at) {
      const Item& item = items_[i];
      if (item.kind == Item::Kind::any || item.kind == Item::Kind::named) break;
      if (at == name_.size() || (item.kind == Item::Kind::letter && name_[at] != item.letter))
        return fail(first_item, first);
    }
    if (i == items_.size()) return at == name_.size() || fail(first_item, first);
    const auto state = i * (name_.size() + 1) + at;
    if (failed_[state] || !(items_[i].kind == Item::Kind::any ? any(i, at) : named(i, at))) {
      failed_[state] = true;
      return fail(first_item, first);
    }
    return true;
  }
  bool fail(std::size_t i, std::size_t at) {
    failed_[i * (name_.size() + 1) + at] = true;
    return false;
  }
  bool any(std::size_t i, std::size_t at) {
    for (std::size_t end = name_.size() + 1; end-- > at;)
      if (open(i + 1, end) && match(i + 1, end)) return true;
    return false;
  }
  bool named(std::size_t i, std::size_t at) {
    for (std::size_t end = at + 1; end <= name_.size(); ++end) {
      if (!open(i + 1, end)) continue;
      values_.push_back(name_.substr(at, end - at));
      if (match(i + 1, end)) return true;
      values_.pop_back();
    }
    return false;
  }
  bool open(std::size_t i, std::size_t at) const { return !failed_[i * (name_.size() + 1) + at]; }

  std::vector<Item> items_;
  const std::string& name_;
  std::vector<bool> failed_;
  std::vector<std::string> values_;
};

bool has_wildcard(const std::string& text) {
  return text.find_first_of("*?{") != std::string::npos;
}

class PathMatch {
 public:
  explicit PathMatch(const std::string& pattern) : pattern_(pattern) {}
  std::vector<MatchedPath> run() {
    below("", 0);
    return std::move(found_);
  }

 private:
  /// Everything from the byte `at` of the pattern on, in the folder `known` ("" or with a slash).
  void below(const std::string& known, std::size_t at) {
    const auto end = std::min(pattern_.find('/', at), pattern_.size());
    const auto next = std::min(pattern_.find_first_not_of('/', end), pattern_.size());
    const std::string part = pattern_.substr(at, end - at);
    const std::string slashes = pattern_.substr(end, next - end);
    if (!has_wildcard(part)) return take(known + part, slashes, next);
    std::error_code error;
    fs::directory_iterator it(known.empty() ? "." : known, error);
    for (; !error && it != fs::directory_iterator(); it.increment(error)) {
      if (++looked_at_ > most_names)
        throw ConfigError(fmt::format(
            "dataset.files: {}: more than {} names to look at; name the folder more closely",
            pattern_, most_names));
      const std::string name = it->path().filename().string();
      const auto values = match_name(part, name);
      if (!values) continue;
      values_.insert(values_.end(), values->begin(), values->end());
      take(known + name, slashes, next);
      values_.resize(values_.size() - values->size());
    }
  }
  void take(const std::string& path, const std::string& slashes, std::size_t next) {
    std::error_code error;
    if (next < pattern_.size()) return below(path + slashes, next);
    if (slashes.empty() && fs::exists(path, error) && !fs::is_directory(path, error))
      found_.push_back({path, values_});
  }

  const std::string& pattern_;
  std::size_t looked_at_ = 0;
  std::vector<std::string> values_;
  std::vector<MatchedPath> found_;
};

/// Characters of a regular expression with its repetitions written out.
class ExpressionSize {
 public:
  explicit ExpressionSize(const std::string& text) : text_(text) {}
  double run() {
    double sum = 0;
    while (at_ < text_.size()) sum += sequence(), ++at_;  // also behind a ) too many
    return sum;
  }

 private:
  double sequence() {
    double sum = 0, last = 0;
    for (; at_ < text_.size() && text_[at_] != ')'; ++at_) {
      if (text_[at_] == '{') {
        sum += last * std::max(0.0, repetitions() - 1);
        continue;
      }
      last = 1;
      if (text_[at_] == '(')
        ++at_, last += sequence();
      else if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '[')
        skip_class();
      sum += last;
    }
    return sum;
  }
  void skip_class() {
    while (++at_ < text_.size() && text_[at_] != ']')
      if (text_[at_] == '\\') ++at_;
  }
  /// The largest number between the braces.
  double repetitions() {
    double most = 0, number = 0;
    while (++at_ < text_.size() && text_[at_] != '}') {
      const bool digit = text_[at_] >= '0' && text_[at_] <= '9';
      number = digit ? std::min(1e6, 10 * number + (text_[at_] - '0')) : 0;
      most = std::max(most, number);
    }
    return most;
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<std::string>> match_name(const std::string& pattern,
                                                   const std::string& name) {
  return NameMatch(pattern, name).run();
}

std::vector<MatchedPath> match_paths(const std::string& pattern) {
  return PathMatch(pattern).run();
}

std::optional<std::string> first_group(const std::string& expression, const std::string& name) {
  if (expression.size() > longest_expression)
    throw ConfigError(fmt::format("a regular expression of {} bytes; at most {} are possible",
                                  expression.size(), longest_expression));
  if (ExpressionSize(expression).run() > largest_expression)
    throw ConfigError(
        fmt::format("\"{}\" is a regular expression of more than {} characters with "
                    "its repetitions written out",
                    expression, largest_expression));
  try {
    // Follows all possibilities at once: its time is linear, and its stack does not grow with the
    // name.
    const std::regex matcher(expression,
                             std::regex::ECMAScript | std::regex_constants::__polynomial);
    std::smatch found;
    if (!std::regex_search(name, found, matcher) || found.size() < 2) return std::nullopt;
    return found[1].str();
  } catch (const std::regex_error& error) {
    throw ConfigError(fmt::format("\"{}\" is no regular expression: {}", expression, error.what()));
  }
}

}  // namespace banach
