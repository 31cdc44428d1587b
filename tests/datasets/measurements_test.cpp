// SPDX-License-Identifier: Apache-2.0
#include "datasets/measurements.hpp"

#include <fstream>

#include "datasets/hdf5_file.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;
using Numbers = std::vector<double>;

const MeasuredColumns columns{{"x", "t"}, {"u"}, false};

class MeasuredFile : public ::testing::Test {
 protected:
  /// x, t and u of these shapes.
  std::string write(const Shape& x, const Shape& t, const Shape& u) const {
    Hdf5Writer file(path());
    fill(file, "x", x, 0), fill(file, "t", t, 10), fill(file, "u", u, 100);
    file.commit();
    return path();
  }
  static void fill(Hdf5Writer& file, const std::string& name, const Shape& shape, double first) {
    Numbers numbers;
    std::int64_t size = 1;
    for (const auto n : shape) size *= n;
    for (std::int64_t i = 0; i < size; ++i) numbers.push_back(first + static_cast<double>(i));
    file.add<double>(name, shape, numbers);
  }
  std::string path() const { return (scratch_ / "data.mat").string(); }
  Scratch scratch_;
};

TEST_F(MeasuredFile, ArraysOfOneRowOrColumnAreTheirNumbers) {
  const Numbers points{0, 10, 1, 11, 2, 12}, values{100, 101, 102};
  for (const Shape& x : {Shape{3}, Shape{3, 1}, Shape{1, 3}})
    for (const Shape& u : {Shape{3}, Shape{3, 1}, Shape{1, 3}, Shape{1, 3, 1}}) {
      const auto found = read_measurements(write(x, {1, 3}, u), columns);
      EXPECT_EQ(found.points, points);
      EXPECT_EQ(found.values, values);
      EXPECT_TRUE(found.notices.empty());
    }
  EXPECT_EQ(read_measurements(write({1}, {1, 1}, {1}), columns).points, (Numbers{0, 10}));
}

TEST_F(MeasuredFile, CoordinatesThatSpanAGridAreCombined) {
  const Numbers points{0, 10, 0, 11, 0, 12, 1, 10, 1, 11, 1, 12};
  for (const Shape& x : {Shape{2}, Shape{2, 1}, Shape{1, 2}})
    EXPECT_EQ(read_measurements(write(x, {3, 1}, {2, 3}), columns).points, points);
  EXPECT_EQ(read_measurements(write({2}, {1}, {2}), columns).points, (Numbers{0, 10, 1, 10}));
  EXPECT_EQ(read_measurements(write({2, 3}, {2, 3}, {2, 3}), columns).points,
            (Numbers{0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15}));
}

TEST_F(MeasuredFile, DimensionScalesTellTheOrderOfAGrid) {
  {
    Hdf5Writer file(path());
    fill(file, "x", {2}, 0), fill(file, "t", {2}, 10), fill(file, "u", {2, 2}, 100);
    file.attach("u", 0, "t");
    file.attach("u", 1, "x");
    file.commit();
  }
  const auto found = read_measurements(path(), columns);
  EXPECT_EQ(found.points, (Numbers{0, 10, 1, 10, 0, 11, 1, 11}));
  EXPECT_EQ(found.values, (Numbers{100, 101, 102, 103}));
  EXPECT_TRUE(found.notices.empty());
  EXPECT_EQ(read_measurements(write({2}, {2}, {2, 2}), columns).notices,
            (std::vector<std::string>{path() + ": axes of one length and no dimension scales: "
                                               "\"u\" [2, 2] is taken to be [x, t]"}));
}

TEST_F(MeasuredFile, OtherShapesAreRefusedByName) {
  EXPECT_EQ(error_of([&] {
              read_measurements(write({2}, {3}, {3, 2}), columns);
            }),
            std::pair(65, path() + ": dataset \"u\" has shape [3, 2]; its coordinates (\"x\" [2], "
                                   "\"t\" [3]) ask for [2, 3] (a grid) or for one length of all "
                                   "datasets (scattered points)"));
  EXPECT_EQ(error_of([&] { read_measurements(write({3, 2}, {6}, {6}), columns); }).first, 65);
  EXPECT_EQ(error_of([&] {
              read_measurements(write({2}, {3}, {1}), {{"x", "t"}, {}, false});
            }),
            std::pair(65, path() + ": the coordinates of points must have one shape, such as [n]; "
                                   "these have: \"x\" [2], \"t\" [3]"));
  EXPECT_EQ(error_of([&] {
              read_measurements(write({2}, {2}, {2}), {{"x", "y"}, {"u"}, false});
            }),
            std::pair(65, path() + ": no dataset \"y\"; the file holds: t, u, x"));
}

TEST_F(MeasuredFile, PackedNumbersAreUnpackedAndFillValuesRefused) {
  {
    Hdf5Writer file(path());
    fill(file, "x", {2}, 0), fill(file, "t", {2}, 10), fill(file, "u", {2}, 100);
    file.attribute("u", "scale_factor", 0.5);
    file.attribute("u", "add_offset", 1.0);
    file.commit();
  }
  EXPECT_EQ(read_measurements(path(), columns).values, (Numbers{51, 51.5}));
  {
    Hdf5Writer file(path());
    fill(file, "x", {2}, 0), fill(file, "t", {2}, 10), fill(file, "u", {2}, 100);
    file.attribute("u", "_FillValue", 101.0);
    file.commit();
  }
  EXPECT_EQ(error_of([&] { read_measurements(path(), columns); }),
            std::pair(65, path() + ": dataset \"u\" holds 101, which stands for a missing "
                                   "value, at entry 1 (1 of 2 are missing)"));
}

TEST_F(MeasuredFile, NumbersOutsideOfTheirValidRangeAreRefused) {
  Hdf5Writer file(path());
  fill(file, "x", {2}, 0), fill(file, "t", {2}, 10), fill(file, "u", {2}, 100);
  file.attribute("u", "valid_max", 100.5);
  file.commit();
  EXPECT_EQ(error_of([&] { read_measurements(path(), columns); }).second,
            path() +
                ": dataset \"u\" holds 101, outside the valid range [-inf, 100.5] that the "
                "file states, at entry 1 (1 of 2 are missing)");
}

TEST_F(MeasuredFile, TextIsReadByItsColumnsWhateverItsName) {
  std::ofstream(path()) << "u,t,x\n1,2,3\n";
  const auto found = read_measurements(path(), columns);
  EXPECT_EQ(found.points, (Numbers{3, 2}));
  EXPECT_EQ(found.values, (Numbers{1}));
  EXPECT_EQ(found.lines, (std::vector<int>{2}));
}

}  // namespace
}  // namespace banach
