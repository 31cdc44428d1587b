// SPDX-License-Identifier: Apache-2.0
#include "datasets/suggest.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "banach/error.hpp"
#include "core/parameters/toml.hpp"
#include "datasets/hdf5_file.hpp"
#include "datasets/inspect.hpp"
#include "tests/datasets/layouts.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;

Table suggested(const std::vector<std::string>& files) {
  std::vector<std::filesystem::path> paths;
  for (const auto& file : files) paths.push_back(layouts() / file);
  return parse_toml(suggest_toml(paths), "suggested");
}

/// One-line TOML of what stands at "dataset.inputs.a"; "" where nothing does.
std::string at(const Table& table, const std::string& path) {
  const Table* here = &table;
  std::size_t first = 0;
  for (;;) {
    const auto dot = path.find('.', first);
    const Value* value = here->find(path.substr(first, dot - first));
    if (!value) return "";
    if (dot == std::string::npos) return to_text(*value);
    here = value->get<Table>();
    if (!here) return "";
    first = dot + 1;
  }
}

/// What must stand where.
void expect(const Table& table, const std::vector<std::pair<std::string, std::string>>& said) {
  for (const auto& [path, toml] : said) EXPECT_EQ(at(table, path), toml) << path;
}

void add_ones(Hdf5Writer& file, const std::string& name, const Shape& shape) {
  const auto count =
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  file.add<double>(name, shape, std::vector<double>(static_cast<std::size_t>(count), 1));
}

TEST(Suggest, PairsArraysThatShareTheirFirstAxis) {
  const auto t = suggested({"plain.h5"});
  expect(t, {{"dataset.inputs.a", "{ path = \"a\", axes = \"sample x\" }"},
             {"dataset.outputs.u", "{ path = \"u\", axes = \"sample x\" }"},
             {"dataset.coords.x", "\"x\""},
             {"architecture.type", "\"fno\""},
             {"architecture.modes", "[8]"},
             {"loss.type", "\"relative_l2\""}});
}

TEST(Suggest, TakesLogarithmsOfWhatVariesByFactors) {
  const auto t = suggested({"plain_2d.h5"});
  expect(t, {{"dataset.inputs.coeff",
              "{ path = \"coeff\", axes = \"sample x y\", transform = \"log\" }"},
             {"dataset.coords.y", "{ linspace = [0.0, 1.0] }"}});
}

TEST(Suggest, TestsOnTheGroupCalledTest) {
  const auto t = suggested({"train_test.h5"});
  expect(t, {{"dataset.inputs.x", "{ path = \"train/x\", axes = \"sample x\" }"},
             {"dataset.outputs.y", "{ path = \"train/y\", axes = \"sample time x\" }"}});
  const auto* tests = t.find("dataset")->get<Table>()->find("test")->get<Value::List>();
  ASSERT_EQ(tests->size(), 1u);
  EXPECT_EQ(at(*tests->front().get<Table>(), "rename"),
            "{ \"train/x\" = \"test/x\", \"train/y\" = \"test/y\" }");
}

TEST(Suggest, NamesThePresetThatFits) {
  const auto t = suggested({"pdebench_grouped.h5"});
  expect(t, {{"dataset.preset", "\"pdebench\""},
             {"dataset.inputs", ""},
             {"architecture.modes", "[4, 4]"}});
}

TEST(Suggest, SeesGridsInThePointsOfAMesh) {
  const auto grid = suggested({"dolfinx_grid.h5"});
  expect(grid,
         {{"dataset.inputs.conductivity",
           "{ path = \"/Function/conductivity/{sample}\", axes = \"point _\" }"},
          {"dataset.coords.points", "{ path = \"Mesh/mesh/geometry\", axes = \"point dim\" }"},
          {"architecture.type", "\"fno\""},
          {"architecture.modes", "[3, 3]"}});
  EXPECT_EQ(at(suggested({"dolfinx_points.h5"}), "architecture.type"), "\"deeponet\"");
}

TEST(Suggest, ReadsTimesFromTheNamesOfGroups) {
  const auto t = suggested({"dolfinx_run_0.h5", "dolfinx_run_1.h5", "dolfinx_run_2.h5"});
  expect(t, {{"dataset.inputs.u", "{ path = \"/Function/u/{time}\", axes = \"point _\" }"},
             {"dataset.time_decimal", "\"_\""},
             {"dataset.window", "{ n_in = 1, n_out = 1 }"}});
}

TEST(Suggest, ReversesTheAxesOfMatlab) {
  const auto t = suggested({"matlab_v73.mat"});
  expect(t, {{"dataset.axis_order", "\"reversed\""},
             {"dataset.inputs.a", "{ path = \"a\", axes = \"sample x\" }"},
             {"dataset.coords.x", "{ path = \"x\", axes = \"_ x\" }"}});
}

TEST(Suggest, TellsBranchAndTrunkOfUnalignedData) {
  const auto t = suggested({"unaligned.h5"});
  expect(t, {{"dataset.inputs.X_train0",
              "{ path = \"X_train0\", axes = \"sample sensor\", role = \"branch\" }"},
             {"dataset.inputs.X_train1",
              "{ path = \"X_train1\", axes = \"sample dim\", role = \"trunk\" }"},
             {"architecture.type", "\"deeponet\""},
             {"loss.type", "\"mse\""}});
}

TEST(Suggest, NamesRunsOfDedalusByTheirNumber) {
  const auto t = suggested({"dedalus_run0_s1.h5", "dedalus_run0_s2.h5", "dedalus_run1_s1.h5",
                            "dedalus_run1_s2.h5", "dedalus_run2_s1.h5", "dedalus_run2_s2.h5"});
  expect(t, {{"dataset.files", "\"" + (layouts() / "dedalus_run{sample}_s*.h5").string() + "\""}});
}

TEST(Suggest, BelievesRolesAndDimensionScales) {
  const Scratch scratch;
  const auto path = scratch / "generated.h5";
  Hdf5Writer writer(path);
  writer.add<double>("t", {4}, {0, 1, 2, 3});
  writer.add<double>("r", {4}, {1, 2, 3, 4});
  add_ones(writer, "solution", {12, 4});
  add_ones(writer, "w", {12, 4, 4});
  writer.attach("solution", 1, "r");
  writer.attach("w", 1, "t");
  writer.attach("w", 2, "r");
  writer.attribute("solution", "role", std::string("input"));
  writer.attribute("w", "role", std::string("output"));
  writer.commit();
  const auto t = parse_toml(suggest_toml({path}), "suggested");
  expect(t, {{"dataset.inputs.solution", "{ path = \"solution\", axes = \"sample r\" }"},
             {"dataset.outputs.w", "{ path = \"w\", axes = \"sample time r\" }"},
             {"dataset.coords", "{ r = \"r\", time = \"t\" }"}});
}

TEST(Suggest, ListsTheDatasetsThatTellNothing) {
  const Scratch scratch;
  const auto path = scratch / "one.h5";
  Hdf5Writer writer(path);
  add_ones(writer, "a", {3, 2});
  writer.commit();
  const auto [code, text] = error_of([&] { suggest_toml({path}); });
  EXPECT_EQ(code, static_cast<int>(Exit::bad_data));
  EXPECT_EQ(text, path.string() +
                      " does not tell inputs from outputs; write [dataset.inputs] and "
                      "[dataset.outputs] by hand from: a (3, 2)");
}

TEST(Suggest, StacksCoordinatesOfPoints) {
  const Scratch scratch;
  const auto write = [&](const char* name, const std::vector<double>& y) {
    Hdf5Writer writer(scratch / name);
    writer.add<double>("px", {6}, {0, 1, 2, 0, 1, 2});
    writer.add<double>("py", {6}, y);
    writer.add<double>("energy", {6}, {3, 2, 4, 1, 5, 2});
    add_ones(writer, "k", {12, 6});
    add_ones(writer, "u", {12, 6});
    writer.commit();
    return parse_toml(suggest_toml({scratch / name}), "suggested");
  };
  expect(write("scattered.h5", {0, 0, 0.5, 1, 1, 1.5}),
         {{"dataset.inputs.k", "{ path = \"k\", axes = \"sample point\" }"},
          {"dataset.coords", "{ points = { stack = [\"px\", \"py\"] } }"},
          {"architecture.type", "\"deeponet\""}});
  expect(write("grid.h5", {0, 0, 0, 1, 1, 1}),
         {{"dataset.coords", "{ points = { stack = [\"px\", \"py\"] } }"},
          {"architecture.type", "\"fno\""},
          {"architecture.modes", "[1, 1]"}});
}

TEST(Suggest, TakesNumbersThatComeOncePerSampleAsParameters) {
  const Scratch scratch;
  const auto path = scratch / "sweep.h5";
  Hdf5Writer writer(path);
  add_ones(writer, "f", {12, 8});
  add_ones(writer, "u", {12, 8});
  writer.add<double>("x", {8}, {0, 1, 2, 3, 4, 5, 6, 7});
  writer.add<double>("mu", {12}, {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8});
  add_ones(writer, "nu_t", {12, 1});
  writer.add<double>("result", {12}, {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8});
  writer.commit();
  const auto text = suggest_toml({path});
  expect(parse_toml(text, "suggested"),
         {{"dataset.inputs", "{ f = { path = \"f\", axes = \"sample x\" } }"},
          {"dataset.outputs", "{ u = { path = \"u\", axes = \"sample x\" } }"},
          {"dataset.coords", "{ x = \"x\" }"},
          {"dataset.params",
           "{ mu = { path = \"mu\" }, nu_t = { path = \"nu_t\", axes = \"sample _\" } }"}});
  EXPECT_NE(text.find("# result (12) is one number per sample and is called like an output"),
            std::string::npos)
      << text;
}

TEST(Suggest, TakesNumbersOfGroupsAsParameters) {
  const Scratch scratch;
  const auto path = scratch / "groups.h5";
  Hdf5Writer writer(path);
  for (const std::string group : {"run_1/", "run_2/", "run_3/"}) {
    add_ones(writer, group + "f", {5, 8});
    add_ones(writer, group + "u", {5, 8});
    writer.add<double>(group + "mu", {1}, {2});
  }
  writer.commit();
  expect(parse_toml(suggest_toml({path}), "suggested"),
         {{"dataset.params", "{ mu = { path = \"/run_{sample}/mu\", axes = \"_\" } }"}});
}

TEST(Suggest, FindsGridsAmongPoints) {
  EXPECT_EQ(grid_of({0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1}, 2), (Shape{3, 2}));
  EXPECT_EQ(grid_of({2, 1, 0, 0, 1, 0, 2, 0, 0, 1, 1, 1}, 2), (Shape{3, 2}));
  EXPECT_EQ(grid_of({0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1.5}, 2), Shape());
}

TEST(Inspect, ShowsShapesStorageAxesAndAttributes) {
  const auto text = inspect_text(FileTree(layouts() / "dedalus_run0_s1.h5"));
  EXPECT_NE(text.find("    u  (3, 2, 8, 8) float32, contiguous, 1.5 kB\n      axes: t = "
                      "scales/sim_time, -, x = scales/x_hash_0a, z = scales/z_hash_0a\n"),
            std::string::npos)
      << text;
  EXPECT_NE(inspect_text(FileTree(layouts() / "pdebench_flat.hdf5")).find("  @Nu = 0.02\n"),
            std::string::npos);
}

TEST(Inspect, ShowsEqualGroupsOnce) {
  const auto text = inspect_text(FileTree(layouts() / "pdebench_grouped.h5"));
  EXPECT_NE(text.find("    data  (5, 8, 8, 2) float32, chunks (5, 8, 8, 2), shuffle + lzf, "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  ... and 5 more like 0000, the last is 0005\n"), std::string::npos);
  EXPECT_EQ(text.find("0001"), std::string::npos);
}

TEST(Inspect, ShowsEveryKindOfStorageAndLinks) {
  const auto text = inspect_text(FileTree(layouts() / "storage.h5"));
  for (const std::string line :
       {"  checksum  (8, 8) int32, chunks (4, 8), shuffle + gzip + fletcher32, ",
        "  offset  (8, 8) int32, chunks (8, 4), scaleoffset, ",
        "  big  (8, 8) float64 big-endian, contiguous, 512 B\n", "  truth  (8, 8) bool, ",
        "  complex  (8, 8) complex128, ", "  words  (2) text, ",
        "  outside  link into another file, not followed\n",
        "  soft  soft link to nothing, not followed\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
}

TEST(Inspect, WritesSizesInThreeDigits) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1000), "1.0 kB");
  EXPECT_EQ(size_text(1346216), "1.3 MB");
  EXPECT_EQ(size_text(551000000000), "551 GB");
}

}  // namespace
}  // namespace banach
