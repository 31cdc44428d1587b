// SPDX-License-Identifier: Apache-2.0
// Layouts of other programs' files, mapped.
#include <nlohmann/json.hpp>

#include <cmath>

#include "tests/datasets/dataset_files.hpp"

namespace banach {
namespace {

using namespace testing;

class Layouts : public MappedFiles {};

TEST_F(Layouts, AGroupPerSampleIsCountedInNaturalOrder) {
  Hdf5Writer file(path("groups.h5"));
  for (const auto* name : {"10", "2", "1"}) {
    file.add<double>(std::string(name) + "/data", {2, 3, 2}, Numbers(12, std::stod(name)));
    file.add<double>(std::string(name) + "/t", {2}, {0, 0.5});
    file.attribute(std::string(name) + "/data", "k", std::stod(name));
  }
  file.add<double>("common", {1}, {0});
  file.commit();
  const std::string text =
      "inputs.u = { path = '/{sample}/data', axes = 'time x channel' }\nwindow = {}\n"
      "params.k = '{sample}/data@k'\ncoords = { x = { linspace = [0.0, 1.0] }, time = "
      "'/{sample}/t' }\n" +
      whole;
  const auto data = open("groups.h5", text);
  EXPECT_EQ(data->info().variables[0].channels, (std::vector<std::string>{"u.0", "u.1"}));
  EXPECT_EQ(data->info().time_values, (std::vector<std::string>{"+0.5"}));
  EXPECT_EQ(read_of(*data, Split::train, 0, 3, 1), (Numbers{1, 2, 10}));
  EXPECT_EQ(read_of(*data, Split::train, 2, 1, 2), Numbers(6, 10));
  EXPECT_EQ(data->origin(Split::train, 2), "groups.h5: sample \"10\", start 0");
}

TEST_F(Layouts, AGroupWithoutItsDataIsNamedAndSoIsOneOfAnotherShape) {
  Hdf5Writer file(path("ragged.h5"));
  file.add<double>("a/0/u", {3}, {1, 2, 3});
  file.add<double>("a/1/u", {4}, {1, 2, 3, 4});
  file.add<double>("b/0/u", {3}, {1, 2, 3});
  file.add<double>("b/1/v", {3}, {1, 2, 3});
  file.commit();
  const std::string same = "outputs.u = { path = 'a/{sample}/u', axes = 'x' }\n" + grid;
  EXPECT_EQ(
      refusal("ragged.h5", same),
      std::pair(65, "dataset.outputs.u: " + path("ragged.h5") +
                        ": dataset \"a/1/u\" has 4 entries along \"x\", but " + path("ragged.h5") +
                        ": dataset \"a/0/u\" has 3: all samples must have the same shape"));
  EXPECT_EQ(refusal("ragged.h5", "outputs.u = { path = 'b/{sample}/u', axes = 'x' }\n" + grid),
            std::pair(65, path("ragged.h5") +
                              ": no dataset \"b/1/u\"; others of \"b/{sample}/u\" have it"));
}

TEST_F(Layouts, TimesInNamesAreSortedAsNumbersAndPointsBecomeTheirGrid) {
  Hdf5Writer file(path("mesh.h5"));
  // Six points of a 2 x 3 grid, in disorder, in a plane.
  file.add<double>("mesh", {6, 3}, {1, 0, 0, 0, 0, 0, 0, 2, 0, 1, 2, 0, 1, 1, 0, 0, 1, 0});
  for (const auto* time : {"0", "0_25", "1e1"})
    file.add<double>(std::string("u/") + time, {6, 1}, {10, 0, 2, 12, 11, 1});
  file.add<double>("volumes", {6}, {10, 0, 2, 12, 11, 1});
  file.commit();
  const auto data =
      open("mesh.h5",
           "time_decimal = '_'\n"
           "inputs.u = { path = '/u/{time}', axes = 'point _', select = { time = 0 } }\n"
           "outputs.v = { path = '/u/{time}', axes = 'point _', select = { time = "
           "'1:' } }\ncoords.points = { path = 'mesh', axes = 'point dim' }\n"
           "weights = { path = 'volumes', axes = 'point' }\n" +
               whole);
  EXPECT_EQ(data->info().weights, (Numbers{0, 1, 2, 10, 11, 12}));
  EXPECT_EQ(data->info().variables[1].axes, (std::vector<std::string>{"time", "x", "y"}));
  EXPECT_EQ(data->info().axis("y")->values, (Numbers{0, 1, 2}));
  EXPECT_EQ(read_of(*data, Split::train, 0, 1, 0), (Numbers{0, 1, 2, 10, 11, 12}));
  EXPECT_EQ(read_of(*data, Split::train, 0, 1, 1),
            (Numbers{0, 1, 2, 10, 11, 12, 0, 1, 2, 10, 11, 12}));
  EXPECT_NE(data->plan().at(0).reason.find("the 6 points form a grid of 2 x 3"), std::string::npos);
}

TEST_F(Layouts, ScatteredPointsStayPoints) {
  Hdf5Writer file(path("points.h5"));
  file.add<double>("x", {3}, {0, 1, 0.5});
  file.add<double>("y", {3}, {0, 0.5, 1});
  file.add<double>("f", {2, 4}, coded(2, 4));
  file.add<double>("u", {2, 3}, coded(2, 3));
  file.add<double>("below", {3}, {1, 2, -3});
  file.commit();
  const std::string text =
      "inputs.f = { path = 'f', axes = 'sample sensor' }\n"
      "outputs.u = { path = 'u', axes = 'sample point' }\n"
      "coords.points = { stack = ['x', 'y'] }\n" +
      whole;
  const auto data = open("points.h5", text + "weights = 'y'");
  EXPECT_EQ(data->info().points, (Numbers{0, 0, 1, 0.5, 0.5, 1}));
  EXPECT_EQ(data->info().dimensions, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(data->info().variables[0].axes, (std::vector<std::string>{"sensor"}));
  EXPECT_EQ(data->info().weights, (Numbers{0, 0.5, 1}));
  EXPECT_EQ(dataset_info(to_json(data->info()), "there").weights, data->info().weights);
  EXPECT_EQ(refusal("points.h5", text + "weights = 'u'").second,
            "dataset.weights: \"u\" has 6 numbers for 3 points");
  EXPECT_EQ(refusal("points.h5", text + "weights = 'below'").second,
            "dataset.weights: \"below\" must hold numbers >= 0, not all of them 0");
}

TEST_F(Layouts, UnalignedDataHavePointsOfTheirOwn) {
  Hdf5Writer file(path("unaligned.h5"));
  file.add<double>("v", {3, 2}, coded(3, 2));
  file.add<double>("x", {3, 1}, {0.1, 0.2, 0.3});
  file.add<double>("u", {3, 1}, {5, 6, 7});
  file.commit();
  const auto data = open("unaligned.h5",
                         "inputs.v = { path = 'v', axes = 'sample sensor', role = 'branch' }\n"
                         "inputs.x = { path = 'x', axes = 'sample dim', role = 'trunk' }\n"
                         "outputs.u = { path = 'u', axes = 'sample channel' }\n" +
                             whole);
  const auto& info = data->info();
  EXPECT_EQ(info.variables[1].role, DataVariable::Role::points);
  EXPECT_EQ(info.variables[1].axes, (std::vector<std::string>{"point"}));
  EXPECT_EQ(info.variables[2].axes, (std::vector<std::string>{"point"}));
  EXPECT_EQ(info.axis("point")->size, 1);
  EXPECT_EQ(read_of(*data, Split::train, 1, 2, 1), (Numbers{0.2, 0.3}));
  EXPECT_EQ(info.lower, Numbers{0.1});  // of all training points
  EXPECT_EQ(info.upper, Numbers{0.3});
  EXPECT_EQ(dataset_info(to_json(info), "there").upper, info.upper);
}

TEST_F(Layouts, ReversedAxesPutTheSamplesLast) {
  Hdf5Writer file(path("matlab.mat"));
  file.add<double>("u", {2, 3, 4}, coded(2, 12));  // t, x, sample as MATLAB's (sample, x, t)
  file.commit();
  const auto data =
      open("matlab.mat",
           "axis_order = 'reversed'\n"
           "inputs.a = { path = 'u', axes = 'sample x time', select = { time = 0 } }\n"
           "outputs.u = { path = 'u', axes = 'sample x time' }\n" +
               grid + whole);
  EXPECT_EQ(read_of(*data, Split::train, 1, 1, 0), (Numbers{1, 5, 9}));
  EXPECT_EQ(read_of(*data, Split::train, 2, 1, 1), (Numbers{2, 6, 10, 1002, 1006, 1010}));
}

TEST_F(Layouts, FilesOfOneRunJoinAlongTheTime) {
  for (const auto* name : {"run_1_s1.h5", "run_1_s2.h5", "run_2_s1.h5", "run_2_s2.h5"}) {
    Hdf5Writer file(path(name));
    const double base = name[4] == '1' ? 100 : 200, first = name[7] == '1' ? 0 : 2;
    file.add<double>("u", {2, 1, 2}, {base + first, base + first, base + first + 1, base});
    file.add<double>("t", {2}, {first, first + 1});
    file.commit();
  }
  const auto data = open("run_{sample}_s*.h5",
                         "files_axis = 'time'\ninputs.u = { path = 'u', axes = 'time _ x' }\n"
                         "window = { n_in = 2, n_out = 1 }\ncoords.time = 't'\n" +
                             grid + whole);
  EXPECT_EQ(data->size(Split::train), 4);
  EXPECT_EQ(read_of(*data, Split::train, 3, 1, 0), (Numbers{201, 200, 202, 202}));
  EXPECT_EQ(read_of(*data, Split::train, 3, 1, 1), (Numbers{203, 200}));
}

TEST_F(Layouts, BadNumbersAreFoundWhereTheyAre) {
  Hdf5Writer file(path("bad.h5"));
  Numbers numbers(12, 1.0);
  numbers[7] = std::nan("");
  file.add<double>("a", {3, 4}, numbers);
  file.add<double>("b", {3, 4}, {1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1});
  file.add<double>("c", {2, 4}, Numbers(8, 1.0));
  file.commit();
  const auto text = [](const std::string& input) {
    return "inputs.a = " + input + "\noutputs.u = { path = 'b', axes = 'sample x' }\n" + grid +
           whole;
  };
  const auto nan = open("bad.h5", text("{ path = 'a', axes = 'sample x' }"));
  EXPECT_EQ(error_of([&] {
              nan->read(Split::train, {0, 1}, NumberType::float32);
            }),
            std::pair(65, path("bad.h5") + ": dataset \"a\" holds NaN at [1, 3]"));
  // What is not selected is not looked at.
  const auto part =
      open("bad.h5", text("{ path = 'a', axes = 'sample y', select = { y = '::2' } }") +
                         "coords.y = { linspace = [0.0, 1.0] }");
  EXPECT_EQ(read_of(*part, Split::train, 1, 1, 0), (Numbers{1, 1}));
  const auto log = open("bad.h5", text("{ path = 'b', axes = 'sample x', transform = 'log' }"));
  EXPECT_EQ(error_of([&] {
              log->read(Split::train, {0, 1}, NumberType::float32);
            }),
            std::pair(65, std::string("bad.h5: sample 1: dataset \"b\" holds a number that has no "
                                      "log")));
  EXPECT_EQ(refusal("bad.h5", text("{ path = 'c', axes = 'sample x' }")).second,
            "dataset.outputs.u has 3 samples (" + path("bad.h5") +
                ": dataset \"b\" (3, 4)), but dataset.inputs.a has 2 (dataset \"c\")");
}

}  // namespace
}  // namespace banach
