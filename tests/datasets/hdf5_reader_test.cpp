// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "datasets/hdf5_file.hpp"
#include "tests/datasets/raw_file.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::RawFile;
using testing::Scratch;
using Numbers = std::vector<double>;

TEST(Hdf5Reader, EveryKindOfNumberIsConverted) {
  const Scratch scratch;
  const auto path = scratch / "types.h5";
  {
    RawFile file(path);
    const Numbers numbers{1, -2, 3};
    file.add("big", {3}, H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE, numbers.data());
    file.add("byte", {3}, H5T_STD_I8LE, H5T_NATIVE_DOUBLE, numbers.data());
    const Hdf5Handle half(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
    H5Tset_fields(half.get(), 15, 10, 5, 0, 10);
    H5Tset_size(half.get(), 2);
    H5Tset_ebias(half.get(), 15);
    file.add("half", {3}, half.get(), H5T_NATIVE_DOUBLE, numbers.data());
    const Hdf5Handle truth(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
    const std::int8_t no = 0, yes = 1, flags[] = {1, 0, 1};
    H5Tenum_insert(truth.get(), "FALSE", &no);
    H5Tenum_insert(truth.get(), "TRUE", &yes);
    file.add("flags", {3}, truth.get(), truth.get(), flags);
    const Hdf5Handle complex(H5Tcreate(H5T_COMPOUND, 16), H5Tclose);
    H5Tinsert(complex.get(), "r", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(complex.get(), "i", 8, H5T_NATIVE_DOUBLE);
    const Numbers pairs{1, 2, 3, 4};
    file.add("z", {2}, complex.get(), complex.get(), pairs.data());
  }
  const Hdf5Reader file(path);
  for (const auto* name : {"big", "byte", "half"}) EXPECT_EQ(file.read(name), (Numbers{1, -2, 3}));
  EXPECT_EQ(file.describe("big").byte_order, "big-endian");
  EXPECT_EQ(file.describe("half").type, "float16");
  EXPECT_EQ(file.read("flags"), (Numbers{1, 0, 1}));
  EXPECT_EQ(file.describe("flags").type, "bool");
  EXPECT_EQ(file.read("z"), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(file.describe("z").type, "complex128");
  float single[4];
  file.read_slab("z", {{1}, {1}, {}}, single);
  EXPECT_EQ(single[0], 3);
  EXPECT_EQ(single[1], 4);
}

TEST(Hdf5Reader, ReadsBoxesWithStridesFromLzfChunks) {
  const Scratch scratch;
  const auto path = scratch / "packed.h5";
  std::vector<float> numbers(64 * 32);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i / 7);
  {
    const Hdf5Call call;  // registers the filter
    RawFile file(path);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[] = {16, 32};
    H5Pset_chunk(properties.get(), 2, chunk);
    H5Pset_shuffle(properties.get());
    ASSERT_GE(H5Pset_filter(properties.get(), 32000, H5Z_FLAG_OPTIONAL, 0, nullptr), 0);
    file.add("u", {64, 32}, H5T_NATIVE_FLOAT, H5T_NATIVE_FLOAT, numbers.data(), properties.get());
  }
  const Hdf5Reader file(path);
  const auto info = file.describe("u");
  EXPECT_EQ(info.layout(), "chunks (16, 32), shuffle + lzf");
  EXPECT_LT(info.stored_bytes, 64 * 32 * 4 / 2);
  EXPECT_EQ(file.read("u"), Numbers(numbers.begin(), numbers.end()));
  file.chunk_cache("u", 1 << 20);
  std::vector<float> box(3 * 4);
  file.read_slab("u", {{10, 3}, {3, 4}, {20, 2}}, box.data());
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      EXPECT_EQ(box[i * 4 + j], numbers[(10 + 20 * i) * 32 + 3 + 2 * j]);
}

TEST(Hdf5Reader, FollowsNothingOutOfTheFile) {
  const Scratch scratch;
  const auto path = scratch / "links.h5";
  const double one = 1;
  { RawFile(scratch / "other.h5").add("u", {1}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, &one); }
  {
    RawFile file(path);
    H5Lcreate_external((scratch / "other.h5").c_str(), "/u", file.id(), "away", H5P_DEFAULT,
                       H5P_DEFAULT);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_external(properties.get(), "/etc/passwd", 0, 8);
    file.add("raw", {1}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr, properties.get());
    const Hdf5Handle above(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t size = 1;
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    H5Pset_virtual(above.get(), space.get(), "../other.h5", "u", space.get());
    file.add("virtual", {1}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr, above.get());
  }
  const Hdf5Reader file(path);
  EXPECT_EQ(error_of([&] { file.read("away"); }),
            std::pair(65, path.string() + ": \"away\" is in another file, " +
                              (scratch / "other.h5").string() +
                              ": links into other files are not followed; h5copy brings it here"));
  EXPECT_EQ(error_of([&] { file.read("raw"); }),
            std::pair(65, path.string() +
                              ": dataset \"raw\" keeps its numbers in other files, which are not "
                              "opened; h5repack writes them into one file"));
  EXPECT_EQ(error_of([&] { file.read("virtual"); }),
            std::pair(65, path.string() +
                              ": dataset \"virtual\" takes numbers from ../other.h5, outside the "
                              "folder of the file; h5repack writes them into one file"));
}

TEST(Hdf5Reader, MissingFilterNamesItsPackage) {
  const Scratch scratch;
  const auto path = scratch / "blosc.h5";
  {
    RawFile file(path);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk = 2;
    H5Pset_chunk(properties.get(), 1, &chunk);
    H5Pset_filter(properties.get(), 32001, H5Z_FLAG_OPTIONAL, 0, nullptr);
    file.add("u", {4}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr, properties.get());
  }
  EXPECT_EQ(
      error_of([&] { Hdf5Reader(path).read("u"); }),
      std::pair(65, path.string() +
                        ": dataset \"u\" is compressed with blosc (filter 32001), which is not "
                        "built in, and filters are not loaded from elsewhere; convert the file "
                        "once: apt install hdf5-tools hdf5-filter-plugin-blosc-serial; "
                        "h5repack -f GZIP=4 OLD NEW"));
}

TEST(Hdf5Reader, ClaimedSizesAreNotAllocated) {
  const Scratch scratch;
  const auto path = scratch / "huge.h5";
  {
    RawFile file(path);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_LATE);
    file.add("u", {hsize_t{1} << 40}, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr,
             properties.get());
  }
  EXPECT_EQ(
      error_of([&] { Hdf5Reader(path).read("u"); }).second,
      path.string() +
          ": dataset \"u\" of shape [1099511627776] has only 0 bytes in the file: it was never "
          "written, or is damaged");
  {
    Hdf5Writer file(path);
    file.add<double>("u", {3, 2}, std::vector<double>(6));
    file.commit();
  }
  EXPECT_EQ(
      error_of([&] { Hdf5Reader(path).read("u", 5); }).second,
      path.string() + ": dataset \"u\" of shape [3, 2] is larger than the limit of 5 numbers");
}

TEST(Hdf5Reader, WalksTheTreeOnceThoughGroupsHaveTwoNames) {
  const Scratch scratch;
  const auto path = scratch / "tree.h5";
  {
    Hdf5Writer file(path);
    file.add<double>("a/x", {2}, {0, 1});
    file.add<float>("a/b/u", {3, 2}, std::vector<float>(6));
    file.attach("a/b/u", 1, "a/x");
    file.attribute("a/b/u", "unit", "m/s");
    file.attribute("/", "beta", 0.4);
    file.commit();
    const Hdf5Handle id(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    H5Lcreate_hard(id.get(), "a", id.get(), "a/b/again", H5P_DEFAULT, H5P_DEFAULT);
  }
  const Hdf5Reader file(path);
  std::vector<std::string> paths;
  for (const auto& object : file.walk()) paths.push_back(object.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"a", "a/b", "a/b/again", "a/b/u", "a/x"}));
  EXPECT_EQ(file.walk().at(3).dataset.shape, (Shape{3, 2}));
  const auto dimensions = file.dimensions("a/b/u");
  EXPECT_EQ(dimensions.at(1).label, "a/x");
  EXPECT_EQ(dimensions.at(1).scales, (std::vector<std::string>{"a/x"}));
  EXPECT_TRUE(dimensions.at(0).scales.empty());
  EXPECT_EQ(file.attribute("a/b/u", "unit").text(), "\"m/s\"");
  EXPECT_EQ(file.attribute("/", "beta").text(), "0.4");
  EXPECT_EQ(error_of([&] { file.walk("/", 2); }),
            std::pair(65, path.string() + ": more than 2 objects"));
}

TEST(Hdf5Reader, MissingDatasetNamesWhatItsGroupHolds) {
  const Scratch scratch;
  const auto path = scratch / "small.h5";
  {
    Hdf5Writer file(path);
    file.add<double>("deep/velocity", {2}, {0, 1});
    file.commit();
  }
  const Hdf5Reader file(path);
  EXPECT_EQ(error_of([&] { file.shape("deep/velocty"); }).second,
            path.string() +
                ": no dataset \"deep/velocty\"; did you mean \"velocity\"?; deep holds: velocity");
  EXPECT_EQ(error_of([&] { file.shape("flat/u"); }).second,
            path.string() + ": no dataset \"flat/u\": there is no group \"flat\"");
  EXPECT_EQ(error_of([&] { file.shape("deep"); }).second,
            path.string() + ": \"deep\" is a group, no dataset");
}

}  // namespace
}  // namespace banach
