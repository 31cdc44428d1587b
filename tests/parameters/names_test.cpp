// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/names.hpp"

#include <gtest/gtest.h>

#include "core/parameters/json_text.hpp"
#include "core/parameters/toml.hpp"

namespace banach {
namespace {

std::string with_nul(const char* text) { return std::string(text) + '\0'; }

TEST(Names, PlainTextOfAnyLanguageIsAName) {
  for (const char* name : {"u", "u.0", "velocity [m/s]", "grad u", "Größe", "速度", "температура",
                           "u''", "a,b", "$(x)`y`", "\xf0\x9f\x8c\x8a", ""})
    EXPECT_EQ(name_problem(name), "") << name;
}

TEST(Names, WhatIsNotSeenIsRefused) {
  EXPECT_EQ(name_problem(with_nul("u,\\")), "holds the control character \\x00");
  EXPECT_EQ(name_problem("a\nb"), "holds the control character \\n");
  EXPECT_EQ(name_problem("\x1b[2J"), "holds the control character \\x1b");
  EXPECT_EQ(name_problem("\x7f"), "holds the control character \\x7f");
  EXPECT_EQ(name_problem("\xc2\x9b"), "holds the control character \\u009b");
  EXPECT_EQ(name_problem("a\xe2\x80\xa8"), "holds the line separator \\u2028");
  EXPECT_EQ(name_problem("\xe2\x80\xae"), "holds the mark of direction \\u202e");
  EXPECT_EQ(name_problem("\xff"), "is not UTF-8: it holds the byte \\xff");
  EXPECT_EQ(name_problem(std::string(256, 'x')), "has 256 bytes; at most 255 are possible");
}

TEST(Names, EveryControlCharacterAndStrayByteIsRefused) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool plain = byte >= 0x20 && byte < 0x7f;
    EXPECT_EQ(name_problem(std::string(1, static_cast<char>(byte))).empty(), plain) << byte;
  }
}

TEST(Names, TextsMayHaveLines) {
  EXPECT_EQ(text_problem("a\n\tb\r\n"), "");
  EXPECT_EQ(text_problem(with_nul("a")), "holds the control character \\x00");
}

TEST(Names, RefusalsSayWhereAndDoNotRepeatTheCharacter) {
  try {
    require_name("data.h5: an axis", "x\x1b[31m");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "data.h5: an axis: the name \"x\\x1b[31m\" holds the control character \\x1b");
  }
}

TEST(Names, LinesShowWhatTheyDoNotDo) {
  EXPECT_EQ(one_line("a\nb\t\x1b[2J\xff\xc2\x85"), "a\\nb\\t\\x1b[2J\\xff\\u0085");
  EXPECT_EQ(printable("a\nb\x1b"), "a\nb\\x1b");
  EXPECT_EQ(one_line("Größe"), "Größe");
}

TEST(Names, FoldersAreCalledByNames) {
  EXPECT_TRUE(is_folder_name("heat 2"));
  for (const char* name : {"", ".", "..", "a/b", "a\n", "\xff"}) EXPECT_FALSE(is_folder_name(name));
  EXPECT_FALSE(is_folder_name(std::string(250, 'x')));
}

TEST(Names, TomlKeysAndTextsAreChecked) {
  const auto error = [](const std::string& text) -> std::string {
    try {
      parse_toml(text, "x.toml");
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(error("a = 1\n\"b\\u0000\" = 2\n"),
            "x.toml:2:1: the name \"b\\x00\" holds the control character \\x00");
  EXPECT_EQ(error("a = [1, { b = \"\\u001b\" }]\n"),
            "x.toml:1:15: a.1.b: the text holds the control character \\x1b");
  EXPECT_EQ(error("a = \"\"\"\nx\n\ty\"\"\"\n"), "");
}

TEST(JsonText, WrongTypesAreDamage) {
  EXPECT_EQ(json_text(nlohmann::json{{"a", "\xff\x7f"}}), "{\"a\":\"\xef\xbf\xbd\\u007f\"}");
  EXPECT_THROW(parse_json("{", "x"), DataError);
  EXPECT_THROW(parse_json(std::string(100, '[') + std::string(100, ']'), "x"), DataError);
  EXPECT_EQ(parse_json("{\"a\": [1]}", "x").at("a").at(0), 1);
  EXPECT_THROW(read_json("x", [] { return nlohmann::json("a").at("b"); }), DataError);
  EXPECT_THROW(require_plain_texts({{"a", {"b\n"}}}, "x"), DataError);
  EXPECT_THROW(require_plain_texts({{"a\x1b", 1}}, "x"), DataError);
  EXPECT_NO_THROW(require_plain_texts({{"a", "b\n"}}, "x", {"a"}));
}

}  // namespace
}  // namespace banach
