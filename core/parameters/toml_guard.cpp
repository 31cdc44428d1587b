// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/toml_guard.hpp"

#include <vector>

#include "banach/error.hpp"
#include "core/parameters/utf8.hpp"

namespace banach {

namespace {

constexpr std::size_t most_brackets = 64, most_parts = 32;

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

class Guard {
 public:
  Guard(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  void check() {
    if (text_.size() > largest_toml) fail(0, "larger than 4 MiB: is this a configuration?");
    check_characters();
    while (at_ < text_.size()) {
      if (open_.empty() && at_line_start()) check_line_start();
      if (at_ < text_.size()) step();
    }
    if (!open_.empty())
      fail(open_.back(), std::string("'") + text_[open_.back()] + "' is never closed");
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    int line = 1, column = 1;
    for (std::size_t i = 0; i < at; ++i) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      if (byte == '\n') {
        ++line;
        column = 1;
      } else if ((byte & 0xc0) != 0x80) {
        ++column;
      }
    }
    throw ConfigError(name_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " +
                      what);
  }

  void check_characters() const {
    const std::size_t bad = invalid_utf8(text_);
    if (bad != std::string_view::npos) fail(bad, "not UTF-8");
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      const bool line_end = c == '\n' || (c == '\r' && text_.substr(i, 2) == "\r\n");
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && !line_end) || c == 0x7f)
        fail(i, "control character; write it as an escape in a string");
    }
  }

  bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }
  bool at_line_start() const { return at_ == 0 || text_[at_ - 1] == '\n'; }
  bool at_line_end() const { return at_ >= text_.size() || starts("\n") || starts("\r\n"); }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  void skip_comment() {
    while (!at_line_end()) ++at_;
  }

  void check_line_start() {
    parts_ = 1;
    skip_spaces();
    if (starts("[")) check_header();
  }

  /// One character, string or comment of a key or value.
  void step() {
    const char c = text_[at_];
    if (c == '"' || c == '\'') return skip_string(/*multi_line=*/true);
    if (c == '#') return skip_comment();
    if (static_cast<unsigned char>(c) >= 0x80)
      fail(at_, "letters beyond ASCII are allowed in quotes and comments only");
    if (c == '[' || c == '{') {
      open_.push_back(at_);
      if (open_.size() > most_brackets) fail(at_, "brackets nested more than 64 deep");
    } else if (c == ']' || c == '}') {
      if (open_.empty() || text_[open_.back()] != (c == ']' ? '[' : '{'))
        fail(at_, std::string("'") + c + "' closes nothing");
      open_.pop_back();
    }
    if (c == '.' && ++parts_ > most_parts) fail(at_, "a key of more than 32 parts");
    if (c == '=' || c == ',' || c == '{' || c == '\n') parts_ = 1;
    ++at_;
  }

  void skip_string(bool multi_line) {
    const std::size_t begin = at_;
    const char quote = text_[at_];
    const std::string three(3, quote);
    const bool multiple = starts(three);
    if (multiple && !multi_line) fail(begin, "a key may not be a multi-line string");
    for (at_ += multiple ? 3 : 1; at_ < text_.size(); ++at_) {
      if (!multiple && at_line_end()) break;
      if (quote == '"' && text_[at_] == '\\') {
        ++at_;
        if (!multiple && at_line_end()) break;
      } else if (multiple ? starts(three) : text_[at_] == quote) {
        at_ += multiple ? 3 : 1;
        while (multiple && at_ < text_.size() && text_[at_] == quote) ++at_;
        return;
      }
    }
    fail(begin, "the string is never closed");
  }

  /// [ key . key ] or [[ key ]], and nothing but a comment behind it.
  void check_header() {
    const std::size_t begin = at_;
    const bool list = starts("[[");
    at_ += list ? 2 : 1;
    for (std::size_t parts = 1;; ++parts) {
      if (parts > most_parts) fail(at_, "a table name of more than 32 parts");
      skip_spaces();
      check_key();
      skip_spaces();
      if (!starts(".")) break;
      ++at_;
    }
    const std::string_view end = list ? "]]" : "]";
    if (!starts(end))
      fail(at_line_end() ? begin : at_,
           "a table header must look like " + std::string(list ? "[[name]]" : "[name]"));
    at_ += end.size();
    skip_spaces();
    if (starts("#")) skip_comment();
    if (!at_line_end()) fail(at_, "only a comment may follow a table header");
  }

  void check_key() {
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\''))
      return skip_string(/*multi_line=*/false);
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
    if (at_ == begin) fail(at_, "a table name is missing, or needs quotes");
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0, parts_ = 1;
  std::vector<std::size_t> open_;
};

}  // namespace

std::size_t invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = first_character(text.substr(i)).length;
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

void check_toml(std::string_view text, const std::string& name) { Guard(text, name).check(); }

}  // namespace banach
