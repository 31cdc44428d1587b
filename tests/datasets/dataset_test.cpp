// SPDX-License-Identifier: Apache-2.0
#include "datasets/dataset.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/datasets/dataset_files.hpp"

namespace banach {
namespace {

using namespace testing;

class DatasetTest : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (scratch_ / name).string(); }
  /// a [6, 4] and u [6, 3, 4] with coordinates x [4] and t [4], one time too many.
  std::string plain() const {
    Hdf5Writer file(path("plain.h5"));
    file.add<double>("a", {6, 4}, coded(6, 4));
    file.add<double>("u", {6, 3, 4}, coded(6, 12));
    file.add<double>("x", {4}, {0, 0.25, 0.5, 0.75});
    file.add<double>("t", {4}, {0, 1, 2, 3});
    file.attribute("/", "nu", 0.1);
    file.commit();
    return path("plain.h5");
  }
  std::shared_ptr<const Dataset> open(const std::string& text) const {
    return Dataset::open(dataset_of(text));
  }
  std::pair<int, std::string> refusal(const std::string& text) const {
    return error_of([&] { open(text); });
  }
  std::string files() const { return "files = '" + plain() + "'\n"; }
  Scratch scratch_;
};

const std::string time = "coords.time = { path = 't', select = ':-1' }\n";

TEST_F(DatasetTest, ReadsInputsOutputsAndParameters) {
  const auto data = open(files() + time +
                         "inputs.a = { path = 'a', axes = 'sample x' }\n"
                         "outputs.u = { path = 'u', axes = 'sample time x', select = { time = "
                         "'1:' } }\n"
                         "coords.x = 'x'\nparams.nu = '@nu'\n"
                         "split = { train = '0:4', validation = '4:5', test = '-1:' }");
  const auto& info = data->info();
  ASSERT_EQ(info.variables.size(), 3u);
  EXPECT_EQ(info.variables[1].role, DataVariable::Role::parameter);
  EXPECT_EQ(info.variables[2].axes, (std::vector<std::string>{"time", "x"}));
  EXPECT_EQ(info.axis("time")->values, (Numbers{1, 2}));
  EXPECT_EQ(info.axis("x")->values, (Numbers{0, 0.25, 0.5, 0.75}));
  EXPECT_EQ(data->size(Split::train), 4);
  EXPECT_EQ(read_of(*data, Split::train, 2, 1, 0), (Numbers{2000, 2001, 2002, 2003}));
  EXPECT_EQ(read_of(*data, Split::test, 0, 1, 2),
            (Numbers{5004, 5005, 5006, 5007, 5008, 5009, 5010, 5011}));
  EXPECT_EQ(read_of(*data, Split::train, 0, 2, 1), (Numbers{0.1, 0.1}));
  EXPECT_EQ(data->origin(Split::test, 0), "plain.h5: sample 5");
}

TEST_F(DatasetTest, NamesOfFilesHoldNumbers) {
  std::filesystem::rename(plain(), path("flow_Nu0.5.h5"));
  const auto with = [&](const std::string& pattern) {
    return "files = '" + path("flow_Nu*.h5") +
           "'\ninputs.a = { path = 'a', axes = 'sample x' }\ncoords.x = 'x'\n"
           "outputs.u = { path = 'u', axes = 'sample time x' }\ncoords.time = { linspace = [0, 1] "
           "}\n"
           "params.nu = { filename = '" +
           pattern + "' }\n";
  };
  const auto data = open(with("Nu([0-9.]+)") + "split = { train = ':' }");  // up to the extension
  EXPECT_EQ(read_of(*data, Split::train, 0, 1, 1), (Numbers{0.5}));
  EXPECT_EQ(refusal(with("_(Nu)")),
            std::pair(65, "dataset.params.nu: " + path("flow_Nu0.5.h5") + ": \"Nu\" is no number"));
}

TEST_F(DatasetTest, OneCoordinateTooManyIsToldWithItsRemedy) {
  EXPECT_EQ(
      refusal(files() + "inputs.a = { path = 'a', axes = 'sample x' }\n"
                        "outputs.u = { path = 'u', axes = 'sample time x' }\n"
                        "coords = { x = 'x', time = 't' }"),
      std::pair(
          78,
          std::string(
              "dataset.coords.time: \"t\" has 4 entries, the outputs have 3 along this axis; one "
              "too many: time = { path = \"t\", select = \":-1\" }")));
}

TEST_F(DatasetTest, NamesFileAndShapeWhenAxesDoNotFit) {
  EXPECT_EQ(refusal(files() + "inputs.u = { path = 'u', axes = 'sample x' }"),
            std::pair(78, "dataset.inputs.u: axes \"sample x\" name 2 dimensions, but " +
                              path("plain.h5") +
                              ": dataset \"u\" has 3: (6, 3, 4); name every one, _ for those of "
                              "size 1"));
}

TEST_F(DatasetTest, CoordinatesOfAnAxisThatNoVariableHasAreRefused) {
  const std::string a = files() +
                        "inputs.a = { path = 'a', axes = 'sample x' }\n"
                        "outputs.b = { path = 'a', axes = 'sample x' }\ncoords.x = 'x'\n";
  EXPECT_EQ(refusal(a + "coords.xx = 'x'"),
            std::pair(78, std::string("dataset.coords.xx: no variable has an axis \"xx\"; did you "
                                      "mean \"x\"?; there are: x")));
  EXPECT_EQ(refusal(a + "coords.points = { stack = ['x', 't'] }").second,
            "dataset.coords.points: no variable has an axis \"points\"; there are: x");
}

TEST_F(DatasetTest, ListsAreListsWhateverTheirRank) {
  Hdf5Writer file(path("list.h5"));
  file.add<double>("a", {3, 2}, coded(3, 2));
  file.add<double>("column", {3, 1}, {5, 6, 7});
  file.add<double>("row", {1, 3}, {5, 6, 7});
  file.add<double>("x", {2, 1}, {0, 1});
  file.commit();
  for (const std::string name : {"column", "row"}) {
    const auto data = open("files = '" + path("list.h5") +
                           "'\ninputs.a = { path = 'a', axes = 'sample x' }\n"
                           "outputs.b = { path = 'a', axes = 'sample x' }\ncoords.x = 'x'\n"
                           "params.mu = '" +
                           name + "'\nsplit = { train = ':' }");
    EXPECT_EQ(read_of(*data, Split::train, 0, 3, 1), (Numbers{5, 6, 7}));
  }
}

TEST_F(DatasetTest, CoordinatesThatAreNoPlacesAreRefused) {
  Hdf5Writer file(path("odd.h5"));
  file.add<double>("a", {2, 2}, coded(2, 2));
  file.add<double>("same", {2}, {1, 1});
  file.add<double>("nan", {2}, {0, std::nan("")});
  const std::int64_t large = (std::int64_t{1} << 53) + 1;
  file.add<std::int64_t>("large", {2}, {0, large});
  file.add<std::int64_t>("even", {2}, {0, large - 1});
  file.commit();
  const auto with = [&](const std::string& x) {
    return "files = '" + path("odd.h5") +
           "'\ninputs.a = { path = 'a', axes = 'sample x' }\n"
           "outputs.b = { path = 'a', axes = 'sample x' }\ncoords.x = '" +
           x + "'\nsplit = { train = 1.0, validation = 0, test = 0 }";
  };
  EXPECT_EQ(refusal(with("same")).second,
            "dataset.coords.x: entries 0 and 1 are both 1; every coordinate must be there once");
  EXPECT_EQ(refusal(with("nan")).second, "dataset.coords.x: entry 1 is nan, no coordinate");
  EXPECT_EQ(refusal(with("large")),
            std::pair(65, path("odd.h5") +
                              ": dataset \"large\" holds integers beyond 2^53 that double does not "
                              "hold; store them less a common offset"));
  EXPECT_EQ(open(with("even"))->info().axis("x")->size, 2);
}

TEST_F(DatasetTest, AxesThatContradictTheDimensionScalesAreRefused) {
  Hdf5Writer file(path("square.h5"));
  file.add<double>("a", {2, 3, 3}, coded(2, 9));
  file.add<double>("x", {3}, {0, 1, 2});
  file.add<double>("y", {3}, {0, 10, 20});
  file.attach("a", 1, "y"), file.attach("a", 2, "x");
  file.commit();
  const auto with = [&](const std::string& axes) {
    return "files = '" + path("square.h5") + "'\ninputs.a = { path = 'a', axes = '" + axes +
           "' }\noutputs.b = { path = 'a', axes = '" + axes + "' }\n";
  };
  EXPECT_EQ(refusal(with("sample x y")),
            std::pair(78, "dataset.inputs.a: axes call dimension 2 of " + path("square.h5") +
                              ": dataset \"a\" \"x\", but its dimension scales give that name to "
                              "dimension 3: write the axes in the order of the file"));
  EXPECT_EQ(open(with("sample y x"))->info().axis("y")->values, (Numbers{0, 10, 20}));
}

TEST_F(DatasetTest, WindowsCutTrajectoriesAndKeepSplitsApart) {
  const auto data = open(files() + time +
                         "inputs.u = { path = 'u', axes = 'sample time x' }\n"
                         "coords.x = 'x'\nwindow = { n_in = 1, n_out = 1 }\nsubsample = { x = 2 }\n"
                         "split = { train = '0:5', test = '5:' }");
  EXPECT_EQ(data->size(Split::train), 10);
  EXPECT_EQ(data->size(Split::test), 2);
  EXPECT_EQ(read_of(*data, Split::test, 1, 1, 0), (Numbers{5004, 5006}));
  EXPECT_EQ(read_of(*data, Split::test, 1, 1, 1), (Numbers{5008, 5010}));
  EXPECT_EQ(data->origin(Split::train, 3), "plain.h5: sample 1, start 1");
  EXPECT_EQ(data->info().time_values, (std::vector<std::string>{"+1"}));
}

TEST_F(DatasetTest, DescriptionSurvivesJson) {
  const auto data = open(files() + time +
                         "inputs.u = { path = 'u', axes = 'sample time x' }\n"
                         "coords.x = { linspace = [0.0, 1.0], endpoint = false }\n"
                         "window = { n_in = 2, n_out = 1 }");
  const auto json = to_json(data->info());
  const auto back = dataset_info(json, "there");
  EXPECT_EQ(to_json(back), json);
  EXPECT_TRUE(back.axis("x")->periodic);
  EXPECT_EQ(back.variables[0].channels, (std::vector<std::string>{"u[-1]", "u[+0]"}));
  auto damaged = json;
  damaged.erase("points");
  EXPECT_EQ(error_of([&] { dataset_info(damaged, "run/config"); }).first, 65);
}

}  // namespace
}  // namespace banach
