// SPDX-License-Identifier: Apache-2.0
#include "datasets/probe.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "banach/error.hpp"
#include "datasets/hdf5_file.hpp"
#include "datasets/probe_child.hpp"
#include "tests/datasets/layouts.hpp"
#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::Scratch;

using std::chrono::milliseconds;

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The error of a child that does this.
template <class Work>
DataError failure(Work work) {
  try {
    run_probe(
        "data.h5",
        [&](const std::filesystem::path&, ProbeReport& report) {
          report.next("dataset /u");
          work(report);
        },
        milliseconds(300));
  } catch (const DataError& error) {
    return error;
  }
  return DataError("no error");
}

TEST(Probe, AcceptsEveryLayout) {
  for (const auto& entry : std::filesystem::directory_iterator(layouts()))
    EXPECT_NO_THROW(probe_hdf5(entry.path())) << entry.path();
}

TEST(Probe, NamesTheObjectWhoseReadingCrashes) {
  const auto error = failure([](ProbeReport&) { std::abort(); });
  EXPECT_STREQ(error.what(),
               "data.h5: damaged: reading dataset /u crashes the HDF5 library (signal 6)");
  EXPECT_EQ(error.code(), Exit::bad_data);
}

TEST(Probe, NamesTheObjectWhoseReadingNeverEnds) {
  const auto error = failure([](ProbeReport&) {
    for (std::atomic<int> i{0};; ++i) continue;
  });
  EXPECT_STREQ(error.what(), "data.h5: damaged: reading dataset /u does not come to an end");
}

TEST(Probe, WaitsAsLongAsThereIsProgress) {
  const auto error = failure([](ProbeReport& report) {
    for (int i = 0; i < 8; ++i) {
      std::this_thread::sleep_for(milliseconds(100));
      report.next("more");
    }
    throw DataError("arrived", Exit::io);
  });
  EXPECT_STREQ(error.what(), "arrived");
  EXPECT_EQ(error.code(), Exit::io);
}

TEST(Probe, BoundsTheMemoryOfTheChild) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "this allocator ends the process instead";
#endif
  const auto error = failure([](ProbeReport&) { std::vector<char>(std::size_t{64} << 30)[1] = 1; });
  EXPECT_STREQ(error.what(),
               "data.h5: cannot read dataset /u: it asks for more memory than there can be");
}

TEST(Probe, RunsBesideThreadsThatUseTheLibrary) {
  const auto file = layouts() / "plain.h5";
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop) Hdf5Reader(file).read("a");
  });
  for (int i = 0; i < 50; ++i) EXPECT_NO_THROW(probe_hdf5_now(file, milliseconds(20000)));
  stop = true;
  other.join();
}

TEST(Probe, TellsWhatAFileIsThatIsNoHdf5) {
  const Scratch scratch;
  const auto said = [&](const std::string& bytes) -> std::string {
    write_bytes(scratch / "x", bytes);
    try {
      probe_hdf5(scratch / "x");
    } catch (const DataError& error) {
      EXPECT_EQ(error.code(), Exit::bad_data);
      return error.what();
    }
    return "";
  };
  const std::string name = (scratch / "x").string() + ": no HDF5 file but ";
  EXPECT_EQ(said("MATLAB 5.0 MAT-file, Platform: GLNXA64"),
            name + "a MATLAB 5 file; in MATLAB: save(..., '-v7.3')");
  EXPECT_EQ(said("CDF\x01"), name + "a classic netCDF file; convert it: nccopy -k nc4 OLD NEW");
  EXPECT_EQ(said("PK\x03\x04"),
            name + "a zip archive (.npz, .pt, ...); write its arrays with h5py");
  EXPECT_EQ(said(""), name + "something else");
}

TEST(Probe, TellsThatThereIsNoFile) {
  try {
    probe_hdf5("/nowhere/u.h5");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "/nowhere/u.h5: there is no such file");
    EXPECT_EQ(error.code(), Exit::no_input);
  }
}

TEST(Probe, LooksAgainAtAFileThatChanged) {
  const Scratch scratch;
  const auto file = scratch / "u.h5";
  std::filesystem::copy_file(layouts() / "plain.h5", file);
  probe_hdf5(file);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_THROW(probe_hdf5(file), DataError);
}

}  // namespace
}  // namespace banach
