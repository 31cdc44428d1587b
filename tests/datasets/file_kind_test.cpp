// SPDX-License-Identifier: Apache-2.0
#include "datasets/file_kind.hpp"

#include <fstream>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using namespace std::string_literals;
using testing::error_of;
using testing::Scratch;

class FileKinds : public ::testing::Test {
 protected:
  std::string write(const std::string& bytes) const {
    std::ofstream(name(), std::ios::binary) << bytes;
    return name();
  }
  std::string name() const { return (scratch_ / "file.any").string(); }
  std::string refusal(const std::string& bytes) const {
    const auto [code, what] = error_of([&] { kind_of_file(write(bytes)); });
    EXPECT_EQ(code, 65) << bytes.substr(0, 16);
    const std::string front = name() + ": this is ";
    return what.substr(0, front.size()) == front ? what.substr(front.size()) : what;
  }
  Scratch scratch_;
};

const std::string signature = "\x89HDF\r\n\x1a\n";

TEST_F(FileKinds, Hdf5IsFoundBehindUserBlocks) {
  EXPECT_EQ(kind_of_file(write(signature + "rest")), FileKind::hdf5);
  for (const std::size_t block : {512u, 1024u, 2048u, 65536u})
    EXPECT_EQ(kind_of_file(write("MATLAB 7.3 MAT-file" + std::string(block - 19, ' ') + signature)),
              FileKind::hdf5)
        << block;
  EXPECT_EQ(kind_of_file(write(std::string(300, ' ') + signature)), FileKind::text);
}

TEST_F(FileKinds, WhatMayBeATableIsText) {
  EXPECT_EQ(kind_of_file(write("x,t\n1,2\n")), FileKind::text);
  EXPECT_EQ(kind_of_file(write("")), FileKind::text);
  EXPECT_EQ(kind_of_file(write("% x y\n1 2\n")), FileKind::text);
}

TEST_F(FileKinds, OtherFormatsAreRefusedByName) {
  EXPECT_EQ(refusal("MATLAB 5.0 MAT-file"), "a MATLAB 5 file; in MATLAB: save(..., '-v7.3')");
  EXPECT_EQ(refusal("CDF\x02"), "a classic netCDF file; convert it: nccopy -k nc4 OLD NEW");
  EXPECT_EQ(refusal("PK\x03\x04"s + std::string(26, 'x') + "arr_0.npy"),
            "a zip archive (.npz, .pt, ...); write its arrays with h5py");
  EXPECT_EQ(refusal("PK\x03\x04"s + std::string(26, 'x') + "[Content_Types].xml"),
            "a spreadsheet (.xlsx); save it as CSV");
  EXPECT_EQ(refusal("\x93NUMPY\x01"), "a numpy array; write it with h5py");
  EXPECT_EQ(refusal("\x1f\x8b\x08"), "a compressed file; unpack it");
  EXPECT_EQ(refusal("PAR1"), "a table of Arrow or Parquet; pandas writes it as CSV");
  EXPECT_EQ(refusal("<?xml version=\"1.0\"?>"), "XML; name the .h5 file that it describes");
  EXPECT_EQ(refusal("<!DOCTYPE html>"), "a web page: the download went wrong");
  EXPECT_EQ(refusal("{\"x\": [1]}"), "JSON; write it as CSV or HDF5");
  EXPECT_EQ(refusal("# vtk DataFile Version 3.0\n"),
            "a legacy VTK file; ParaView saves its points as CSV");
  EXPECT_EQ(refusal("version https://git-lfs.github.com/spec/v1\n"),
            "a pointer of Git LFS; fetch the file itself: git lfs pull");
  EXPECT_EQ(refusal("1,2\n\0\0\0\0\x01"s), "binary data of an unknown format");
}

}  // namespace
}  // namespace banach
