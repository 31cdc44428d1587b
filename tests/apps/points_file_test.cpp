// SPDX-License-Identifier: Apache-2.0
// banach predict --at: files of points, as programs and people write them.
#include <cmath>

#include "banach/model.hpp"
#include "datasets/csv.hpp"
#include "datasets/hdf5_file.hpp"
#include "tests/apps/command.hpp"

namespace banach {
namespace {

using testing::banach;
using testing::Output;
using testing::quoted;
using testing::Scratch;
using testing::trained;
using Numbers = std::vector<double>;

class PointsFile : public ::testing::Test {
 protected:
  std::string write(const std::string& text) const {
    std::ofstream(at(), std::ios::binary) << text;
    return at();
  }
  std::string at() const { return (scratch_ / "points.any").string(); }
  std::string out() const { return (scratch_ / "out.csv").string(); }
  Output predict(const std::string& file) const {
    return banach("predict " + quoted(trained("heat")) + " --force --at " + quoted(file) + " -o " +
                  quoted(out()));
  }
  Numbers points() const { return read_text_table(out(), {"x", "t"}).values; }
  Scratch scratch_;
};

TEST_F(PointsFile, NamesInACommentAreThoseOfTheColumns) {
  const auto output = predict(write("# t,x\n0.5,1\n"));
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(points(), (Numbers{1, 0.5}));
}

TEST_F(PointsFile, OrderOfColumnsWithoutNamesIsSaid) {
  const auto output = predict(write("1 0.5\n"));
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(output.err, at() + ": no header; its columns are taken to be x, t");
  EXPECT_EQ(points(), (Numbers{1, 0.5}));
}

TEST_F(PointsFile, MayBeHdf5OfColumns) {
  Hdf5Writer file(at());
  file.add<double>("x", {2, 1}, {1, 2});
  file.add<double>("t", {2}, {0.5, 0.25});
  file.commit();
  EXPECT_EQ(predict(at()).code, 0);
  EXPECT_EQ(points(), (Numbers{1, 0.5, 2, 0.25}));
}

TEST_F(PointsFile, OnTheBoundaryUpToRoundingAreInsideAndKeepTheirCoordinates) {
  const double near = static_cast<float>(pi);
  const auto output = predict(write("x,t\n3,0\n3.1415927410125732,0\n"));
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(points(), (Numbers{3, 0, near, 0}));
  const auto values = read_text_table(out(), {"u", "u_exact"}).values;
  EXPECT_EQ(values[2], Model::load(trained("heat")).predict({3, 0, pi, 0})[1]);
  EXPECT_EQ(values[3], std::sin(pi));
}

TEST_F(PointsFile, ThatCannotBeReadAreRefusedByName) {
  EXPECT_EQ(predict(write("x,t\n1,nan\n")).err,
            at() + ":2:3: column \"t\": \"nan\" is not a finite number; leave such rows out");
  EXPECT_EQ(predict(write("CDF\x01")).err,
            at() + ": this is a classic netCDF file; convert it: nccopy -k nc4 OLD NEW");
  const auto output = predict(write("x,y\n1,2\n"));
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err, at() + ":1:1: no column \"t\"; the header names: x, y");
}

}  // namespace
}  // namespace banach
