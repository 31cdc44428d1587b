// SPDX-License-Identifier: Apache-2.0
// Malformed TOML: what is said, and where. The same with toml++ 3.3 and 3.4.
#include <gtest/gtest.h>

#include "core/parameters/toml.hpp"

namespace banach {
namespace {

using namespace std::string_literals;

struct Case {
  std::string text, error;  // error: "line:column: what"
};

// clang-format off
const Case cases[] = {
    {"[", "1:2: a table name is missing, or needs quotes"},
    {"[\n", "1:2: a table name is missing, or needs quotes"},
    {"[[\n", "1:3: a table name is missing, or needs quotes"},
    {"[]", "1:2: a table name is missing, or needs quotes"},
    {"[[]]", "1:3: a table name is missing, or needs quotes"},
    {"[a", "1:1: a table header must look like [name]"},
    {"[a\n", "1:1: a table header must look like [name]"},
    {"[[a]", "1:4: a table header must look like [[name]]"},
    {"[[[a]]]", "1:3: a table name is missing, or needs quotes"},
    {"[[=", "1:3: a table name is missing, or needs quotes"},
    {"[a]b", "1:4: only a comment may follow a table header"},
    {"[a] = 1", "1:5: only a comment may follow a table header"},
    {"[a.]", "1:4: a table name is missing, or needs quotes"},
    {"[.a]", "1:2: a table name is missing, or needs quotes"},
    {"[a..b]", "1:4: a table name is missing, or needs quotes"},
    {"[\"\"\"a\"\"\"]", "1:2: a key may not be a multi-line string"},
    {"['a]", "1:2: the string is never closed"},
    {"[a b]", "1:4: a table header must look like [name]"},
    {"[[a]]]", "1:6: only a comment may follow a table header"},
    {"[a]\n[a]", "2:1: in table header: cannot redefine existing table 'a'"},
    {"a = 1\na = 2", "2:5: in key-value pair: cannot redefine existing integer 'a'"},
    {"a = 1\n[a]", "2:1: in table header: cannot redefine existing integer 'a' as table"},
    {"[a]\n[[a]]", "2:1: in table header: cannot redefine existing table 'a' as array-of-tables"},
    {"[[a]]\n[a]", "2:1: in table header: cannot redefine existing array 'a' as table"},
    {"a = [1]\n[[a]]", "2:1: in table header: cannot redefine existing array 'a' as array-of-tables"},
    {"a.b = 1\na = 2", "2:5: in key-value pair: cannot redefine existing table 'a'"},
    {"a = 1\na.b = 2", "2:1: in key-value pair: cannot redefine existing integer as dotted key-value pair"},
    {"a = {b = 1}\na.c = 2", "2:1: in key-value pair: cannot redefine existing table as dotted key-value pair"},
    {"[a.b]\n[a]\nb = 1", "3:5: in key-value pair: cannot redefine existing table 'b'"},
    {"a", "1:2: in key-value pair: encountered end-of-file"},
    {"a b = 1", "1:3: in key-value pair: expected '=', saw 'b'"},
    {"= 1", "1:1: in root table: expected keys, tables, whitespace or comments, saw '='"},
    {".a = 1", "1:1: in root table: expected keys, tables, whitespace or comments, saw '.'"},
    {"a. = 1", "1:4: in key: expected bare key starting character or string delimiter, saw '='"},
    {"a..b = 1", "1:3: in key: expected bare key starting character or string delimiter, saw '.'"},
    {"\"a = 1", "1:1: the string is never closed"},
    {"a = 1 b = 2", "1:7: in key-value pair: expected a comment or whitespace, saw 'b'"},
    {"a: 1", "1:2: in key-value pair: expected '=', saw ':'"},
    {"\303\251 = 1", "1:1: letters beyond ASCII are allowed in quotes and comments only"},
    {"width = 3\303\251", "1:10: letters beyond ASCII are allowed in quotes and comments only"},
    {"\"\"\"a\"\"\" = 1", "1:1: in key: multi-line strings are prohibited in keys"},
    {"a\n= 1", "1:2: in key-value pair: expected '=', saw '\\n'"},
    {"a,b = 1", "1:2: in key-value pair: expected '=', saw ','"},
    {"a =", "1:4: in key-value pair: encountered end-of-file"},
    {"a =\n", "1:4: in key-value pair: expected value, saw '\\n'"},
    {"a = \n1", "1:5: in key-value pair: expected value, saw '\\n'"},
    {"a = b", "1:5: in value: could not determine value type; text needs quotes"},
    {"a = tru", "1:8: in boolean: encountered end-of-file"},
    {"a = True", "1:5: in boolean: expected 'true', saw 'T'"},
    {"a = truely", "1:9: in boolean: expected value-terminator, saw 'l'"},
    {"a = nul", "1:6: in floating-point: expected 'nan', saw 'nu'"},
    {"a = 1 2", "1:7: in key-value pair: expected a comment or whitespace, saw '2'"},
    {"a = 1..2", "1:7: in floating-point: expected decimal digit or exponent, saw '.'"},
    {"a = 1.", "1:7: in floating-point: encountered end-of-file"},
    {"a = .5", "1:5: in floating-point: expected decimal digit, saw '.'"},
    {"a = 1e", "1:7: in floating-point: encountered end-of-file"},
    {"a = 1e+", "1:8: in floating-point: encountered end-of-file"},
    {"a = 01", "1:7: in decimal integer: leading zeroes are prohibited"},
    {"a = -01", "1:8: in decimal integer: leading zeroes are prohibited"},
    {"a = 1__0", "1:7: in decimal integer: underscores may only follow digits"},
    {"a = _1", "1:5: in value: values may not begin with underscores"},
    {"a = 1_", "1:6: in key-value pair: expected a comment or whitespace, saw '_'"},
    {"a = 0x", "1:7: in hexadecimal integer: encountered end-of-file"},
    {"a = 0xg", "1:7: in hexadecimal integer: expected digit, saw 'g'"},
    {"a = 0b2", "1:7: in binary integer: expected digit, saw '2'"},
    {"a = 0o8", "1:7: in octal integer: expected digit, saw '8'"},
    {"a = +0x1", "1:5: in hexadecimal integer: expected '0', saw '+'"},
    {"a = --1", "1:6: in decimal integer: expected expected digit or sign, saw '-'"},
    {"a = 9223372036854775808", "1:24: in decimal integer: '9223372036854775808' is not representable in 64 bits"},
    {"a = 1,5", "1:6: in key-value pair: expected a comment or whitespace, saw ','"},
    {"a = 1e400", "1:10: in floating-point: '1e400' could not be interpreted as a value"},
    {"a = infinity", "1:8: in floating-point: expected value-terminator, saw 'i'"},
    {"a = $HOME", "1:5: in value: could not determine value type; text needs quotes"},
    {"a = 10%", "1:7: in decimal integer: expected digit, saw '%'"},
    {"a = (1)", "1:5: in value: could not determine value type; text needs quotes"},
    {"a = \"x", "1:5: the string is never closed"},
    {"a = 'x", "1:5: the string is never closed"},
    {"a = \"\"\"x", "1:5: the string is never closed"},
    {"a = '''x\n\n", "1:5: the string is never closed"},
    {"a = \"\\x41\"", "1:7: in string: escape sequence '\\x' is not supported in TOML 1.0.0 and earlier"},
    {"a = \"\\q\"", "1:7: in string: unknown escape sequence '\\q'"},
    {"a = \"\\u12\"", "1:10: in unicode scalar sequence: expected hex digit, saw '\"'"},
    {"a = \"\\uD800\"", "1:12: in unicode scalar sequence: unicode surrogates (U+D800 - U+DFFF) are explicitly prohibited"},
    {"a = \"\\U00110000\"", "1:16: in unicode scalar sequence: values greater than U+10FFFF are invalid"},
    {"a = \"x\ny\"", "1:5: the string is never closed"},
    {"a = \"x\" \"y\"", "1:9: in key-value pair: expected a comment or whitespace, saw '\"'"},
    {"a = \342\200\234x\342\200\235", "1:5: letters beyond ASCII are allowed in quotes and comments only"},
    {"a = \"x\" + \"y\"", "1:9: in key-value pair: expected a comment or whitespace, saw '+'"},
    {"a = [", "1:5: '[' is never closed"},
    {"a = [1", "1:5: '[' is never closed"},
    {"a = [1 2]", "1:8: in array: expected comma or closing ']', saw '2'"},
    {"a = [1,,2]", "1:8: in array: expected value or closing ']', saw comma"},
    {"a = [,]", "1:6: in array: expected value or closing ']', saw comma"},
    {"a = [1]]", "1:8: ']' closes nothing"},
    {"a = ]", "1:5: ']' closes nothing"},
    {"a = {", "1:5: '{' is never closed"},
    {"a = {b}", "1:7: in key-value pair: expected '=', saw '}'"},
    {"a = {b = 1", "1:5: '{' is never closed"},
    {"a = {b = 1,}", "1:12: in inline table: expected key-value pair, saw closing '}' (dangling comma)"},
    {"a = {b = 1\n}", "1:11: in inline table: expected key or closing '}', saw '\\n'"},
    {"a = {b = 1, b = 2}", "1:17: in key-value pair: cannot redefine existing integer 'b'"},
    {"a = {b = 1]", "1:11: ']' closes nothing"},
    {"a = [1}", "1:7: '}' closes nothing"},
    {"a = {,}", "1:6: in inline table: expected key-value pair or closing '}', saw comma"},
    {"a = {b = 1 c = 2}", "1:12: in inline table: expected comma or closing '}', saw 'c'"},
    {"a = [1, 2\nb = 3", "1:5: '[' is never closed"},
    {"a = 1\000"s, "1:6: control character; write it as an escape in a string"},
    {"a = \"\001\"", "1:6: control character; write it as an escape in a string"},
    {"a = 1\rb = 2", "1:6: control character; write it as an escape in a string"},
    {"\357\273\277[", "1:2: a table name is missing, or needs quotes"},
    {"a = \"\377\"", "1:6: not UTF-8"},
    {"a = \"\303\"", "1:6: not UTF-8"},
    {"# \355\240\200", "1:3: not UTF-8"},
    {"\377\376[\000a\000"s, "1:1: not UTF-8"},
    {"a = \"\177\"", "1:6: control character; write it as an escape in a string"},
    {"a = 1979-05-27", "1:5: a: dates and times are not used here; put quotes around it"},
    {"a = 07:32:00", "1:5: a: dates and times are not used here; put quotes around it"},
    {"a = 1979-05-27T07:32:00Z", "1:5: a: dates and times are not used here; put quotes around it"},
    {"a = [1979-05-27]", "1:6: a.0: dates and times are not used here; put quotes around it"},
    {"a = 1979-13-01", "1:12: in date: expected month between 1 and 12 (inclusive), saw 13"},
    {"a = 1979-05-27 1", "1:16: in key-value pair: expected a comment or whitespace, saw '1'"},
    {"a = 1979-", "1:10: in date: encountered end-of-file"},
    {"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.b = 1", "1:64: a key of more than 32 parts"},
    {"[a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.b]", "1:66: a table name of more than 32 parts"},
};
// clang-format on

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::string error_of(const std::string& text) {
  try {
    parse_toml(text, "m.toml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(MalformedToml, EveryCaseIsRefusedWithItsPlaceAndReason) {
  for (const auto& [text, error] : cases) EXPECT_EQ(error_of(text), "m.toml:" + error) << text;
}

TEST(MalformedToml, EveryCaseIsRefusedBelowSoundLinesToo) {
  for (const auto& [text, error] : cases) {
    if (text.compare(0, 3, "\xef\xbb\xbf") == 0)
      continue;  // a byte order mark is one only in front
    const std::size_t colon = error.find(':');
    const int line = std::stoi(error.substr(0, colon)) + 2;
    EXPECT_EQ(error_of("sound = \"line # \\\" [\" # [\r\n\n" + text),
              "m.toml:" + std::to_string(line) + error.substr(colon))
        << text;
  }
}

TEST(MalformedToml, DeepNestingIsRefused) {
  EXPECT_EQ(error_of("a = " + repeated("[", 65) + repeated("]", 65)),
            "m.toml:1:69: brackets nested more than 64 deep");
  EXPECT_EQ(error_of("a = " + repeated("{a=", 100000)),
            "m.toml:1:197: brackets nested more than 64 deep");
  EXPECT_EQ(error_of(repeated("a.", 40) + "b = 1"), "m.toml:1:64: a key of more than 32 parts");
  EXPECT_EQ(error_of("[" + repeated("a.", 100000) + "b]"),
            "m.toml:1:66: a table name of more than 32 parts");
  EXPECT_EQ(error_of("[" + repeated("a.", 30) + "b]\n" + repeated("c.", 30) + "d." + "e = {" +
                     repeated("f.", 30) + "g = 1}"),
            "m.toml:2:68: tables and lists nested more than 64 deep");
  EXPECT_EQ(error_of("a = " + repeated("[", 60) + repeated("]", 60)), "accepted");
}

TEST(MalformedToml, LargeFilesAreRefusedUnread) {
  EXPECT_EQ(error_of(std::string(std::size_t{10} << 20, '\n')),
            "m.toml:1:1: larger than 4 MiB: is this a configuration?");
  EXPECT_EQ(error_of(repeated("# comment\n", 300000)), "accepted");
}

TEST(MalformedToml, ColumnsCountCharactersNotBytes) {
  EXPECT_EQ(error_of("a = \"\xc3\xa9\xf0\x9f\x98\x80\" ]"), "m.toml:1:10: ']' closes nothing");
}

}  // namespace
}  // namespace banach
