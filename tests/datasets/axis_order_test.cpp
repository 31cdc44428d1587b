// SPDX-License-Identifier: Apache-2.0
// Coordinates in any order: values go with them, and files on other points are told apart.
#include <nlohmann/json.hpp>

#include "datasets/axis_match.hpp"
#include "tests/datasets/dataset_files.hpp"

namespace banach::testing {
namespace {

class AxisOrder : public MappedFiles {
 protected:
  // u[i, j] = 1000 i + 10 x_j + y_k: what stands at a coordinate says which one it is.
  void write(const std::string& name, const Numbers& x, const Numbers& y) const {
    Numbers u;
    for (std::size_t i = 0; i < 3; ++i)
      for (const double a : x)
        for (const double b : y) u.push_back(1000.0 * static_cast<double>(i) + 10 * a + b);
    Hdf5Writer file(path(name));
    const auto m = static_cast<std::int64_t>(x.size()), n = static_cast<std::int64_t>(y.size());
    file.add<double>("x", {m}, x);
    file.add<double>("y", {n}, y);
    file.add<double>("u", {3, m, n}, u);
    file.commit();
  }
  static inline const std::string map =
      "inputs.u = { path = \"u\", axes = \"sample x y\" }\ncoords.x = \"x\"\ncoords.y = \"y\"\n";
  // u[i, time j] = 100 i + t_j.
  void write_times(const std::string& name, const Numbers& t) const {
    Numbers u;
    for (std::size_t i = 0; i < 2; ++i)
      for (const double at : t) u.push_back(100.0 * static_cast<double>(i) + at);
    Hdf5Writer file(path(name));
    const auto n = static_cast<std::int64_t>(t.size());
    file.add<double>("t", {n}, t);
    file.add<double>("u", {2, n, 1}, u);
    file.commit();
  }
  static inline const std::string windows =
      "inputs.u = { path = \"u\", axes = \"sample time x\" }\ncoords.time = \"t\"\ncoords.x = { "
      "linspace = [0.0, 1.0] }\nwindow = { n_in = 1, n_out = 1 }\n";
};

TEST_F(AxisOrder, FallingAndPermutedAxesGiveTheNumbersOfTheRisingOne) {
  write("rising.h5", {0, 1, 2, 3}, {0, 0.5, 1});
  write("falling.h5", {3, 2, 1, 0}, {1, 0.5, 0});
  write("mixed.h5", {2, 0, 3, 1}, {0.5, 1, 0});
  const auto rising = open("rising.h5", map + whole);
  for (const char* name : {"falling.h5", "mixed.h5"}) {
    const auto other = open(name, map + whole);
    EXPECT_EQ(other->info().axis("x")->values, (Numbers{0, 1, 2, 3})) << name;
    EXPECT_EQ(read_of(*other, Split::train, 0, 3, 0), read_of(*rising, Split::train, 0, 3, 0))
        << name;
  }
  EXPECT_TRUE(rising->info().axis("x")->places.empty());
  const auto mixed = open("mixed.h5", map + whole);
  EXPECT_EQ(mixed->info().axis("x")->places, (std::vector<std::int64_t>{2, 0, 3, 1}));
}

TEST_F(AxisOrder, SelectedEntriesAreSortedToo) {
  write("mixed.h5", {2, 0, 3, 1}, {0, 1});
  const auto some = open("mixed.h5",
                         "inputs.u = { path = \"u\", axes = \"sample x y\", select = { x = [2, 0, "
                         "1], y = 0 } }\ncoords.x = \"x\"\n" +
                             whole);
  EXPECT_EQ(some->info().axis("x")->values, (Numbers{0, 2, 3}));
  EXPECT_EQ(read_of(*some, Split::train, 1, 1, 0), (Numbers{1000, 1020, 1030}));
}

TEST_F(AxisOrder, ARunThatLearntAFallingAxisKeepsItFalling) {
  write("falling.h5", {3, 2, 1, 0}, {0, 1});
  write("rising.h5", {0, 1, 2, 3}, {0, 1});
  for (const char* name : {"falling.h5", "rising.h5"}) {
    auto parameters = dataset_of("files = '" + path(name) + "'\n" + map + whole);
    parameters.falling = {"x"};
    const auto data = Dataset::open(parameters);
    EXPECT_EQ(data->info().axis("x")->values, (Numbers{3, 2, 1, 0})) << name;
    EXPECT_EQ(read_of(*data, Split::train, 0, 1, 0), (Numbers{30, 31, 20, 21, 10, 11, 0, 1}));
    EXPECT_EQ(falling_axes(data->info()), std::vector<std::string>{"x"});
  }
}

TEST_F(AxisOrder, ACoordinateThatIsThereTwiceIsAnError) {
  write("twice.h5", {0, 1, 1, 2}, {0, 1});
  const auto [code, what] = refusal("twice.h5", map + whole);
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what,
            "dataset.coords.x: entries 1 and 2 are both 1; every coordinate must be there once");
}

TEST_F(AxisOrder, WindowsFollowTimeInWhateverOrderItIsStored) {
  write_times("rising.h5", {0, 0.5, 1, 1.5});
  write_times("falling.h5", {1.5, 1, 0.5, 0});
  const auto rising = open("rising.h5", windows + whole);
  const auto falling = open("falling.h5", windows + whole);
  EXPECT_EQ(rising->info().time_step, 0.5);
  EXPECT_EQ(falling->info().time_step, 0.5);
  EXPECT_EQ(falling->info().time_values, std::vector<std::string>{"+0.5"});
  for (const std::size_t variable : {0u, 1u})
    EXPECT_EQ(read_of(*falling, Split::train, 0, 6, variable),
              read_of(*rising, Split::train, 0, 6, variable));
  EXPECT_EQ(read_of(*falling, Split::train, 0, 3, 1), (Numbers{0.5, 1, 1.5}));
}

TEST_F(AxisOrder, StepsOfTimeThatDifferAreKnown) {
  write_times("uneven.h5", {0, 0.001, 0.002, 1.002});
  const auto info = open("uneven.h5", windows + whole)->info();
  EXPECT_EQ(info.time_step, 0);
  EXPECT_NEAR(info.longest_step / info.shortest_step, 1000, 1e-6);
  EXPECT_EQ(step_text(info), "the steps of time differ by a factor of 1e+03 (0.001 to 1)");
  const auto back = dataset_info(to_json(info), "here");
  EXPECT_EQ(back.longest_step, info.longest_step);
  auto old = to_json(info);
  old.erase("time_step"), old.erase("shortest_step"), old.erase("longest_step");
  EXPECT_EQ(dataset_info(old, "here").shortest_step, 0);
}

TEST_F(AxisOrder, OtherSplitsMustLieOnTheSamePoints) {
  write("train.h5", {0, 1, 2, 3}, {0, 1});
  write("far.h5", {0, 100, 200, 300}, {0, 1});
  write("falling.h5", {3, 2, 1, 0}, {0, 1});
  const auto text = [&](const char* name) {
    return map + "split = { train = 1.0, validation = 0, test = 0 }\nvalidation = { files = '" +
           path(name) + "' }\n";
  };
  const auto [code, what] = refusal("train.h5", text("far.h5"));
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what,
            "dataset.validation: axis \"x\" is 0 to 300 in 4 points, but 0 to 3 in 4 points in the "
            "training data (entry 1 is 100, not 1); files on other points are further test sets: "
            "[[dataset.test]] with a name");
  const auto data = open("train.h5", text("falling.h5"));
  EXPECT_EQ(read_of(*data, Split::validation, 0, 3, 0), read_of(*data, Split::train, 0, 3, 0));
}

TEST_F(AxisOrder, OtherSplitsMustHaveTheSameStepOfTime) {
  write_times("train.h5", {0, 0.5, 1, 1.5});
  write_times("slow.h5", {0, 1, 2, 3});
  const auto [code, what] =
      refusal("train.h5", windows +
                              "split = { train = 1.0, validation = 0, test = 0 }\ntest = [{ "
                              "name = \"test\", files = '" +
                              path("slow.h5") + "' }]\n");
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what,
            "dataset.test: the steps of time are 1, but the steps of time are 0.5 in the training "
            "data");
}

TEST_F(AxisOrder, FilesWithoutOutputsSayWhereOutputsWouldLie) {
  const std::string mapping =
      "inputs.a = { path = \"a\", axes = \"sample x\" }\noutputs.u = { path = \"u\", axes = "
      "\"sample x t\" }\ncoords.x = \"x\"\ncoords.t = \"t\"\n";
  const auto file = [&](const std::string& name, const Numbers& x, const Numbers& t, bool outputs) {
    Hdf5Writer out(path(name));
    const auto m = static_cast<std::int64_t>(x.size()), n = static_cast<std::int64_t>(t.size());
    out.add<double>("a", {2, m}, coded(2, m));
    out.add<double>("x", {m}, x);
    if (n > 0) out.add<double>("t", {n}, t);
    if (outputs) out.add<double>("u", {2, m, n}, coded(2, m * n));
    out.commit();
  };
  file("train.h5", {0, 1, 2}, {0, 0.5, 1, 1.5, 2}, true);
  file("three.h5", {0, 1, 2, 3}, {2, 1, 0}, false);
  file("none.h5", {0, 1, 2}, {}, false);
  const auto trained = open("train.h5", mapping + whole)->info();
  const auto inputs = [&](const char* name) {
    return Dataset::open_inputs(dataset_of("files = '" + path(name) + "'\n" + mapping + whole),
                                trained);
  };
  const auto three = inputs("three.h5");
  EXPECT_EQ(three->info().output_axes, (std::vector<std::string>{"x", "t"}));
  EXPECT_EQ(three->info().axis("x")->values, (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(three->info().axis("t")->values, (Numbers{0, 1, 2}));
  EXPECT_EQ(three->info().axis("t")->places, (std::vector<std::int64_t>{2, 1, 0}));
  EXPECT_EQ(three->size(Split::test), 2);
  EXPECT_EQ(inputs("none.h5")->info().axis("t")->values, (Numbers{0, 0.5, 1, 1.5, 2}));
}

TEST_F(AxisOrder, PointsOfAllFilesMustAgree) {
  const auto file = [&](const std::string& name, double shift) {
    Hdf5Writer out(path(name));
    out.add<double>("p", {3, 2}, {0, 0, 1, 0, 0.3, 1 + shift});
    out.add<double>("u", {2, 3}, coded(2, 3));
    out.commit();
  };
  file("a1.h5", 0), file("a2.h5", 0), file("b1.h5", 0), file("b2.h5", 0.5);
  const std::string mapping =
      "inputs.u = { path = \"u\", axes = \"sample point\" }\ncoords.points = \"p\"\n" + whole;
  EXPECT_EQ(open("a*.h5", mapping)->size(Split::train), 4);
  const auto [code, what] = refusal("b*.h5", mapping);
  EXPECT_EQ(code, 65);
  EXPECT_EQ(what, "dataset.coords.points: " + path("b2.h5") + " has other points than " +
                      path("b1.h5") + "; all files must have the same");
}

}  // namespace
}  // namespace banach::testing
