// SPDX-License-Identifier: Apache-2.0
#include "core/run/fingerprint.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/run/scratch.hpp"

namespace banach::testing {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

FilePrint print_of(const fs::path& path) { return prints_of({path.string()}).front(); }

TEST(Fingerprint, AFileThatWasOnlyTouchedOrMovedIsTheSame) {
  const Scratch scratch;
  write(scratch / "a", "numbers");
  const auto print = print_of(scratch / "a");
  EXPECT_TRUE(still_same(print, scratch / "a"));
  fs::last_write_time(scratch / "a", fs::file_time_type::clock::now() - std::chrono::hours(5));
  EXPECT_TRUE(still_same(print, scratch / "a"));
  fs::rename(scratch / "a", scratch / "b");
  EXPECT_FALSE(still_same(print, scratch / "a"));
  EXPECT_TRUE(still_same(print, scratch / "b"));
}

TEST(Fingerprint, AFileOfTheSameSizeWithOtherBytesIsAnother) {
  const Scratch scratch;
  write(scratch / "a", "numbers");
  const auto print = print_of(scratch / "a");
  write(scratch / "a", "Numbers");
  fs::last_write_time(scratch / "a", fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(still_same(print, scratch / "a"));
  write(scratch / "a", "numbers and more");
  EXPECT_FALSE(still_same(print, scratch / "a"));
}

TEST(Fingerprint, OfLargeFilesBlocksFromTheFirstByteToTheLastCount) {
  const Scratch scratch;
  std::string text(std::size_t{1} << 20, 'a');
  write(scratch / "a", text);
  std::vector<std::string> many(4000, (scratch / "a").string());  // each gets two blocks
  const auto print = prints_of(many).front();
  EXPECT_EQ(print.looked_at, 1 << 17);
  for (const std::size_t at : {std::size_t{0}, text.size() - 1}) {
    std::string other = text;
    other[at] = 'b';
    write(scratch / "a", other);
    fs::last_write_time(scratch / "a", fs::file_time_type::clock::now() + std::chrono::hours(1));
    EXPECT_FALSE(still_same(print, scratch / "a")) << at;
  }
}

TEST(Fingerprint, ItSurvivesBeingWritten) {
  const Scratch scratch;
  write(scratch / "a", "numbers");
  const auto prints = prints_of({(scratch / "a").string()});
  const auto back = file_prints(to_json(prints), "here");
  EXPECT_EQ(back.front().hash, prints.front().hash);
  EXPECT_EQ(back.front().modified, prints.front().modified);
  EXPECT_TRUE(file_prints(nullptr, "here").empty());
  const auto [code, what] = error_of([] { file_prints({{{"path", "a"}}}, "here"); });
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what.substr(0, 45), "here: the record of the data files is damaged");
}

}  // namespace
}  // namespace banach::testing
