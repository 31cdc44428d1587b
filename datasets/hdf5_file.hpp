// SPDX-License-Identifier: Apache-2.0
// HDF5 files, read and written. The HDF5 library stays behind these two classes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

using Shape = std::vector<std::int64_t>;

/// A new HDF5 file, there as a whole after commit() or not at all. Datasets are named by path
/// ("exact/u"; groups come by themselves). Every failure is a DataError (Exit::io) that names file
/// and dataset. T is double, float or std::int64_t.
class BANACH_API Hdf5Writer {
 public:
  /// DataError (Exit::cannot_create) when the folder is missing or cannot be written.
  explicit Hdf5Writer(const std::filesystem::path& path);
  ~Hdf5Writer();

  /// A dataset of this shape, to be filled by write().
  template <class T>
  void create(const std::string& dataset, const Shape& shape);
  /// Fills `count` elements from the row-major position `first` on.
  template <class T>
  void write(const std::string& dataset, std::int64_t first, std::int64_t count, const T* values);
  /// create() and write() in one.
  template <class T>
  void add(const std::string& dataset, const Shape& shape, const std::vector<T>& values);

  /// An attribute of a dataset or group; "/" is the file itself.
  void attribute(const std::string& object, const std::string& name, const std::string& value);
  void attribute(const std::string& object, const std::string& name, double value);
  void attribute(const std::string& object, const std::string& name, std::int64_t value);

  /// The 1-D dataset `scale` holds the coordinates along one axis of `dataset` (a dimension scale).
  void attach(const std::string& dataset, int axis, const std::string& scale);
  /// A dimension scale without coordinates, only a name and a size.
  void dimension(const std::string& name, std::int64_t size);

  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// An HDF5 file, read only and without file locks. DataError (Exit::no_input when there is no file,
/// else Exit::bad_data) names file, dataset and the library's reason.
class BANACH_API Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::filesystem::path& path);
  ~Hdf5Reader();

  Shape shape(const std::string& dataset) const;
  /// All numbers of a dataset, row major; refuses more than `limit` of them before any allocation.
  std::vector<double> read(const std::string& dataset, std::int64_t limit = 1 << 30) const;
  /// Names in a group, sorted.
  std::vector<std::string> members(const std::string& group = "/") const;
  bool has_attribute(const std::string& object, const std::string& name) const;
  std::string text(const std::string& object, const std::string& attribute) const;
  double number(const std::string& object, const std::string& attribute) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace banach
