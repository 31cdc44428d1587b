// SPDX-License-Identifier: Apache-2.0
#include "datasets/conventions.hpp"

#include <nlohmann/json.hpp>

#include "datasets/check.hpp"
#include "tests/datasets/dataset_files.hpp"
#include "tests/datasets/raw_file.hpp"

namespace banach {
namespace {

using namespace testing;

/// a [2, 4] of one type with attributes, u [2, 4] and x [4] of numbers.
class ConventionsTest : public MappedFiles {
 protected:
  struct Stated {
    std::string name;
    std::vector<double> numbers = {};
    std::string text = {};
    hid_t type = H5T_NATIVE_DOUBLE;
    bool fixed = false;
  };
  std::string write(hid_t type, const Numbers& raw, const std::vector<Stated>& stated,
                    bool netcdf = false, const std::string& name = "packed.nc") const {
    RawFile file(path(name));
    const auto a = file.add("a", {2, 4}, type, H5T_NATIVE_DOUBLE, raw.data());
    for (const auto& s : stated)
      s.text.empty() ? file.attribute(a, s.name, s.type, s.numbers)
                     : file.attribute(a, s.name, s.text, s.fixed);
    file.add("u", {2, 4}, Numbers(8, 1));
    const Hdf5Handle root(H5Oopen(file.id(), "/", H5P_DEFAULT), H5Oclose);
    if (netcdf) file.attribute(root, "_NCProperties", "version=2");
    return name;
  }
  std::string mapping(const std::string& input = "{ path = 'a', axes = 'sample x' }") const {
    return "inputs.a = " + input + "\noutputs.u = { path = 'u', axes = 'sample x' }\n" + grid +
           whole;
  }
  Numbers values(const std::string& file, const std::string& more = "") const {
    return read_of(*open(file, mapping() + more), Split::train, 0, 2, 0);
  }
  std::string said(const std::string& file, const std::string& text) const {
    const auto data = open(file, text);
    return error_of([&] { data->read(Split::train, {0, 1}, NumberType::float32); }).second;
  }
  std::string missing(const std::string& what,
                      const std::string& place = "[1, 1]; 1 of the 8") const {
    return path("packed.nc") + ": dataset \"a\" holds " + what + " at " + place +
           " numbers read are missing";
  }
};

const Numbers raw = {0, 1, 2, 3, -1, -2, 5, 6};

TEST_F(ConventionsTest, IntegersAreUnpackedWithTheSignThatTheFileStates) {
  for (const bool fixed : {false, true})
    for (const std::string text : {"true", "True"}) {
      const auto file = write(H5T_STD_I8LE, raw,
                              {{"_Unsigned", {}, text, 0, fixed},
                               {"scale_factor", {0.5}},
                               {"add_offset", {10}, {}, H5T_NATIVE_INT32}});
      EXPECT_EQ(values(file), (Numbers{10, 10.5, 11, 11.5, 137.5, 137, 12.5, 13}));
    }
  write(H5T_STD_U8LE, {0, 1, 2, 3, 255, 254, 5, 6}, {{"_Unsigned", {}, "false"}});
  EXPECT_EQ(values("packed.nc"), raw);
  write(H5T_STD_I16BE, raw, {{"scale_factor", {}, "2.5"}});
  EXPECT_EQ(values("packed.nc")[4], -2.5);
  EXPECT_EQ(values("packed.nc", "cf_attributes = false"), raw);
}

TEST_F(ConventionsTest, EachFileIsUnpackedWithItsOwnNumbers) {
  write(H5T_STD_I16LE, raw, {{"scale_factor", {0.5}}}, false, "y_1.nc");
  write(H5T_STD_I16LE, raw, {{"scale_factor", {2}}, {"add_offset", {1}}}, false, "y_2.nc");
  const auto data = open("y_*.nc", mapping());
  EXPECT_EQ(read_of(*data, Split::train, 0, 1, 0), (Numbers{0, 0.5, 1, 1.5}));
  EXPECT_EQ(read_of(*data, Split::train, 3, 1, 0), (Numbers{-1, -3, 11, 13}));
}

TEST_F(ConventionsTest, UnpackingComesBeforeTheTransform) {
  write(H5T_STD_I16LE, {1, 2, 3, 4, 5, 6, 7, 8}, {{"scale_factor", {0.5}}});
  const auto data =
      open("packed.nc", mapping("{ path = 'a', axes = 'sample x', transform = 'square' }"));
  EXPECT_EQ(read_of(*data, Split::train, 0, 1, 0), (Numbers{0.25, 1, 2.25, 4}));
  const std::string own = "{ path = 'a', axes = 'sample x', offset = -273.15 }";
  EXPECT_EQ(
      refusal("packed.nc", mapping(own)),
      std::pair(78, "dataset.inputs.a: " + path("packed.nc") +
                        ": dataset \"a\" states scale_factor = 0.5, and scale or offset are "
                        "given, too: say dataset.cf_attributes = true to apply both, or false "
                        "to apply yours alone"));
  const auto both = open("packed.nc", mapping(own) + "cf_attributes = true");
  EXPECT_DOUBLE_EQ(read_of(*both, Split::train, 0, 1, 0)[1], 1 - 273.15);
}

TEST_F(ConventionsTest, EveryNumberThatStandsForNoValueIsRefused) {
  const Numbers numbers = {0, 1, 2, 3, 4, -99, 5, -98};
  write(H5T_IEEE_F32LE, numbers,
        {{"_FillValue", {-999}, {}, H5T_IEEE_F32LE}, {"missing_value", {-99}}});
  EXPECT_EQ(said("packed.nc", mapping()), missing("-99, which stands for a missing value,"));
  write(H5T_IEEE_F32LE, numbers, {{"missing_value", {-99, -98}}});
  EXPECT_EQ(said("packed.nc", mapping()),
            missing("-99, which stands for a missing value,", "[1, 1]; 2 of the 8"));
  write(H5T_STD_I16LE, numbers, {{"scale_factor", {0.01}}, {"missing_value", {}, "-99"}});
  EXPECT_EQ(said("packed.nc", mapping()), missing("-99, which stands for a missing value,"));
  // What is not selected is not looked at.
  const auto part = mapping("{ path = 'a', axes = 'sample y', select = { y = [0, 2] } }") +
                    "coords.y = { linspace = [0.0, 1.0] }\n";
  EXPECT_EQ(said("packed.nc", part), "");
  write(H5T_IEEE_F32LE, {0, 1, 2, 3, 4, 1e20, 5, 6}, {{"missing_value", {1e20}}});
  EXPECT_EQ(said("packed.nc", mapping()),
            missing("1.00000002e+20, which stands for a missing value,"));
}

TEST_F(ConventionsTest, TheValidRangeIsThatOfTheNumbersAsTheyAreStored) {
  const std::string outside = ", outside the valid range [0, 250] that the file states,";
  write(H5T_STD_I16LE, {0, 1, 2, 3, 4, 251, 5, 6},
        {{"scale_factor", {0.1}}, {"valid_range", {0, 250}, {}, H5T_STD_I16LE}});
  EXPECT_EQ(said("packed.nc", mapping()), missing("251" + outside));
  write(H5T_STD_I16LE, {0, 1, 2, 3, 4, -1, 5, 6},
        {{"valid_min", {0}, {}, H5T_STD_I16LE}, {"valid_max", {250}, {}, H5T_STD_I16LE}});
  EXPECT_EQ(said("packed.nc", mapping()), missing("-1" + outside));
  write(H5T_STD_I8LE, {0, 1, 2, 3, 4, -5, 5, 6},
        {{"_Unsigned", {}, "true"}, {"valid_range", {0, -6}, {}, H5T_STD_I8LE}});
  EXPECT_EQ(said("packed.nc", mapping()), missing("251" + outside));
  EXPECT_EQ(values("packed.nc", "cf_attributes = false")[5], -5);
}

TEST_F(ConventionsTest, WhatTheNetcdfLibraryFillsWithIsMissing) {
  const double fill = 9.969209968386869e36;
  write(H5T_IEEE_F32LE, {0, 1, 2, 3, 4, fill, 5, 6}, {}, true);
  EXPECT_EQ(said("packed.nc", mapping()),
            missing("9.96920997e+36, which stands for a missing value,"));
  write(H5T_STD_I16LE, {0, 1, 2, 3, 4, -32767, 5, 6}, {}, true);
  EXPECT_EQ(said("packed.nc", mapping()), missing("-32767, which stands for a missing value,"));
  write(H5T_STD_I16LE, {0, 1, 2, 3, 4, -32767, 5, 6}, {});  // not written by that library
  EXPECT_EQ(said("packed.nc", mapping()), "");
}

TEST_F(ConventionsTest, CoordinatesAndParametersAreUnpackedToo) {
  {
    RawFile file(path("axes.nc"));
    file.add("a", {2, 4}, raw), file.add("u", {2, 4}, raw);
    const Numbers steps = {0, 1, 2, 3}, two = {7, 8};
    const auto x = file.add("x", {4}, H5T_STD_I16LE, H5T_NATIVE_DOUBLE, steps.data());
    file.attribute(x, "scale_factor", H5T_NATIVE_DOUBLE, {0.25});
    file.attribute(x, "add_offset", H5T_NATIVE_DOUBLE, {5});
    file.attribute(x, "units", "km");
    const auto mu = file.add("mu", {2}, H5T_STD_I16LE, H5T_NATIVE_DOUBLE, two.data());
    file.attribute(mu, "scale_factor", H5T_NATIVE_DOUBLE, {0.5});
    const auto bad = file.add("bad", {4}, H5T_STD_I16LE, H5T_NATIVE_DOUBLE, steps.data());
    file.attribute(bad, "_FillValue", H5T_STD_I16LE, {3});
  }
  const std::string variables =
      "inputs.a = { path = 'a', axes = 'sample x' }\n"
      "outputs.u = { path = 'u', axes = 'sample x' }\nparams.mu = 'mu'\n" +
      whole;
  const auto data = open("axes.nc", variables + "coords.x = 'x'");
  EXPECT_EQ(data->info().axis("x")->values, (Numbers{5, 5.25, 5.5, 5.75}));
  EXPECT_EQ(data->info().axis("x")->units, "km");
  EXPECT_EQ(read_of(*data, Split::train, 0, 2, 1), (Numbers{3.5, 4}));
  EXPECT_EQ(
      refusal("axes.nc", variables + "coords.x = 'bad'").second,
      path("axes.nc") +
          ": dataset \"bad\" holds 3, which stands for a missing value, at entry 3 (1 of 4 are "
          "missing)");
}

TEST_F(ConventionsTest, UnitsAreKeptShownAndCompared) {
  write(H5T_IEEE_F64LE, raw, {{"units", {}, "K"}});
  const auto data = open("packed.nc", mapping());
  EXPECT_EQ(data->info().variables[0].units, "K");
  EXPECT_EQ(dataset_info(to_json(data->info()), "there").variables[0].units, "K");
  EXPECT_NE(check_dataset(dataset_of("files = '" + path("packed.nc") + "'\n" + mapping()))
                .text.find("input a  [channel 1, x 4] in K\n"),
            std::string::npos);
  const auto log =
      open("packed.nc", mapping("{ path = 'a', axes = 'sample x', transform = 'exp' }"));
  EXPECT_EQ(log->info().variables[0].units, "");
  write(H5T_IEEE_F64LE, raw, {{"units", {}, "degC"}}, false, "packed_2.nc");
  EXPECT_EQ(refusal("packed*.nc", mapping()),
            std::pair(65, "dataset.inputs.a: " + path("packed_2.nc") +
                              ": dataset \"a\" is in \"degC\", others are in \"K\": all must have "
                              "the same units"));
  EXPECT_EQ(other_units(data->info(), open("packed_2.nc", mapping())->info()),
            "a is in \"degC\", but in \"K\" in the training data");
  EXPECT_EQ(check_dataset(dataset_of("files = '" + path("packed.nc") +
                                     "'\ntest = [{ name = 'warm', files = '" + path("packed_2.nc") +
                                     "' }]\n" + mapping()))
                .error,
            "test set \"warm\": a is in \"degC\", but in \"K\" in the training data");
}

TEST_F(ConventionsTest, AttributesThatCannotBeHonouredAreRefused) {
  const auto refused = [&](const Stated& stated) {
    write(H5T_STD_I16LE, raw, {stated});
    const auto [code, text] = refusal("packed.nc", mapping());
    EXPECT_EQ(code, 65);
    return text.substr(std::min(text.size(), path("packed.nc").size() + 2));
  };
  const std::string remedy = "; dataset.cf_attributes = false reads the numbers as they are stored";
  EXPECT_EQ(refused({"scale_factor", {}, "a lot"}),
            "attribute \"scale_factor\" of dataset \"a\" is not a number: \"a lot\"" + remedy);
  EXPECT_EQ(refused({"scale_factor", {0}}),
            "attribute \"scale_factor\" of dataset \"a\" is no factor: 0" + remedy);
  EXPECT_EQ(refused({"add_offset", {1, 2}}),
            "attribute \"add_offset\" of dataset \"a\" must be a single number: [1, 2]" + remedy);
  EXPECT_EQ(refused({"valid_range", {3, 1}}),
            "attribute \"valid_range\" of dataset \"a\" is an empty range: [3, 1]" + remedy);
  EXPECT_EQ(
      refused({"_Unsigned", {}, "perhaps"}),
      "attribute \"_Unsigned\" of dataset \"a\" is neither true nor false: \"perhaps\"" + remedy);
}

}  // namespace
}  // namespace banach
