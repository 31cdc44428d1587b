// SPDX-License-Identifier: Apache-2.0
// HDF5 files, read and written. The HDF5 library stays behind these two classes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
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

/// A box of a dataset: count[i] elements from start[i] on, stride[i] apart.
struct Hdf5Slab {
  Shape start, count, stride;  // stride empty: 1 everywhere
  std::int64_t size() const;
};

/// A filter of a chunked dataset; `package` is the Debian package that brings a missing one.
struct Hdf5Filter {
  int id = 0;
  std::string name, package;
  bool available = false;
};

/// What a dataset is, without its numbers.
struct BANACH_API Hdf5DatasetInfo {
  std::string path;
  Shape shape;
  std::string type;             // "float32", "int16", "bool", "complex128", "text", "compound", ...
  std::string byte_order;       // "" or "big-endian"
  bool numeric = false;         // read() and read_slab() accept it
  int components = 1;           // 2 for complex numbers: real and imaginary part
  std::int64_t item_bytes = 0;  // of one element in the file
  std::string storage;          // "contiguous", "chunked", "compact", "virtual", "external"
  std::int64_t stored_bytes = 0;
  Shape chunks;  // empty unless chunked
  std::vector<Hdf5Filter> filters;
  std::int64_t elements() const;  // -1 where the product overflows
  /// "contiguous", "chunks (13, 16, 32, 1), shuffle + lzf"
  std::string layout() const;
};

/// A box of a dataset whose numbers the file does not have.
struct Hdf5Gap {
  Shape start, count;
  std::string why;  // "2 of 24 chunks were never written"
};

/// An attribute with its values; both lists are empty for types that are neither.
struct BANACH_API Hdf5Attribute {
  std::string name, type;
  Shape shape;  // empty: a single value
  std::vector<double> numbers;
  std::vector<std::string> texts;
  /// One line: "0.4", "[1, 2, 3]", "\"float\"".
  std::string text() const;
};

/// A group or dataset met by walk(), or a link that is not followed.
struct Hdf5Object {
  std::string path;  // "Function/u/0", without a slash in front; "" is the file itself
  bool group = true;
  Hdf5DatasetInfo dataset;  // of a dataset
  std::vector<Hdf5Attribute> attributes;
  std::string refused;  // of a link: "link into another file"
};

/// What one axis of a dataset is called and the 1-D datasets with its coordinates.
struct Hdf5Dimension {
  std::string label;
  std::vector<std::string> scales;
};

/// An HDF5 file, read only and without file locks. Nothing outside the file is followed or loaded:
/// links into other files, raw data in other files and filters from plugin folders are refused;
/// LZF is built in. DataError (Exit::no_input when there is no file, else Exit::bad_data) names
/// file, dataset and the library's reason. Calls from several threads take turns.
class BANACH_API Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::filesystem::path& path);
  ~Hdf5Reader();

  const std::filesystem::path& path() const;
  Shape shape(const std::string& dataset) const;
  /// All numbers of a dataset, row major; refuses more than `limit` of them before any allocation,
  /// and datasets that have gaps.
  std::vector<double> read(const std::string& dataset, std::int64_t limit = 1 << 30) const;
  /// Numbers of a box, row major, complex ones as pairs; T is float or double. Any numeric type is
  /// converted: integers, booleans, big-endian, half precision. A box that touches a gap is
  /// refused. The dataset stays open.
  template <class T>
  void read_slab(const std::string& dataset, const Hdf5Slab& slab, T* values) const;
  /// What was never written, or comes from sources that are not there; empty: every number is in
  /// the file. Sources of virtual datasets are opened, those of theirs too.
  const std::vector<Hdf5Gap>& gaps(const std::string& dataset) const;
  /// DataError naming dataset, range and reason where the box touches a gap.
  void require_stored(const std::string& dataset, const Hdf5Slab& slab) const;
  /// Files that virtual datasets opened so far have taken numbers from.
  std::vector<std::filesystem::path> sources() const;
  /// Bytes of uncompressed chunks that the library keeps of this dataset from now on.
  void chunk_cache(const std::string& dataset, std::int64_t bytes) const;

  bool is_group(const std::string& path) const;
  bool is_dataset(const std::string& path) const;
  /// Whether double holds all numbers of the dataset: false for integers beyond 2^53 that it
  /// rounds.
  bool exact(const std::string& dataset) const;
  /// Looks at shape, type and storage; DataError only when there is no such dataset.
  Hdf5DatasetInfo describe(const std::string& dataset) const;
  /// DataError unless its numbers can be read: type, filters, storage, sizes.
  void require_readable(const Hdf5DatasetInfo& info) const;
  /// Labels and coordinates that dimension scales name, one entry per axis.
  std::vector<Hdf5Dimension> dimensions(const std::string& dataset) const;
  /// Everything below a group, parents first, names sorted; DataError beyond `limit` objects. `at`
  /// is told what comes next.
  std::vector<Hdf5Object> walk(const std::string& group = "/", std::int64_t limit = 1000000,
                               const std::function<void(const std::string&)>& at = {}) const;

  /// Names in a group, sorted.
  std::vector<std::string> members(const std::string& group = "/") const;
  bool has_attribute(const std::string& object, const std::string& name) const;
  std::vector<Hdf5Attribute> attributes(const std::string& object) const;
  Hdf5Attribute attribute(const std::string& object, const std::string& name) const;
  std::string text(const std::string& object, const std::string& attribute) const;
  double number(const std::string& object, const std::string& attribute) const;

  struct Impl;  // of hdf5_*.cpp

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace banach
