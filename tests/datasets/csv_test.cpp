// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv.hpp"

#include <fstream>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;
using Numbers = std::vector<double>;

class PointFile : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    std::ofstream(file(), std::ios::binary) << text;
    return file();
  }
  std::string file() const { return (scratch_ / "points.csv").string(); }
  Numbers read(const std::string& text) { return read_points(write(text), {"x", "t"}); }
  /// What read_points says about a text, without the file's name in front.
  std::string complaint(const std::string& text) {
    const auto [code, what] = error_of([&] { read(text); });
    EXPECT_EQ(code, 65);
    EXPECT_EQ(what.rfind(file(), 0), 0u) << what;
    return what.size() > file().size() ? what.substr(file().size()) : "";
  }
  Scratch scratch_;
};

TEST_F(PointFile, HeaderPicksColumnsInAnyOrder) {
  EXPECT_EQ(read("t,id,x\n1,7,2\n3,8,4\n"), (Numbers{2, 1, 4, 3}));
}

TEST_F(PointFile, PlainColumnsAreTheCoordinatesInTheirOrder) {
  EXPECT_EQ(read("0.5,1e-3\n-1,+2"), (Numbers{0.5, 1e-3, -1, 2}));
}

TEST_F(PointFile, BlanksSemicolonsCommentsAndOtherSystemsLineEndsAreRead) {
  EXPECT_EQ(read("# made elsewhere\r\n\r\nx;t\r\n1; 2\r\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("\xEF\xBB\xBFx t\n 1\t2 \n"), (Numbers{1, 2}));
}

TEST_F(PointFile, MistakesNameTheirLine) {
  EXPECT_EQ(complaint("x,t\n1,2\n1,abc\n"), ":3: \"abc\" is no number");
  EXPECT_EQ(complaint("x,t\n1,2\n\n1\n"), ":4: 1 columns where 2 are expected");
  EXPECT_EQ(complaint("x,t\n1,\n"), ":2: \"\" is no number");
  EXPECT_EQ(complaint("x,t\n1,nan\n"), ":2: nan is no coordinate");
  EXPECT_EQ(complaint("x,t\n1,1e999\n"), ":2: \"1e999\" is no number");
  EXPECT_EQ(complaint("x,y\n1,2\n"), ":1: no column \"t\"; the header names: x, y");
  EXPECT_EQ(complaint("x,t,x\n1,2,3\n"), ":1: 2 columns are called \"x\"");
  EXPECT_EQ(
      complaint("1,2,3\n"),
      ":1: 3 columns where 2 are expected (x, t); name them in a header if the file has more");
  EXPECT_EQ(complaint(""), ":1: no points");
  EXPECT_EQ(complaint("x,t\n"), ":1: no points");
}

TEST_F(PointFile, MissingFileIsNamed) {
  const auto [code, what] = error_of([&] { read_points(scratch_ / "none.csv", {"x"}); });
  EXPECT_EQ(code, 66);
  EXPECT_EQ(what,
            "cannot open " + (scratch_ / "none.csv").string() + ": No such file or directory");
}

TEST(CsvWriter, NumbersReadBackBitExactly) {
  const Scratch scratch;
  const Numbers numbers{0.1, 1.0 / 3, -0.0, 5e-324, 1.7976931348623157e308, 1e22};
  CsvWriter writer(scratch / "out.csv", {"x", "t"});
  for (std::size_t i = 0; i < numbers.size(); i += 2) writer.row({numbers[i], numbers[i + 1]});
  writer.commit();
  EXPECT_EQ(read_points(scratch / "out.csv", {"x", "t"}), numbers);
  EXPECT_EQ(testing::text_of(scratch / "out.csv").substr(0, 4), "x,t\n");
}

TEST(CsvWriter, LeavesNothingWithoutCommitAndTheOldFileInPlace) {
  const Scratch scratch;
  std::ofstream(scratch / "out.csv") << "old";
  { CsvWriter(scratch / "out.csv", {"x"}).row({1}); }
  EXPECT_EQ(testing::text_of(scratch / "out.csv"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1);
}

TEST(CsvWriter, MissingFolderIsNamed) {
  const Scratch scratch;
  const auto [code, what] = error_of([&] { CsvWriter(scratch / "none/out.csv", {"x"}); });
  EXPECT_EQ(code, 73);
  EXPECT_EQ(what, "cannot create " + (scratch / "none/out.csv").string() + ": there is no folder " +
                      (scratch / "none").string() + "; make it first");
}

}  // namespace
}  // namespace banach
