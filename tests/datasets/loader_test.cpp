// SPDX-License-Identifier: Apache-2.0
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>

#include "datasets/hdf5_handle.hpp"
#include "tests/datasets/dataset_files.hpp"

namespace banach {
namespace {

using namespace testing;

using Order = std::vector<std::vector<std::int64_t>>;

/// Files large enough for several groups of blocks: 40 MB of a and 10 MB of u.
class LoaderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = new Scratch;
    Hdf5Writer file(*scratch_ / "big.h5");
    file.create<float>("a", {rows, width});
    file.create<float>("u", {rows, 512});
    for (std::int64_t row = 0; row < rows; ++row) {
      std::vector<float> line(width);
      for (std::size_t j = 0; j < line.size(); ++j)
        line[j] = static_cast<float>(row) + static_cast<float>(j) / 4096;
      file.write<float>("a", row * width, width, line.data());
      file.write<float>("u", row * 512, 512, line.data());
    }
    file.commit();
  }
  static void TearDownTestSuite() { delete scratch_; }

  static std::shared_ptr<const Dataset> open(const std::string& budget,
                                             const std::string& more = "") {
    return Dataset::open(dataset_of("files = '" + (*scratch_ / "big.h5").string() +
                                    "'\ninputs.a = { path = 'a', axes = 'sample x' }\n"
                                    "outputs.u = { path = 'u', axes = 'sample y' }\n"
                                    "coords = { x = { linspace = [0.0, 1.0] }, y = { linspace = "
                                    "[0.0, 1.0] } }\nmemory_budget = " +
                                    budget + "\n" + more));
  }
  static Order order(Loader& loader, std::int64_t first, std::int64_t count) {
    Order out;
    for (std::int64_t k = first; k < first + count; ++k) out.push_back(loader.batch(k).samples);
    return out;
  }

  static constexpr std::int64_t rows = 5000, width = 2048;
  static Scratch* scratch_;
};
Scratch* LoaderTest::scratch_ = nullptr;

TEST_F(LoaderTest, MemoryAndStreamingGiveTheSameBatches) {
  const auto whole = open("1.5"), streamed = open("1e-9");
  EXPECT_TRUE(whole->plan().at(0).in_memory);
  EXPECT_FALSE(streamed->plan().at(0).in_memory);
  Loader a(whole, Split::train, 300, 7, NumberType::float32);
  Loader b(streamed, Split::train, 300, 7, NumberType::float32);
  ASSERT_EQ(a.batches(), 14);
  for (std::int64_t k = 0; k < 2 * a.batches(); ++k) {
    const auto &x = a.batch(k), &y = b.batch(k);
    ASSERT_EQ(x.samples, y.samples) << k;
    for (std::size_t v = 0; v < 2; ++v) ASSERT_EQ(x.arrays[v].bytes, y.arrays[v].bytes) << k;
  }
}

TEST_F(LoaderTest, BatchesHoldTheNumbersOfTheirSamples) {
  const auto data = open("1e-9");
  Loader loader(data, Split::validation, 64, 1, NumberType::float64);
  const auto batch = loader.batch(0);
  const auto straight = data->read(Split::validation, batch.samples, NumberType::float64);
  for (std::size_t v = 0; v < 2; ++v) EXPECT_EQ(batch.arrays[v].bytes, straight[v].bytes);
  for (std::size_t i = 0; i < 64; ++i)
    EXPECT_EQ(
        data->origin(Split::validation, batch.samples[i]),
        "big.h5: sample " + std::to_string(std::lround(numbers_of(batch.arrays[0])[i * width])));
}

TEST_F(LoaderTest, EveryEpochHoldsEverySampleOnceInAnOrderOfItsOwn) {
  Loader loader(open("1e-9"), Split::train, 128, 3, NumberType::float32);
  const auto count = loader.batches();
  std::vector<Order> epochs{order(loader, 0, count), order(loader, count, count)};
  for (const auto& epoch : epochs) {
    std::set<std::int64_t> seen;
    for (const auto& batch : epoch) seen.insert(batch.begin(), batch.end());
    EXPECT_EQ(seen.size(), 4000u);
  }
  EXPECT_NE(epochs[0], epochs[1]);
  Loader other(open("1e-9"), Split::train, 128, 4, NumberType::float32);
  EXPECT_NE(order(other, 0, count), epochs[0]);
}

TEST_F(LoaderTest, ABatchDoesNotDependOnWhatWasAskedBefore) {
  Loader straight(open("1e-9"), Split::train, 100, 9, NumberType::float32);
  const auto expected = order(straight, 0, 90);
  for (const auto first : {35, 70, 3, 41}) {
    Loader later(open("1e-9"), Split::train, 100, 9, NumberType::float32);
    EXPECT_EQ(later.batch(first).samples, expected[static_cast<std::size_t>(first)]);
    EXPECT_EQ(later.batch(first + 1).samples, expected[static_cast<std::size_t>(first) + 1]);
    EXPECT_EQ(straight.batch(first).samples, expected[static_cast<std::size_t>(first)]);
  }
}

TEST_F(LoaderTest, SamplesOfABatchComeFromAllOverTheFile) {
  Loader loader(open("1e-9"), Split::train, 200, 5, NumberType::float32);
  const auto batch = loader.batch(1).samples;
  const auto [low, high] = std::minmax_element(batch.begin(), batch.end());
  EXPECT_GT(*high - *low, 3000);
  int neighbours = 0;
  for (std::size_t i = 1; i < batch.size(); ++i)
    neighbours += std::abs(batch[i] - batch[i - 1]) == 1;
  EXPECT_LT(neighbours, 20);
}

/// [count, 16, 16] in chunks of 50 samples and parts of them, compressed.
void write_chunks(const std::string& path, hsize_t count) {
  const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  const hsize_t shape[] = {count, 16, 16}, chunk[] = {50, 8, 16};
  const Hdf5Handle space(H5Screate_simple(3, shape, nullptr), H5Sclose);
  const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(properties.get(), 3, chunk);
  H5Pset_deflate(properties.get(), 1);
  const Hdf5Handle data(H5Dcreate2(file.get(), "u", H5T_NATIVE_DOUBLE, space.get(), H5P_DEFAULT,
                                   properties.get(), H5P_DEFAULT),
                        H5Dclose);
  const auto numbers = coded(static_cast<std::int64_t>(count), 256);
  H5Dwrite(data.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data());
}

TEST(Loader, RowsOfChunksAreReadWholeAndTakenApart) {
  const Scratch scratch;
  const auto path = (scratch / "chunks.h5").string();
  write_chunks(path, 3000);
  const auto data = Dataset::open(dataset_of(
      "files = '" + path +
      "'\ninputs.u = { path = 'u', axes = 'sample x y' }\noutputs.v = { path = 'u', axes = 'sample "
      "x y', select = { x = 3 } }\ncoords = { x = { linspace = [0.0, 1.0] }, y = { linspace = "
      "[0.0, "
      "1.0] } }\nsubsample = { y = 2 }\nmemory_budget = 1e-9"));
  EXPECT_NE(data->plan().at(0).reason.find("50 trajectories share a row"), std::string::npos);
  for (const auto split : {Split::train, Split::validation, Split::test}) {
    Loader loader(data, split, 70, 2, NumberType::float64);
    for (std::int64_t k = 0; k < loader.batches(); ++k) {
      const auto& batch = loader.batch(k);
      const auto u = numbers_of(batch.arrays[0]), v = numbers_of(batch.arrays[1]);
      for (std::size_t i = 0; i < batch.samples.size(); ++i) {
        const auto origin = data->origin(split, batch.samples[i]);
        const double first = 1000 * std::stod(origin.substr(origin.rfind(' ')));
        ASSERT_EQ(u[i * 128], first);
        ASSERT_EQ(u[i * 128 + 127], first + 254);
        ASSERT_EQ(v[i * 8 + 1], first + 3 * 16 + 2);
      }
    }
  }
}

TEST(Loader, AFileThatShrinksWhileItIsReadIsNamed) {
  const Scratch scratch;
  const auto path = (scratch / "u.h5").string();
  {
    Hdf5Writer file(path);
    file.add<double>("u", {1000, 512}, coded(1000, 512));
    file.commit();
  }
  const auto data =
      Dataset::open(dataset_of("files = '" + path +
                               "'\ninputs.u = { path = 'u', axes = 'sample x' }\noutputs.u = { "
                               "path = 'u', axes = 'sample x' "
                               "}\ncoords.x = { linspace = [0.0, 1.0] }\nmemory_budget = 1e-9"));
  std::filesystem::resize_file(path, 100000);
  Loader loader(data, Split::train, 10, 0, NumberType::float32);
  EXPECT_EQ(error_of([&] { loader.batch(0); }),
            std::pair(65, path + ": the file has changed since it was opened"));
  std::filesystem::remove(path);
  EXPECT_EQ(error_of([&] { loader.batch(0); }),
            std::pair(66, path + ": the file is gone: No such file or directory"));
}

TEST(NumberTypes, ExactOnesKeepWhatTheFilesHold) {
  const Scratch folder;
  Hdf5Writer file(folder / "types.h5");
  file.add<float>("single", {2, 2}, {0.1F, 0.2F, 0.3F, 0.4F});
  file.add<double>("wide", {2, 2}, {0.1, 0.2, 101325.01, 101324.99});
  file.commit();
  const auto data = Dataset::open(dataset_of(
      "files = '" + (folder / "types.h5").string() +
      "'\ninputs.s = { path = 'single', axes = 'sample x' }\n"
      "inputs.scaled = { path = 'single', axes = 'sample x', scale = 3.0 }\n"
      "outputs.w = { path = 'wide', axes = 'sample x' }\ncoords.x = { linspace = [0.0, 1.0] }\n"
      "split = { train = '0:2', validation = '0:0', test = '0:0' }"));
  Loader loader(data, Split::train, 2, 1, NumberType::exact);
  const DataBatch& batch = loader.batch(0);
  EXPECT_EQ(batch.arrays[0].type, NumberType::float32);
  EXPECT_EQ(batch.arrays[1].type, NumberType::float64);
  EXPECT_EQ(batch.arrays[2].type, NumberType::float64);
  const auto read = data->read(Split::train, batch.samples, NumberType::exact);
  for (std::size_t v = 0; v < 3; ++v) EXPECT_EQ(read[v].bytes, batch.arrays[v].bytes);
  const auto* wide = reinterpret_cast<const double*>(read[2].bytes.data());
  EXPECT_EQ(wide[batch.samples[0] == 1 ? 0 : 2], 101325.01);
  EXPECT_EQ(data->rounding(0), std::numeric_limits<float>::epsilon());
  EXPECT_EQ(data->rounding(2), std::numeric_limits<double>::epsilon());
}

}  // namespace
}  // namespace banach
