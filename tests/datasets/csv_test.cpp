// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv.hpp"

#include <sys/stat.h>

#include <clocale>
#include <fstream>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;
using Numbers = std::vector<double>;

/// A text file with points, asked for its columns x and t.
class TextTableFile : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    std::ofstream(file(), std::ios::binary) << text;
    return file();
  }
  std::string file() const { return (scratch_ / "points.csv").string(); }
  TextTable table(const std::string& text, const std::vector<std::string>& columns = {"x", "t"},
                  bool named = false) {
    return read_text_table(write(text), columns, named);
  }
  Numbers read(const std::string& text) { return table(text).values; }
  /// What is said about a text, without the file's name in front.
  std::string complaint(const std::string& text,
                        const std::vector<std::string>& columns = {"x", "t"}, bool named = false) {
    const auto [code, what] = error_of([&] { table(text, columns, named); });
    EXPECT_EQ(code, 65) << text;
    EXPECT_EQ(what.rfind(file(), 0), 0u) << what;
    EXPECT_EQ(what.find('\n'), std::string::npos) << what;
    return what.size() > file().size() ? what.substr(file().size()) : "";
  }
  Scratch scratch_;
};

TEST_F(TextTableFile, HeaderPicksColumnsInAnyOrder) {
  EXPECT_EQ(read("t,id,x\n1,7,2\n3,8,4\n"), (Numbers{2, 1, 4, 3}));
  EXPECT_EQ(read("t,name,x\n1,a;b,2\n"), (Numbers{2, 1}));
  EXPECT_EQ(read("x,2020,t\n1,5,2\n"), (Numbers{1, 2}));
  EXPECT_TRUE(table("x,t\n1,2\n").notices.empty());
}

TEST_F(TextTableFile, PlainColumnsAreTakenInTheirOrderWhichIsSaid) {
  EXPECT_EQ(read("0.5,1e-3\n-1,+2"), (Numbers{0.5, 1e-3, -1, 2}));
  EXPECT_EQ(table("1 2\n").notices,
            (std::vector<std::string>{file() + ": no header; its columns are taken to be x, t"}));
  EXPECT_EQ(complaint("1,2\n", {"lon", "lat"}, true),
            ":1:1: no header names the columns \"lon\", \"lat\"; put one in front of the numbers");
}

TEST_F(TextTableFile, CommentedHeadersNameTheColumns) {
  const Numbers swapped{2, 1};
  EXPECT_EQ(read("# t,x\n1,2\n"), swapped);
  EXPECT_EQ(read("#t,x\n1,2\n"), swapped);
  EXPECT_EQ(read("# t x\n1 2\n"), swapped);
  EXPECT_EQ(read("# t x\n1,2\n"), swapped);
  EXPECT_EQ(read("# t,x\n1 2\n"), swapped);
  EXPECT_EQ(read("## t ; x\n1;2\n"), swapped);
  EXPECT_EQ(read("# \"t\",\"x\"\n1,2\n"), swapped);
  EXPECT_EQ(read("# made in May\n# x t\n# t x\n1 2\n"), swapped);
  EXPECT_EQ(read("# t x\n# s m\n1 2\n"), swapped);
  EXPECT_EQ(read("# x t\nt x\n1 2\n"), swapped);
  EXPECT_EQ(read("t,x\n# x,t\n1,2\n# x,t\n"), swapped);
  EXPECT_EQ(read("# t,x\n1,2\n").size(), 2u);
  EXPECT_TRUE(table("# t,x\n1,2\n").notices.empty());
}

TEST_F(TextTableFile, CommentsThatNameNothingAreSkipped) {
  EXPECT_EQ(read("# 8 9\n1 2\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("# written by a program\n1,2\n# the end\n"), (Numbers{1, 2}));
  EXPECT_EQ(complaint("# lat,lon\n1,2\n"), ":1:1: no column \"x\"; the header names: lat, lon");
}

TEST_F(TextTableFile, HeadersOfAstropyAreRead) {
  EXPECT_EQ(read("# %ECSV 1.0\n# ---\n# datatype:\n# - {name: t, datatype: float64}\n"
                 "# - {name: x, unit: m, datatype: float64}\nt x\n1.0 2.0\n"),
            (Numbers{2, 1}));
}

TEST_F(TextTableFile, HeadersOfComsolAreReadWithTheirUnits) {
  EXPECT_EQ(
      read("% Model:              heat.mph\n% Dimension:          2\n% Length unit:        m\n"
           "% t                       x                        u (m/s)\n1   2  3\n"),
      (Numbers{2, 1}));
  const auto found = table("% t (s) x[m] T (K) @ t=0\n1 2 3 4 5\n", {"t"});
  EXPECT_EQ(found.values, (Numbers{1}));
  const auto with = table("% x  t (s)  u (m/s)\n1 2 3\n", {"x", "t", "u (m/s)"});
  EXPECT_EQ(with.values, (Numbers{1, 2, 3}));
  EXPECT_EQ(with.notices,
            (std::vector<std::string>{file() + ": column \"t (s)\" is taken to be t"}));
  EXPECT_EQ(complaint("t (s),t (h),x\n1,2,3\n"), ":1:1: 2 columns are called \"t\"");
}

TEST_F(TextTableFile, QuotedCellsAreRead) {
  EXPECT_EQ(read("\"t\",\"a \"\"b\"\", c\",\"x\"\n1,\"x\"\"y\nz,;\",2\n"), (Numbers{2, 1}));
  EXPECT_EQ(read("\"x\",\"t\"\n\"0.5\",\"1e-3\"\n"), (Numbers{0.5, 1e-3}));
  EXPECT_EQ(read("\"x\" \"t\"\n\"0.5\"  \"2\"\n"), (Numbers{0.5, 2}));
  EXPECT_EQ(read("\"x\";\"t\"\n\"0,5\";\"2\"\n"), (Numbers{0.5, 2}));
  EXPECT_EQ(read("\"x\",\"t\"\n\"0,5\",\"2\"\n"), (Numbers{0.5, 2}));
  EXPECT_EQ(complaint("x,t\n1,\"2\n"), ":2:3: a quote that is never closed");
  EXPECT_EQ(complaint("x,t\n1,\"2\"3\n"), ":2:6: text behind the closing quote of a cell");
  EXPECT_EQ(complaint("x,name,t\n1,\"a\nb\",?\n"),
            ":3:4: column \"t\": \"?\" is not a finite number; leave such rows out");
}

TEST_F(TextTableFile, SeparatorsMarksAndLineEndsOfOtherSystemsAreRead) {
  EXPECT_EQ(read("# made elsewhere\r\n\r\nx;t\r\n1; 2\r\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("\xEF\xBB\xBFx t\n 1\t2 \n3 4"), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(read("sep=;\nx;t\n1;2\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("x,t\r1,2\r3,4\r"), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(read("x\tid\tt\n1\ta b\t2\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("  x    t\n  1    2\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("x t\n1,2\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("x,t\n1 2\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("x,t,\n1,2,\n"), (Numbers{1, 2}));
  EXPECT_EQ(read("x,t\n1,2,\n3,4\n"), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(read("1,2,\n3,4,\n"), (Numbers{1, 2, 3, 4}));
}

TEST_F(TextTableFile, DecimalCommasAreRead) {
  const Numbers numbers{0.5, -2.25, 3, 1e-3};
  EXPECT_EQ(read("x;t\n0,5;-2,25\n3;1,0e-3\n"), numbers);
  EXPECT_EQ(read("x\tt\n0,5\t-2,25\n3\t1e-3\n"), numbers);
  EXPECT_EQ(read("0,5;-2,25\n3;1e-3\n"), numbers);
  EXPECT_EQ(read("x t\n0,5 -2,25\n3 1e-3\n"), numbers);
  EXPECT_EQ(read("x,t\n0,5;-2,25\n3;1e-3\n"), numbers);
  EXPECT_EQ(read("x;t\n1,234;0,5\n"), (Numbers{1.234, 0.5}));
}

TEST_F(TextTableFile, DecimalMarksThatLeaveDoubtAreRefused) {
  EXPECT_EQ(complaint("x;t\n0,5;1\n2;2.5\n"),
            ":3:3: \"2.5\" has a decimal point, but line 2 a decimal comma; write all numbers with "
            "a decimal point");
  EXPECT_EQ(complaint("x;t\n1;12,345\n2;1,000\n"),
            ":2:3: \"12,345\" may have a decimal comma or a thousands separator, as all such "
            "numbers of the file; write it with a decimal point");
  EXPECT_EQ(complaint("x;t\n1;1.234,5\n"),
            ":2:3: column \"t\": \"1.234,5\" has thousands separators; write the number without "
            "them");
  for (const char* number : {"1,234,567", "1'234.5", "1 234,5",
                             "1\xC2\xA0"
                             "234",
                             "1.234.567"})
    EXPECT_NE(complaint(std::string("x;t\n1;") + number + "\n").find("has thousands separators"),
              std::string::npos)
        << number;
  EXPECT_EQ(complaint("x,t\n1,5,2,5\n"),
            ":2:5: 4 cells where 2 are expected; numbers with a decimal comma need ; or a tab "
            "between them");
}

TEST_F(TextTableFile, NumbersThatBlanksSeparateShowTheirDecimalComma) {
  EXPECT_EQ(complaint("x t\n0,5 1\n"),
            ":2:3: column \"t\": \"5 1\" is not a number; numbers with a decimal comma need ; or a "
            "tab between them");
}

TEST_F(TextTableFile, NumbersOfFortranAreRead) {
  EXPECT_EQ(read("x t\n 1.5D-3  0.25d+02\n .5Q1 5.q0\n 1.5-103 0.123+101\n"),
            (Numbers{1.5e-3, 25, 5, 5, 1.5e-103, 0.123e101}));
  EXPECT_EQ(complaint("x t\n1 *****\n"),
            ":2:3: column \"t\": \"*****\" is a number that did not fit into its Fortran field");
}

TEST_F(TextTableFile, MistakesNameTheirPlace) {
  EXPECT_EQ(complaint("x,t\n1,2\n1,abc\n"), ":3:3: column \"t\": \"abc\" is not a number");
  EXPECT_EQ(complaint("x,t\n1,2\n\n1\n"), ":4:2: 1 cells where 2 are expected");
  EXPECT_EQ(complaint("x,t\n1,2,3\n"),
            ":2:5: 3 cells where 2 are expected; the header has no name "
            "for one of them (R: row.names = FALSE)");
  EXPECT_EQ(complaint("x,t\n1,2\n1,2 # no\n"),
            ":3:3: column \"t\": \"2 # no\" is not a number; comments stand on lines of their own");
  EXPECT_EQ(complaint("x,t\n1,\n"), ":2:3: column \"t\": the cell is empty; leave such rows out");
  EXPECT_EQ(complaint("x\tname\tt\n1\t\t2\n\tb\t2\n"),
            ":3:1: column \"x\": the cell is empty; leave such rows out");
  for (const char* word : {"nan", "-inf", "NA", "1.#QNAN", "null", "-"})
    EXPECT_EQ(complaint(std::string("x,t\n1,") + word + "\n"),
              std::string(":2:3: column \"t\": \"") + word +
                  "\" is not a finite number; leave such rows out");
  EXPECT_EQ(complaint("x,t\n1,0x1p3\n"),
            ":2:3: column \"t\": \"0x1p3\" is a hexadecimal number; write it in decimal");
  EXPECT_EQ(complaint("x,t\n1,1e999\n"),
            ":2:3: column \"t\": \"1e999\" is out of the range of double precision");
  for (const char* word : {"+-5", "1e", "1e5.5", "5m", "2020-01-05", "1.5-10", "--1", "1..5", "."})
    EXPECT_FALSE(complaint(std::string("x,t\n1,") + word + "\n").empty()) << word;
  EXPECT_EQ(complaint("x,t\nm,s\n1,2\n"),
            ":2:1: a second line without numbers; write # in front of units and titles");
  EXPECT_EQ(complaint("x,y\n1,2\n"), ":1:1: no column \"t\"; the header names: x, y");
  EXPECT_EQ(complaint("x,Time\n1,2\n", {"x", "time"}),
            ":1:1: no column \"time\"; did you mean \"Time\"?; the header names: x, Time");
  EXPECT_EQ(complaint("x,t,x\n1,2,3\n"), ":1:1: 2 columns are called \"x\"");
  EXPECT_EQ(
      complaint("1,2,3\n"),
      ":1:1: 3 columns where 2 are expected (x, t); name them in a header if the file has more");
}

TEST_F(TextTableFile, FilesWithoutNumbersAreRefused) {
  EXPECT_EQ(complaint(""), ":1:1: the file is empty");
  EXPECT_EQ(complaint("\n \n"), ":1:1: the file is empty");
  EXPECT_EQ(complaint("x,t\n"), ":1:1: there is only a header, no row of numbers");
  EXPECT_EQ(complaint("# x,t\n# y\n"), ":2:1: there are only comments");
}

TEST_F(TextTableFile, TextInUtf16IsRefusedByName) {
  const std::string name = ": this is text in UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)";
  EXPECT_EQ(complaint(std::string("\xFF\xFEx\0,\0t\0", 8)), name);
  EXPECT_EQ(complaint(std::string("x\0,\0t\0\n\0", 8)), name);
}

TEST_F(TextTableFile, TheLocaleDoesNotMatter) {
  const char* before = std::setlocale(LC_ALL, nullptr);
  const std::string old = before ? before : "C";
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) std::setlocale(LC_ALL, name);
  EXPECT_EQ(read("x,t\n0.1,12345.678\n"), (Numbers{0.1, 12345.678}));
  std::setlocale(LC_ALL, old.c_str());
}

TEST_F(TextTableFile, WhatIsNoFileIsNamed) {
  const auto none = (scratch_ / "none.csv").string();
  EXPECT_EQ(error_of([&] { read_text_table(none, {"x"}); }),
            std::pair(66, "cannot open " + none + ": No such file or directory"));
  EXPECT_EQ(error_of([&] { read_text_table(scratch_.path(), {"x"}); }),
            std::pair(65, scratch_.path().string() + ": this is a directory, not a file"));
  const auto pipe = (scratch_ / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(
      error_of([&] { read_text_table(pipe, {"x"}); }),
      std::pair(65,
                pipe + ": this is a FIFO, which can be read only once: save it as a file first"));
}

TEST(CsvWriter, NumbersReadBackBitExactly) {
  const Scratch scratch;
  const Numbers numbers{0.1, 1.0 / 3, -0.0, 5e-324, 1.7976931348623157e308, 1e22};
  CsvWriter writer(scratch / "out.csv", {"x", "t"});
  for (std::size_t i = 0; i < numbers.size(); i += 2) writer.row({numbers[i], numbers[i + 1]});
  writer.commit();
  EXPECT_EQ(read_text_table(scratch / "out.csv", {"x", "t"}).values, numbers);
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
  EXPECT_EQ(what, "cannot create " + (scratch / "none/out.csv").string() + ": directory " +
                      (scratch / "none").string() + " does not exist; create it first");
}

}  // namespace
}  // namespace banach
