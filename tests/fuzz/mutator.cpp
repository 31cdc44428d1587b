// SPDX-License-Identifier: Apache-2.0
#include "mutator.hpp"

#include <algorithm>

namespace {

using namespace std::string_literals;

const std::vector<std::string>& dictionary() {
  static const std::vector<std::string> words = {"[",
                                                 "]",
                                                 "[[",
                                                 "]]",
                                                 "[[[",
                                                 "{",
                                                 "}",
                                                 "\"",
                                                 "'",
                                                 "\"\"\"",
                                                 "'''",
                                                 "=",
                                                 ".",
                                                 ",",
                                                 "#",
                                                 "\\",
                                                 "\n",
                                                 "\r\n",
                                                 "\r",
                                                 "\t",
                                                 " ",
                                                 "\0"s,
                                                 "\x01",
                                                 "\x7f",
                                                 "\xff",
                                                 "\xc3",
                                                 "\xed\xa0\x80",
                                                 "\xef\xbb\xbf",
                                                 "\xd0\xb6",
                                                 "\xe2\x80\xa8",
                                                 "\xf0\x9f\x98\x80",
                                                 "\xc2\xa0",
                                                 "\xe3\x80\x80",
                                                 "\xc3\xa9",
                                                 "\xef\xbc\xa1",
                                                 "\xce\xb1",
                                                 "\xc0\x80",
                                                 "\\u0000",
                                                 "\\uD800",
                                                 "\\U0010FFFF",
                                                 "\\U00110000",
                                                 "\\x41",
                                                 "\\e",
                                                 "\\\n",
                                                 "true",
                                                 "false",
                                                 "inf",
                                                 "-nan",
                                                 "+inf",
                                                 "0x",
                                                 "0xdeadBEEF",
                                                 "0o777",
                                                 "0b102",
                                                 "1_000",
                                                 "1__0",
                                                 "_1",
                                                 "1e400",
                                                 "-1e-400",
                                                 "1.",
                                                 ".5",
                                                 "1e",
                                                 "00",
                                                 "+0",
                                                 "-0",
                                                 "9223372036854775807",
                                                 "-9223372036854775809",
                                                 "99999999999999999999",
                                                 "0.1e+-5",
                                                 "1979-05-27",
                                                 "07:32:00",
                                                 "1979-05-27T07:32:00Z",
                                                 "1979-13-99",
                                                 "[[\n",
                                                 "[\n",
                                                 "[[=",
                                                 "[[[a]]]",
                                                 "[a.",
                                                 "[.a]",
                                                 "[a]b",
                                                 "a.b.c = 1\n",
                                                 "a = \n",
                                                 "\"\" = 1\n",
                                                 "a = [1, [2, {b = 3}]]\n",
                                                 "a = {b = 1,}\n",
                                                 "[stage]\n",
                                                 "[[problem]]\n",
                                                 "[[stage]]\n",
                                                 "stage = 1\n",
                                                 "problem.type = 1\n",
                                                 "type = \"x\"\n",
                                                 "a\"b\"",
                                                 "= =",
                                                 ",,"};
  return words;
}

const std::vector<std::string>& repeated() {
  static const std::vector<std::string> words = {"[", "{", "a.", "[[",   "{a=", "[a.", "\"",  "'",
                                                 "-", "_", "9",  "\\\"", "a",   "\n",  "[{a="};
  return words;
}

}  // namespace

std::string Mutator::token() {
  if (below(8) > 0) return dictionary()[below(dictionary().size())];
  const std::string& word = repeated()[below(repeated().size())];
  const std::size_t count = std::size_t{1} << below(below(16) == 0 ? 14 : 8);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += word;
  return out;
}

void Mutator::change_range(std::string& text) {
  const std::size_t begin = below(text.size() + 1);
  const std::size_t length = std::min(text.size() - begin, below(below(4) == 0 ? 200 : 12));
  switch (below(4)) {
    case 0:
      text.erase(begin, length);
      break;
    case 1:
      text.insert(below(text.size() + 1), text.substr(begin, length));
      break;
    case 2: {
      const std::string& other = seeds_[below(seeds_.size())];
      text.replace(begin, length, other.substr(below(other.size() + 1), below(60)));
      break;
    }
    default:
      text.replace(begin, length, token());
  }
}

void Mutator::change_lines(std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    lines.back() += c;
    if (c == '\n') lines.emplace_back();
  }
  std::swap(lines[below(lines.size())], lines[below(lines.size())]);
  if (below(2) == 0) lines[below(lines.size())] = lines[below(lines.size())];
  if (below(4) == 0) lines.resize(1 + below(lines.size()));
  text.clear();
  for (const auto& line : lines) text += line;
}

void Mutator::change(std::string& text) {
  switch (below(12)) {
    case 0:
      if (!text.empty()) text[below(text.size())] = static_cast<char>(below(256));
      break;
    case 6:  // another value
    case 7: {
      const std::size_t begin = text.find("= ", below(text.size() + 1));
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      static const std::vector<std::string> values = {
          "0",  "-1",        "2.5", "\"adam\"",   "true", "[]",  "[1, 2]",        "[0.5, \"x\"]",
          "{}", "{ a = 1 }", "nan", "[[1], [2]]", "\"\"", "1e3", "[{ lr = 1.0 }]"};
      if (begin != std::string::npos)
        text.replace(begin + 2, end - begin - 2, values[below(values.size())]);
      break;
    }
    case 8:
    case 9: {  // another letter
      const std::size_t place = below(text.size() + 1);
      if (place < text.size() && text[place] >= 'a' && text[place] <= 'z')
        text[place] = static_cast<char>('a' + below(26));
      break;
    }
    case 1:
      if (!text.empty()) text[below(text.size())] ^= static_cast<char>(1 << below(8));
      break;
    case 2:
    case 3:
      text.insert(below(text.size() + 1), token());
      break;
    case 4:
      change_lines(text);
      break;
    case 5: {
      const std::size_t digit = text.find_first_of("0123456789", below(text.size() + 1));
      if (digit != std::string::npos) text.replace(digit, 1, token());
      break;
    }
    default:
      change_range(text);
  }
}

std::string Mutator::next() {
  std::string text = seeds_[below(seeds_.size())];
  if (below(50) == 0) text.clear();
  for (std::size_t i = 0, count = 1 + below(below(4) == 0 ? 12 : 3); i < count; ++i) change(text);
  return text;
}
