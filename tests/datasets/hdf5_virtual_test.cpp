// SPDX-License-Identifier: Apache-2.0
// Virtual datasets whose sources are not what they were.
#include <cstdlib>

#include "datasets/data_sources.hpp"
#include "tests/datasets/dataset_files.hpp"
#include "tests/datasets/raw_file.hpp"

namespace banach {
namespace {

using namespace testing;

class Hdf5Virtual : public MappedFiles {
 protected:
  /// What reading everything says, without the file in front.
  std::string said(const std::string& file, const std::string& dataset) const {
    const auto [code, text] = error_of([&] { Hdf5Reader(path(file)).read(dataset); });
    const auto head = path(file) + ": ";
    return text.rfind(head, 0) == 0 && code == 65 ? text.substr(head.size()) : text;
  }
  /// Three sources of 4 rows of 2 numbers each: part_0.h5, part_1.h5, part_2.h5.
  void parts(const std::string& dataset = "a") const {
    for (int i = 0; i < 3; ++i)
      RawFile(path("part_" + std::to_string(i) + ".h5")).add(dataset, {4, 2}, Numbers(8, i + 1.0));
  }
  void joint(const std::string& file, const std::string& name = "part_") const {
    VirtualDataset all({12, 2});
    for (hsize_t i = 0; i < 3; ++i) all.rows(4 * i, 4, name + std::to_string(i) + ".h5", "a");
    RawFile out(path(file));
    all.add_to(out, "a");
  }
};

const std::string tail = "; complete the file, or choose a part that is there";

TEST_F(Hdf5Virtual, SourcesAreFilesOfTheDataThemselves) {
  parts();
  joint("all.h5");
  std::vector<std::filesystem::path> wanted{path("all.h5")};
  for (int i = 0; i < 3; ++i) wanted.push_back(path("part_" + std::to_string(i) + ".h5"));
  auto found = with_sources({path("all.h5"), path("part_0.h5")});
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, wanted);
  EXPECT_EQ(with_sources({path("gone.h5")}).size(), 1u);
}

TEST_F(Hdf5Virtual, SourcesThatAreMissingCutEmptyOrRenamedAreNamed) {
  parts();
  joint("all.h5");
  EXPECT_EQ(said("all.h5", "a"), "");
  EXPECT_EQ(Hdf5Reader(path("all.h5")).read("a")[23], 3);
  const auto refused = [&](const std::string& why) {
    EXPECT_EQ(said("all.h5", "a"),
              "dataset \"a\" has no numbers at [4:8, 0:2]: they come from "
              "\"a\" in part_1.h5" +
                  why + tail);
  };
  const std::filesystem::path part = path("part_1.h5");
  std::filesystem::resize_file(part, std::filesystem::file_size(part) / 2);
  const auto text = said("all.h5", "a");
  EXPECT_NE(text.find("they come from \"a\" in part_1.h5: cannot open: truncated file"),
            std::string::npos)
      << text;
  std::filesystem::resize_file(part, 0);
  refused(": cannot open: file signature not found");
  std::filesystem::remove(part);
  refused(": there is no such file");
  RawFile(part).add("tasks", {4, 2}, Numbers(8, 2));
  refused(": no dataset \"a\"; the file holds: tasks");
  RawFile(part).add("a", {3, 2}, Numbers(6, 2));
  refused(": it has the shape (3, 2), which is not what was mapped: 8 numbers");
  const Hdf5Reader file(path("all.h5"));
  std::vector<double> first(8);
  file.read_slab("a", {{0, 0}, {4, 2}, {}}, first.data());  // what is there can be read
  EXPECT_EQ(first, Numbers(8, 1));
}

TEST_F(Hdf5Virtual, RowsThatNoSourceCoversAreRefused) {
  parts();
  VirtualDataset all({12, 2});
  all.rows(0, 4, "part_0.h5", "a");
  all.rows(8, 4, "part_2.h5", "a");
  {
    RawFile file(path("gap.h5"));
    all.add_to(file, "a");
  }
  EXPECT_EQ(said("gap.h5", "a"),
            "dataset \"a\" has no numbers at [4:8, 0:2]: no source of the virtual dataset covers "
            "them" +
                tail);
}

TEST_F(Hdf5Virtual, SourcesOfSourcesAreFollowed) {
  parts();
  joint("inner.h5");
  VirtualDataset all({12, 2});
  all.rows(0, 12, "inner.h5", "a");
  {
    RawFile file(path("outer.h5"));
    all.add_to(file, "a");
  }
  EXPECT_EQ(said("outer.h5", "a"), "");
  std::filesystem::remove(path("part_1.h5"));
  EXPECT_EQ(
      said("outer.h5", "a"),
      "dataset \"a\" has no numbers at [4:8, 0:2]: they come from \"a\" in inner.h5, where they "
      "come from \"a\" in part_1.h5: there is no such file" +
          tail);
  {
    RawFile file(path("part_1.h5"));
    file.add_part("a", {4, 2}, {1, 2}, {0, 0}, {3, 2});  // a chunk of a source is missing
  }
  EXPECT_EQ(
      said("outer.h5", "a"),
      "dataset \"a\" has no numbers at [7:8, 0:2]: they come from \"a\" in inner.h5, where they "
      "come from \"a\" in part_1.h5, where 1 of 4 chunks were never written" +
          tail);
}

TEST_F(Hdf5Virtual, ADatasetThatLeadsBackToItselfIsRefused) {
  VirtualDataset loop({4, 2});
  loop.rows(0, 4, ".", "b");
  VirtualDataset back({4, 2});
  back.rows(0, 4, ".", "a");
  {
    RawFile file(path("loop.h5"));
    loop.add_to(file, "a");
    back.add_to(file, "b");
    file.add("c", {4, 2}, Numbers(8, 5));
    VirtualDataset own({4, 2});
    own.rows(0, 4, ".", "c");
    own.add_to(file, "d");
  }
  const auto text = said("loop.h5", "a");
  EXPECT_NE(text.find("virtual dataset \"a\" leads back to itself"), std::string::npos) << text;
  EXPECT_EQ(Hdf5Reader(path("loop.h5")).read("d"), Numbers(8, 5));
}

TEST_F(Hdf5Virtual, NumberedSourcesAreCounted) {
  parts();
  VirtualDataset all({12, 2}, {H5S_UNLIMITED, 2});
  all.blocks(0, 4, 4, true, "part_%b.h5", "a");
  {
    RawFile file(path("numbered.h5"));
    all.add_to(file, "a");
  }
  EXPECT_EQ(Hdf5Reader(path("numbered.h5")).read("a").size(), 24u);
  std::filesystem::remove(path("part_2.h5"));  // the library counts two then
  EXPECT_EQ(Hdf5Reader(path("numbered.h5")).read("a").size(), 16u);
  parts();
  RawFile(path("part_1.h5")).add("a", {2, 2}, Numbers(4, 2));
  const auto text = said("numbered.h5", "a");
  EXPECT_NE(text.find("has no numbers at [4:8, 0:2]: they come from \"a\" in part_1.h5"),
            std::string::npos)
      << text;
}

TEST_F(Hdf5Virtual, SourcesWithoutEndThatAreShorterThanOthersLeaveGaps) {
  // Rows 0, 2, 4 ... from one source, rows 1, 3, 5 ... from another, which stopped early.
  const auto source = [&](const std::string& name, hsize_t rows) {
    RawFile file(path(name));
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[] = {1, 2}, extent[] = {rows, 2}, most[] = {H5S_UNLIMITED, 2};
    H5Pset_chunk(properties.get(), 2, chunk);
    const Hdf5Handle space(H5Screate_simple(2, extent, most), H5Sclose);
    const Hdf5Handle data(H5Dcreate2(file.id(), "a", H5T_NATIVE_DOUBLE, space.get(), H5P_DEFAULT,
                                     properties.get(), H5P_DEFAULT),
                          H5Dclose);
    const Numbers ones(2 * rows, 1);
    H5Dwrite(data.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, ones.data());
  };
  source("even.h5", 3), source("odd.h5", 3);
  VirtualDataset all({1, 2}, {H5S_UNLIMITED, 2});
  all.blocks(0, 1, 2, false, "even.h5", "a");
  all.blocks(1, 1, 2, false, "odd.h5", "a");
  {
    RawFile file(path("both.h5"));
    all.add_to(file, "a");
  }
  EXPECT_EQ(Hdf5Reader(path("both.h5")).read("a"), Numbers(12, 1));
  source("odd.h5", 1);
  EXPECT_EQ(said("both.h5", "a"),
            "dataset \"a\" has no numbers at [3:4, 0:2]: no source of the virtual dataset covers "
            "them" +
                tail);
}

TEST_F(Hdf5Virtual, SourcesAreLookedForBesideTheFileAlone) {
  parts();
  joint("all.h5");
  ::setenv("HDF5_VDS_PREFIX", "/elsewhere", 1);
  EXPECT_EQ(said("all.h5", "a"),
            "dataset \"a\" takes numbers from other files, and HDF5_VDS_PREFIX is set; unset it: "
            "they are looked for beside this file alone");
  ::unsetenv("HDF5_VDS_PREFIX");
  RawFile(path("part_1.h5"));
  {
    const Hdf5Handle file(H5Fopen(path("part_1.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    H5Lcreate_external("part_0.h5", "/a", file.get(), "a", H5P_DEFAULT, H5P_DEFAULT);
  }
  const auto text = said("all.h5", "a");
  EXPECT_NE(text.find("they come from \"a\" in part_1.h5: \"a\" is in another file"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace banach
