// SPDX-License-Identifier: Apache-2.0
// Numbers that a dataset claims and no file has.
#include "datasets/check.hpp"
#include "datasets/probe.hpp"
#include "tests/datasets/dataset_files.hpp"
#include "tests/datasets/raw_file.hpp"

namespace banach {
namespace {

using namespace testing;

class Hdf5Gaps : public MappedFiles {
 protected:
  /// What reading everything says, without the file in front.
  std::string said(const std::string& file, const std::string& dataset) const {
    const auto [code, text] = error_of([&] { Hdf5Reader(path(file)).read(dataset); });
    const auto head = path(file) + ": ";
    return text.rfind(head, 0) == 0 && code == 65 ? text.substr(head.size()) : text;
  }
};

const std::string tail = "; complete the file, or choose a part that is there";

TEST_F(Hdf5Gaps, ChunksThatWereNeverWrittenAreRefusedWhereTheyAreRead) {
  for (const bool first_format : {false, true}) {
    {
      RawFile file(path("part.h5"), first_format);
      file.add_part("rows", {10, 6}, {2, 3}, {0, 0}, {4, 6});
      file.add_part("hole", {6, 6}, {2, 2}, {0, 0}, {2, 6});
      file.add_part("grow", {5}, {2}, {0}, {4}, 3);
    }
    EXPECT_EQ(
        said("part.h5", "rows"),
        "dataset \"rows\" has no numbers at [4:10, 0:6]: 6 of 10 chunks were never written" + tail);
    EXPECT_EQ(
        said("part.h5", "hole"),
        "dataset \"hole\" has no numbers at [2:6, 0:6]: 6 of 9 chunks were never written" + tail);
    EXPECT_EQ(said("part.h5", "grow"),
              "dataset \"grow\" has no numbers at [4:5]: 1 of 3 chunks were never written" + tail);
    const Hdf5Reader file(path("part.h5"));
    std::vector<double> box(24);
    file.read_slab("rows", {{0, 0}, {4, 6}, {}}, box.data());
    EXPECT_EQ(box, Numbers(24, 1));
    EXPECT_EQ(error_of([&] {
                file.read_slab("rows", {{2, 1}, {2, 2}, {4, 1}}, box.data());
              }).second,
              path("part.h5") +
                  ": dataset \"rows\" has no numbers at [6:7, 1:3]: 6 of 10 chunks were never "
                  "written" +
                  tail);
    EXPECT_EQ(file.gaps("rows").size(), 1u);
  }
}

TEST_F(Hdf5Gaps, AFillValueOfTheWriterIsNoNumberOfTheFile) {
  {
    RawFile file(path("fill.h5"));
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const double seven = 7;
    H5Pset_fill_value(properties.get(), H5T_NATIVE_DOUBLE, &seven);
    file.add("flat", {4}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr, properties.get());
    const hsize_t chunk = 2;
    H5Pset_chunk(properties.get(), 1, &chunk);
    file.add("chunked", {4}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr, properties.get());
    file.add("none", {0}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr);
    const Hdf5Handle null(H5Screate(H5S_NULL), H5Sclose);
    const Hdf5Handle empty(H5Dcreate2(file.id(), "null", H5T_NATIVE_DOUBLE, null.get(), H5P_DEFAULT,
                                      H5P_DEFAULT, H5P_DEFAULT),
                           H5Dclose);
  }
  EXPECT_EQ(said("fill.h5", "flat"),
            "dataset \"flat\" has no numbers at [0:4]: it was never written" + tail);
  EXPECT_EQ(said("fill.h5", "chunked"),
            "dataset \"chunked\" has no numbers at [0:4]: it was never written" + tail);
  EXPECT_EQ(said("fill.h5", "null"), "dataset \"null\" is empty: it has a type, and no numbers");
  EXPECT_EQ(Hdf5Reader(path("fill.h5")).read("none"), Numbers());
  EXPECT_NO_THROW(probe_hdf5(path("fill.h5")));
}

TEST_F(Hdf5Gaps, DataSetsReadWhatIsThereAndRefuseTheRestBeforeTraining) {
  {
    RawFile file(path("part.h5"));
    file.add_part("a", {10, 4}, {2, 4}, {0, 0}, {6, 4});
    file.add("u", {10, 4}, Numbers(40, 2));
    file.add_part("wide", {10, 4}, {10, 1}, {0, 0}, {10, 2});
  }
  const auto mapping = [](const std::string& input, const std::string& split) {
    return "inputs.a = " + input +
           "\noutputs.u = { path = 'u', axes = 'sample x', select = { x = '0:2' } }\n" + grid +
           "split = " + split + "\n";
  };
  const std::string a = "{ path = 'a', axes = 'sample x', select = { x = '0:2' } }";
  const auto some = open("part.h5", mapping(a, "{ train = '0:4', validation = '4:6' }"));
  EXPECT_EQ(read_of(*some, Split::validation, 0, 2, 0), Numbers(4, 1));
  EXPECT_EQ(refusal("part.h5", mapping(a, "{ train = '0:4', validation = '4:7' }")),
            std::pair(65, path("part.h5") +
                              ": dataset \"a\" has no numbers at [6:7, 0:2]: 2 of 5 chunks were "
                              "never written" +
                              tail));
  const auto columns = [&](const std::string& picks) {
    return mapping("{ path = 'wide', axes = 'sample x', select = { x = " + picks + " } }",
                   "{ train = ':' }");
  };
  EXPECT_EQ(open("part.h5", columns("[1, 0]"))->size(Split::train), 10);
  EXPECT_EQ(refusal("part.h5", columns("[0, 2]")).second,
            path("part.h5") +
                ": dataset \"wide\" has no numbers at [0:10, 2:3]: 2 of 4 chunks were never "
                "written" +
                tail);
}

TEST_F(Hdf5Gaps, CoordinatesAndParametersThatWereNeverWrittenAreRefused) {
  {
    RawFile file(path("plain.h5"));
    file.add("a", {2, 4}, Numbers(8, 1));
    file.add("u", {2, 4}, Numbers(8, 1));
    file.add("x", {4}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr);
    file.add("mu", {2}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr);
  }
  const std::string variables =
      "inputs.a = { path = 'a', axes = 'sample x' }\n"
      "outputs.u = { path = 'u', axes = 'sample x' }\n" +
      whole;
  EXPECT_EQ(
      refusal("plain.h5", variables + "coords.x = 'x'").second,
      path("plain.h5") + ": dataset \"x\" has no numbers at [0:4]: it was never written" + tail);
  EXPECT_EQ(
      refusal("plain.h5", variables + grid + "params.mu = 'mu'").second,
      path("plain.h5") + ": dataset \"mu\" has no numbers at [0:2]: it was never written" + tail);
}

TEST_F(Hdf5Gaps, SamplesThatAreZeroThroughoutAreRemarkedUpon) {
  {
    RawFile file(path("half.h5"));  // contiguous: there is room for all as soon as some are written
    Numbers half(40, 1);
    std::fill(half.begin() + 24, half.end(), 0);
    file.add("a", {10, 4}, half), file.add("u", {10, 4}, Numbers(40, 2));
  }
  const auto text = check_dataset(dataset_of("files = '" + path("half.h5") +
                                             "'\ninputs.a = { path = 'a', axes = 'sample x' }\n"
                                             "outputs.u = { path = 'u', axes = 'sample x' }\n" +
                                             grid + whole))
                        .text;
  EXPECT_NE(
      text.find("input a: 0 to 1, mean 0.6; 4 samples are 0 throughout: were they written?\n"),
      std::string::npos)
      << text;
}

TEST_F(Hdf5Gaps, SamplesThatAGeneratorHasNotWrittenYetAreNone) {
  {
    RawFile file(path("some.partial"));
    file.add_part("u", {4, 2}, {1, 2}, {0, 0}, {4, 2}, 0);  // all chunks have room already
    const Hdf5Handle root(H5Oopen(file.id(), "/", H5P_DEFAULT), H5Oclose);
    file.attribute(root, "generator", "burgers");
    file.attribute(root, "done", H5T_NATIVE_INT64, {3});
  }
  EXPECT_EQ(said("some.partial", "u"),
            "dataset \"u\" has no numbers at [3:4, 0:2]: banach generate wrote 3 of 4 samples; the "
            "same command resumes it" +
                tail);
}

}  // namespace
}  // namespace banach
