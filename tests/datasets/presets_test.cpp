// SPDX-License-Identifier: Apache-2.0
#include "datasets/presets.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "banach/error.hpp"
#include "datasets/dataset.hpp"
#include "tests/datasets/layouts.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;

DatasetParameters with(const std::string& preset, const std::string& file) {
  DatasetParameters p;
  p.preset = preset;
  p.files = {(layouts() / file).string()};
  return p;
}

DatasetParameters filled(const std::string& preset, const std::string& file) {
  return apply_preset(with(preset, file));
}

std::string variable(const VariableParameters& v) {
  return v.path + ": " + join(v.axes.names, " ");
}

std::string coordinate(const DatasetParameters& p, const std::string& axis) {
  const auto found = p.coords.find(axis);
  return found == p.coords.end() ? "none"
                                 : to_text(Convert<CoordinateParameters>::write(found->second));
}

TEST(Presets, LeaveAMappingWithoutPresetAlone) {
  const auto p = filled("none", "absent.h5");
  EXPECT_TRUE(p.inputs.empty());
}

TEST(Presets, AreRecognisedInTheirFiles) {
  const auto found = [](const std::string& file) {
    return detect_preset(FileTree(layouts() / file));
  };
  EXPECT_EQ(found("pdebench_flat.hdf5"), "pdebench");
  EXPECT_EQ(found("pdebench_cfd.hdf5"), "pdebench");
  EXPECT_EQ(found("pdebench_grouped.h5"), "pdebench");
  EXPECT_EQ(found("the_well.hdf5"), "the_well");
  EXPECT_EQ(found("dedalus_run0_s1.h5"), "dedalus");
  EXPECT_EQ(found("vtkhdf_run_0.vtkhdf"), "vtkhdf");
  EXPECT_EQ(found("netcdf.nc"), "netcdf");
  EXPECT_EQ(found("plain.h5"), "none");
  EXPECT_EQ(found("dolfinx_grid.h5"), "none");
}

TEST(Presets, PdebenchCutsTheTimeThatIsTooMany) {
  const auto p = filled("pdebench", "pdebench_flat.hdf5");
  EXPECT_EQ(p.preset, "none");
  EXPECT_EQ(variable(p.inputs.at("u")), "tensor: sample time x");
  EXPECT_TRUE(p.outputs.empty());
  EXPECT_TRUE(p.window);
  EXPECT_EQ(coordinate(p, "x"), "{ path = \"x-coordinate\" }");
  EXPECT_EQ(coordinate(p, "time"), "{ path = \"t-coordinate\", select = \":-1\" }");
}

TEST(Presets, PdebenchDarcyHasAnOutput) {
  const auto p = filled("pdebench", "pdebench_darcy.hdf5");
  EXPECT_EQ(variable(p.inputs.at("nu")), "nu: sample x y");
  EXPECT_EQ(variable(p.outputs.at("u")), "tensor: sample _ x y");
  EXPECT_FALSE(p.window);
}

TEST(Presets, PdebenchFlowHasAVariablePerDataset) {
  auto given = with("pdebench", "pdebench_cfd.hdf5");
  given.fields = {"Vx", "density"};
  const auto p = apply_preset(given);
  EXPECT_EQ(p.inputs.size(), 2u);
  EXPECT_EQ(variable(p.inputs.at("Vx")), "Vx: sample time x");
}

TEST(Presets, PdebenchGroupsAreSamples) {
  const auto p = filled("pdebench", "pdebench_grouped.h5");
  EXPECT_EQ(variable(p.inputs.at("u")), "/{sample}/data: time x y channel");
  EXPECT_EQ(coordinate(p, "time"), "{ path = \"/0000/grid/t\" }");
}

TEST(Presets, TheWellFollowsTheFlagsOfItsFields) {
  const auto p = filled("the_well", "the_well.hdf5");
  EXPECT_EQ(variable(p.inputs.at("heat")), "t0_fields/heat: sample time x y");
  EXPECT_EQ(variable(p.inputs.at("flux")), "t1_fields/flux: sample time x y comp");
  EXPECT_EQ(coordinate(p, "x"), "{ path = \"dimensions/x\", periodic = true }");
  EXPECT_EQ(coordinate(p, "y"), "{ path = \"dimensions/y\", periodic = false }");
  EXPECT_TRUE(p.params.empty());  // one number for all samples of one file
}

TEST(Presets, DedalusReadsDimensionScales) {
  const auto p = filled("dedalus", "dedalus_run0_s1.h5");
  EXPECT_EQ(variable(p.inputs.at("b")), "tasks/b: time x z");
  EXPECT_EQ(variable(p.inputs.at("u")), "tasks/u: time comp x z");
  EXPECT_EQ(coordinate(p, "z"), "{ path = \"scales/z_hash_0a\" }");
  EXPECT_EQ(coordinate(p, "time"), "{ path = \"scales/sim_time\" }");
  EXPECT_EQ(p.files_axis, "time");
}

TEST(Presets, VtkhdfReadsOriginAndSpacing) {
  const auto p = filled("vtkhdf", "vtkhdf_run_0.vtkhdf");
  EXPECT_EQ(variable(p.inputs.at("T")), "VTKHDF/PointData/T: time _ y x");
  EXPECT_EQ(coordinate(p, "x"), "{ linspace = [0.0, 0.875] }");
  EXPECT_EQ(coordinate(p, "z"), "none");
}

TEST(Presets, NetcdfNamesAxesByItsDimensions) {
  const auto p = filled("netcdf", "netcdf.nc");
  const auto& z = p.inputs.at("z");
  EXPECT_EQ(variable(z), "z: sample time lat lon");
  EXPECT_EQ(coordinate(p, "lat"), "{ path = \"lat\" }");
}

DatasetParameters in_order(const std::string& preset, const std::string& file) {
  auto p = with(preset, file);
  p.split.train.text = ":";
  p.split.validation.text = p.split.test.text = "0:0";
  return p;
}

TEST(Presets, DataSetsOpenWithThem) {
  const auto p = in_order("netcdf", "netcdf.nc");
  const auto set = Dataset::open(p);
  const auto data = set->read(Split::train, {0}, NumberType::float64);
  const auto places = set->info().axis("lat")->places;  // latitudes fall in the file
  ASSERT_EQ(places, (std::vector<std::int64_t>{5, 4, 3, 2, 1, 0}));
  const auto raw = Hdf5Reader(p.files[0]).read("z");
  std::vector<double> z(6 * 8);
  ASSERT_EQ(data.at(0).bytes.size(), z.size() * sizeof(double));
  std::memcpy(z.data(), data[0].bytes.data(), data[0].bytes.size());
  for (std::size_t i = 0; i < z.size(); ++i)
    EXPECT_DOUBLE_EQ(z[static_cast<std::size_t>(places[i / 8]) * 8 + i % 8], 0.001 * raw[i] + 0.5);
}

TEST(Presets, MissingValuesAreRefused) {
  auto p = in_order("netcdf", "netcdf.nc");
  const auto raw = Hdf5Reader(p.files[0]).read("z");
  p.inputs["z"].path = "z";
  p.inputs["z"].missing = raw[5];
  const auto dataset = Dataset::open(p);
  const auto text = error_of([&] { dataset->read(Split::train, {0}, NumberType::float64); }).second;
  EXPECT_NE(text.find("dataset \"z\" holds " + std::to_string(static_cast<int>(raw[5])) +
                      ", which stands for a missing value"),
            std::string::npos)
      << text;
}

TEST(Presets, ExplicitKeysWin) {
  auto given = with("netcdf", "netcdf.nc");
  given.inputs["height"].path = "z";
  given.inputs["height"].scale = 2;
  given.coords["lat"].linspace = {0, 1};
  const auto p = apply_preset(given);
  EXPECT_EQ(p.inputs.size(), 1u);
  EXPECT_EQ(variable(p.inputs.at("height")), "z: sample time lat lon");
  EXPECT_EQ(p.inputs.at("height").scale, 2);
  EXPECT_EQ(coordinate(p, "lat"), "{ linspace = [0.0, 1.0] }");
}

TEST(Presets, FieldsThatAreNotThereAreNamed) {
  auto given = with("the_well", "the_well.hdf5");
  given.fields = {"heet"};
  const auto [code, text] = error_of([&] { apply_preset(given); });
  EXPECT_EQ(code, static_cast<int>(Exit::config));
  EXPECT_EQ(text, "dataset.fields: " + given.files[0] +
                      " has no field \"heet\"; did you mean \"heat\"?; its fields: heat, flux");
}

TEST(Presets, VariablesThatAreNoFieldsNeedAxes) {
  auto given = with("netcdf", "netcdf.nc");
  given.inputs["zz"].path = "zz";
  EXPECT_EQ(error_of([&] { apply_preset(given); }).second,
            "dataset: \"zz\" is no field of " + given.files[0] + ", and has no axes; fields: z");
}

TEST(Presets, AxesThatDoNotFitAreNamedWithTheShape) {
  const auto said = [](const std::string& axes) {
    auto given = with("pdebench", "pdebench_flat.hdf5");
    given.inputs["u"].axes = labels(axes);
    return error_of([&] { apply_preset(given); }).second;
  };
  const std::string file = (layouts() / "pdebench_flat.hdf5").string();
  EXPECT_EQ(said("sample x"),
            "dataset.inputs.u: axes \"sample x\" name 2 dimensions, but " + file +
                ": dataset \"tensor\" has 3: (12, 6, 16); leave them to the preset, or name every "
                "one");
  EXPECT_EQ(said("sample x y"),
            "dataset.outputs: no field of " + file +
                " has a time axis (u: axes \"sample x y\" of (12, 6, 16)), so that inputs and "
                "outputs must be named: [dataset.inputs] and [dataset.outputs] with some of u");
}

TEST(Presets, SayWhyAFileDoesNotFit) {
  const auto said = [](const std::string& preset) {
    return error_of([&] { filled(preset, "plain.h5"); }).second;
  };
  const std::string file = (layouts() / "plain.h5").string();
  EXPECT_EQ(said("pdebench"),
            "dataset.preset: " + file +
                " is not laid out as PDEBench's files: no dataset tensor, density "
                "or velocity, and no groups with data");
  EXPECT_EQ(said("the_well"),
            "dataset.preset: " + file +
                " is not laid out as The Well's files: the group dimensions has no "
                "attribute spatial_dims");
  EXPECT_EQ(said("dedalus"), "dataset.preset: " + file +
                                 " is no file of Dedalus: the group tasks is absent or empty");
  EXPECT_EQ(said("vtkhdf"), "dataset.preset: VTKHDF in " + file +
                                " is of type \"\"; ImageData and UnstructuredGrid can be read");
  EXPECT_EQ(said("netcdf"),
            "dataset.preset: " + file +
                " is no netCDF-4 file: no variable at its root has dimension scales");
}

}  // namespace
}  // namespace banach
