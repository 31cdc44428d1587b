// SPDX-License-Identifier: Apache-2.0
#include "core/training/grid.hpp"

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using Numbers = std::vector<double>;

const Domain plane = {{"x", 0, 1}, {"t", -1, 3}};

TEST(Grid, PointsRunRowMajorWithExactEnds) {
  const Grid grid = make_grid(plane, {{"x", 2}, {"t", 3}});
  EXPECT_EQ(grid.points(0, 6), (Numbers{0, -1, 0, 1, 0, 3, 1, -1, 1, 1, 1, 3}));
  EXPECT_EQ(grid.points(4, 1), (Numbers{1, 1}));
  EXPECT_EQ(make_grid({{"x", 0, pi}}, {{"x", 7}}).coordinate(0, 6), pi);
}

TEST(Grid, OnePointLiesInTheMiddle) {
  EXPECT_EQ(make_grid(plane, {{"x", 1}, {"t", 1}}).points(0, 1), (Numbers{0.5, 1}));
}

TEST(Grid, CountsComeByNameOrByOrder) {
  EXPECT_EQ(parse_grid("t=5,x=4", plane), (GridCounts{{"x", 4}, {"t", 5}}));
  EXPECT_EQ(parse_grid("4,5", plane), (GridCounts{{"x", 4}, {"t", 5}}));
  EXPECT_EQ(make_grid(plane, parse_grid("t=5", plane)).counts, (std::vector<std::int64_t>{40, 5}));
}

TEST(Grid, TextThatIsNoGridIsExplained) {
  const auto complaint = [](const std::string& text) {
    const auto [code, what] = error_of([&] { parse_grid(text, plane); });
    EXPECT_EQ(code, 64);
    const std::string start = "--grid " + text + ": ", end = "; write for example --grid x=40,t=40";
    EXPECT_EQ(what.rfind(start, 0), 0u) << what;
    EXPECT_NE(what.find(end), std::string::npos) << what;
    return what.substr(start.size(), what.size() - start.size() - end.size());
  };
  EXPECT_EQ(complaint("x=40,y=40"), "there is no axis \"y\"; axes: x, t");
  EXPECT_EQ(complaint("x=40,40"), "either every count has a name or none");
  EXPECT_EQ(complaint("40"), "1 counts for 2 axes");
  EXPECT_EQ(complaint("40,40,40"), "there are 2 axes only");
  EXPECT_EQ(complaint("x=0"), "\"0\" is no number of points");
  EXPECT_EQ(complaint("x=4.5"), "\"4.5\" is no number of points");
  EXPECT_EQ(complaint("x=99999999999999999999"), "\"99999999999999999999\" is no number of points");
  EXPECT_EQ(complaint("x=4,x=5"), "axis \"x\" comes twice");
  EXPECT_EQ(complaint(""), "no counts");
}

TEST(Grid, MoreThanMemoryCouldHoldIsRefused) {
  const auto [code, what] = error_of([] { make_grid(plane, {{"x", 1 << 20}, {"t", 1 << 21}}); });
  EXPECT_EQ(code, 78);
  EXPECT_EQ(
      what,
      "a grid of 1048576 x 2097152 points along 2 axes has more than 10^12 points; give fewer "
      "per axis, or points of your own");
}

}  // namespace
}  // namespace banach
