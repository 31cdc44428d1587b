// SPDX-License-Identifier: Apache-2.0
// Files made with the HDF5 library itself, for what Hdf5Writer does not write.
#pragma once
#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/hdf5_handle.hpp"

namespace banach::testing {

using Extent = std::vector<hsize_t>;

class RawFile {
 public:
  /// `first_format`: as every version of the library reads it; chunks are then listed in other
  /// ways.
  explicit RawFile(const std::filesystem::path& path, bool first_format = false)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT,
                        first_format ? H5P_DEFAULT : latest().get()),
              H5Fclose) {}
  hid_t id() const { return file_.get(); }
  Hdf5Handle add(const std::string& name, const Extent& shape, hid_t file_type, hid_t memory_type,
                 const void* values, hid_t properties = H5P_DEFAULT) {
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                           H5Sclose);
    Hdf5Handle data(H5Dcreate2(file_.get(), name.c_str(), file_type, space.get(), H5P_DEFAULT,
                               properties, H5P_DEFAULT),
                    H5Dclose);
    EXPECT_TRUE(data.valid());
    if (values) {
      EXPECT_GE(H5Dwrite(data.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
    }
    return data;
  }
  Hdf5Handle add(const std::string& name, const Extent& shape, const std::vector<double>& values) {
    return add(name, shape, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, values.data());
  }
  /// A chunked dataset of which only a box has been written, with this number.
  void add_part(const std::string& name, const Extent& shape, const Extent& chunk,
                const Extent& start, const Extent& count, double value = 1) {
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
    const auto data =
        add(name, shape, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, nullptr, properties.get());
    const Hdf5Handle space(H5Dget_space(data.get()), H5Sclose);
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    const Hdf5Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                            H5Sclose);
    const auto numbers = static_cast<std::size_t>(H5Sget_select_npoints(space.get()));
    EXPECT_GE(H5Dwrite(data.get(), H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT,
                       std::vector<double>(numbers, value).data()),
              0);
  }
  void attribute(const Hdf5Handle& object, const std::string& name, hid_t file_type,
                 const std::vector<double>& values) {
    const hsize_t size = values.size();
    const Hdf5Handle space(size == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, nullptr),
                           H5Sclose);
    const Hdf5Handle id(
        H5Acreate2(object.get(), name.c_str(), file_type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    EXPECT_GE(H5Awrite(id.get(), H5T_NATIVE_DOUBLE, values.data()), 0);
  }
  /// A string of fixed length, as C programs write it, or of variable length, as Python does.
  void attribute(const Hdf5Handle& object, const std::string& name, const std::string& text,
                 bool fixed = false) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
    H5Tset_size(type.get(), fixed ? text.size() : H5T_VARIABLE);
    const Hdf5Handle id(
        H5Acreate2(object.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    const char* chars = text.c_str();
    EXPECT_GE(H5Awrite(id.get(), type.get(), fixed ? static_cast<const void*>(chars) : &chars), 0);
  }

 private:
  static Hdf5Handle latest() {  // virtual datasets need it
    Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    return access;
  }
  Hdf5Handle file_;
};

/// A virtual dataset while it is put together.
class VirtualDataset {
 public:
  explicit VirtualDataset(Extent shape, Extent most = {})
      : shape_(std::move(shape)),
        most_(most.empty() ? shape_ : std::move(most)),
        properties_(H5Pcreate(H5P_DATASET_CREATE), H5Pclose) {}
  /// Rows [first, first + count) are those of a whole source.
  void rows(hsize_t first, hsize_t count, const std::string& file, const std::string& dataset) {
    Extent own = shape_, start(shape_.size(), 0);
    own[0] = count;
    start[0] = first;
    const Hdf5Handle source(H5Screate_simple(static_cast<int>(own.size()), own.data(), nullptr),
                            H5Sclose);
    const auto where = space();
    H5Sselect_hyperslab(where.get(), H5S_SELECT_SET, start.data(), nullptr, own.data(), nullptr);
    map(where, source, file, dataset);
  }
  /// Blocks of so many rows without end, one behind the other, `stride` rows apart; a source for
  /// each (named with %b), or all from one.
  void blocks(hsize_t first, hsize_t rows, hsize_t stride, bool numbered, const std::string& file,
              const std::string& dataset) {
    Extent start(shape_.size(), 0), step(shape_.size(), 1), count(shape_.size(), 1), block = shape_;
    start[0] = first, step[0] = stride, count[0] = H5S_UNLIMITED, block[0] = rows;
    const auto where = space();
    H5Sselect_hyperslab(where.get(), H5S_SELECT_SET, start.data(), step.data(), count.data(),
                        block.data());
    Extent own = shape_, most = shape_;
    own[0] = rows, most[0] = numbered ? rows : H5S_UNLIMITED;
    const Hdf5Handle source(H5Screate_simple(static_cast<int>(own.size()), own.data(), most.data()),
                            H5Sclose);
    start[0] = 0, step[0] = rows;
    if (!numbered)
      H5Sselect_hyperslab(source.get(), H5S_SELECT_SET, start.data(), step.data(), count.data(),
                          block.data());
    map(where, source, file, dataset);
  }
  void add_to(RawFile& file, const std::string& name) const {
    const auto all = space();
    const Hdf5Handle data(H5Dcreate2(file.id(), name.c_str(), H5T_NATIVE_DOUBLE, all.get(),
                                     H5P_DEFAULT, properties_.get(), H5P_DEFAULT),
                          H5Dclose);
    EXPECT_TRUE(data.valid());
  }

 private:
  Hdf5Handle space() const {
    return {H5Screate_simple(static_cast<int>(shape_.size()), shape_.data(), most_.data()),
            H5Sclose};
  }
  void map(const Hdf5Handle& where, const Hdf5Handle& source, const std::string& file,
           const std::string& dataset) {
    EXPECT_GE(
        H5Pset_virtual(properties_.get(), where.get(), file.c_str(), dataset.c_str(), source.get()),
        0);
  }
  Extent shape_, most_;
  Hdf5Handle properties_;
};

}  // namespace banach::testing
