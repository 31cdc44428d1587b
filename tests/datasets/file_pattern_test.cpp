// SPDX-License-Identifier: Apache-2.0
#include "datasets/file_pattern.hpp"

#include <fstream>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::Scratch;
using Texts = std::vector<std::string>;

std::optional<Texts> match(const std::string& pattern, const std::string& name) {
  return match_name(pattern, name);
}

TEST(FilePattern, StarsQuestionMarksAndPlaceholders) {
  EXPECT_EQ(match("run_{sample}_s*.h5", "run_7_s12.h5"), Texts({"7"}));
  EXPECT_EQ(match("a*b", "ab"), Texts());
  EXPECT_EQ(match("a?b", "ab"), std::nullopt);
  EXPECT_EQ(match("a?b", "axb"), Texts());
  EXPECT_EQ(match("{x}_{y}.h5", "1_2_3.h5"), Texts({"1", "2_3"}));  // as few as possible
  EXPECT_EQ(match("{x}", ""), std::nullopt);
  EXPECT_EQ(match("*", ".hidden"), std::nullopt);
  EXPECT_EQ(match(".h*", ".hidden"), Texts());
  EXPECT_EQ(match("a[1].h5", "a[1].h5"), Texts());
  EXPECT_EQ(match("a[1].h5", "a1.h5"), std::nullopt);
  EXPECT_EQ(match("**a**", "bab"), Texts());
}

TEST(FilePattern, ManyStarsEnd) {
  std::string pattern;
  for (int i = 0; i < 120; ++i) pattern += "*a";
  EXPECT_EQ(match(pattern + "*b", std::string(255, 'a')), std::nullopt);
  EXPECT_EQ(match(pattern + "*", std::string(255, 'a')), Texts());
  std::string names;
  for (int i = 0; i < 120; ++i) names += "{n}a";
  EXPECT_EQ(match(names + "b", std::string(255, 'a')), std::nullopt);
}

TEST(FilePattern, PathsAreFoundBelowFolders) {
  const Scratch scratch;
  std::filesystem::create_directories(scratch / "run_1/deep");
  std::filesystem::create_directories(scratch / "run_2");
  for (const char* name : {"run_1/u.h5", "run_1/v.h5", "run_2/u.h5", "u.h5"})
    std::ofstream(scratch / name) << "x";
  const auto found = match_paths((scratch / "run_{n}//u*").string());
  ASSERT_EQ(found.size(), 2u);
  for (const auto& one : found)
    EXPECT_EQ(one.path, (scratch / ("run_" + one.values[0])).string() + "//u.h5");
  EXPECT_EQ(match_paths((scratch / "run_1/*").string()).size(), 2u);  // no folders
  EXPECT_TRUE(match_paths((scratch / "none/*").string()).empty());
}

TEST(FilePattern, GroupsOfExpressions) {
  EXPECT_EQ(first_group("Nu([0-9.]+)", "burgers_Nu0.01.hdf5"), "0.01.");
  EXPECT_EQ(first_group("nu(\\d+(?:\\.\\d+)?)_", "x_nu0.5_y.h5"), "0.5");
  EXPECT_EQ(first_group("a(\\d+?)b?", "a123b"), "1");
  EXPECT_EQ(first_group("(\\d{2,4})", "a12345"), "1234");
  EXPECT_EQ(first_group("^([a-c]*)[^]", "abcd"), "abc");
  EXPECT_EQ(first_group("([\\]x{9999}]+)b", "]xb"), "]x");  // braces in a class are letters
  EXPECT_EQ(first_group("q(.)", "abc"), std::nullopt);
  EXPECT_EQ(first_group("a", "a"), std::nullopt);  // no group
}

TEST(FilePattern, ExpressionsThatGrowAreRefusedOrEnd) {
  const std::string name(255, 'a');
  EXPECT_EQ(first_group("^(a+)+b$", name), std::nullopt);
  EXPECT_EQ(first_group("^((a*)*)*b$", name), std::nullopt);
  EXPECT_EQ(first_group("^((a|aa)+)+b", name), std::nullopt);
  EXPECT_EQ(first_group("(.*)(.*)(.*)(.*)(.*)(.*)b", name), std::nullopt);
  EXPECT_EQ(first_group("((a?){15}){15}b", name), std::nullopt);
  for (const std::string expression :
       {"((a{100}){100}){100}", "(a?){60000}", "a{2,1001}", "(((((((a{9}){9}){9}){9}){9}){9}){9})"})
    EXPECT_THROW(first_group(expression, name), ConfigError) << expression;
  EXPECT_THROW(first_group(std::string(257, 'a'), name), ConfigError);
  EXPECT_THROW(first_group("(a", name), ConfigError);
  EXPECT_THROW(first_group("(a)\\1", name), ConfigError);  // back-references take exponential time
  EXPECT_THROW(first_group(std::string(200, '('), name), ConfigError);
}

}  // namespace
}  // namespace banach
