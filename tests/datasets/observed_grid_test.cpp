// SPDX-License-Identifier: Apache-2.0
#include "datasets/hdf5_file.hpp"
#include "datasets/measurements.hpp"
#include "tests/datasets/raw_file.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::RawFile;
using testing::Scratch;
using Numbers = std::vector<double>;

class ObservedGrid : public ::testing::Test {
 protected:
  /// x and t of three numbers each, or so many, and u [t, x] = 10 t + x.
  void write(const Numbers& x, const Numbers& t, const std::vector<std::string>& scales) const {
    Hdf5Writer file(path());
    file.add<double>("x", {static_cast<std::int64_t>(x.size())}, x);
    file.add<double>("t", {static_cast<std::int64_t>(t.size())}, t);
    for (const auto* other : {"p", "q"}) file.add<double>(other, {3}, {0, 1, 2});
    Numbers u;
    for (const double time : t)
      for (const double place : x) u.push_back(10 * time + place);
    file.add<double>("u",
                     {static_cast<std::int64_t>(t.size()), static_cast<std::int64_t>(x.size())}, u);
    for (std::size_t i = 0; i < scales.size(); ++i)
      if (!scales[i].empty()) file.attach("u", static_cast<int>(i), scales[i]);
    file.commit();
  }
  /// Whether every value is the one that belongs to its point.
  bool right() const {
    const auto table = read_measurements(path(), {{"x", "t"}, {"u"}});
    bool all = !table.values.empty();
    for (std::size_t i = 0; i < table.values.size(); ++i)
      all = all && table.values[i] == 10 * table.points[2 * i + 1] + table.points[2 * i];
    return all;
  }
  std::string said() const {
    return error_of([&] { read_measurements(path(), {{"x", "t"}, {"u"}}); }).second;
  }
  std::filesystem::path path() const { return scratch_ / "seen.h5"; }
  Scratch scratch_;
};

TEST_F(ObservedGrid, DimensionScalesTellTheOrderOfTheAxes) {
  write({0, 1, 2}, {5, 6, 7}, {"t", "x"});
  EXPECT_TRUE(right());
  write({0, 1, 2, 3}, {5, 6, 7}, {"t", "x"});
  EXPECT_TRUE(right());
}

TEST_F(ObservedGrid, WithoutScalesTheOrderIsThatOfTheProblem) {
  write({0, 1, 2}, {5, 6, 7}, {});
  EXPECT_FALSE(right());  // u is [t, x] here, and nothing says so
  write({0, 1, 2, 3}, {5, 6, 7}, {});
  EXPECT_EQ(said(), path().string() +
                        ": dataset \"u\" has shape [3, 4]; its coordinates (\"x\" [4], \"t\" [3]) "
                        "ask for [4, 3] (a grid) or for one length of all datasets (scattered "
                        "points)");
}

TEST_F(ObservedGrid, ScalesThatNameSomethingElseAreRefusedWhereTheShapeDoesNotTell) {
  const std::string text = path().string() +
                           ": dataset \"u\": its dimension scales (p, q) do not tell which axis is "
                           "x, or t; name the datasets of the coordinates by columns";
  write({0, 1, 2}, {5, 6, 7}, {"p", "q"});
  EXPECT_EQ(said(), text);
}

TEST_F(ObservedGrid, ScatteredValuesMayBeColumnsOrRows) {
  for (const auto& shape : {Shape{3}, Shape{3, 1}, Shape{1, 3}}) {
    Hdf5Writer file(path());
    file.add<double>("x", {3}, {0, 1, 2});
    file.add<double>("t", {3, 1}, {5, 6, 7});
    file.add<double>("u", shape, {50, 61, 72});
    file.commit();
    EXPECT_TRUE(right());
  }
  Hdf5Writer file(path());  // or whole meshes
  file.add<double>("x", {2, 2}, {0, 1, 0, 1});
  file.add<double>("t", {2, 2}, {5, 5, 6, 6});
  file.add<double>("u", {2, 2}, {50, 51, 60, 61});
  file.commit();
  EXPECT_TRUE(right());
}

TEST_F(ObservedGrid, MissingAndUnwrittenValuesAreRefused) {
  {
    RawFile file(path());
    file.add("x", {3}, {0, 1, 2}), file.add("t", {3}, {0, 1, 2});
    const auto u = file.add("u", {3}, {1, -99, 2});
    file.attribute(u, "missing_value", H5T_NATIVE_DOUBLE, {-99});
  }
  EXPECT_EQ(said(),
            path().string() +
                ": dataset \"u\" holds -99, which stands for a missing value, at entry 1 (1 "
                "of 3 are missing)");
  {
    RawFile file(path());
    file.add("x", {3}, {0, 1, 2}), file.add("t", {3}, {0, 1, 2});
    file.add("u", {3}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr);
  }
  EXPECT_NE(said().find("dataset \"u\" has no numbers at [0:3]: it was never written"),
            std::string::npos);
}

}  // namespace
}  // namespace banach
