// SPDX-License-Identifier: Apache-2.0
// What the parts of Hdf5Reader share; for hdf5_*.cpp alone.
#pragma once
#include <list>
#include <map>
#include <set>

#include "datasets/hdf5_file.hpp"
#include "datasets/hdf5_handle.hpp"

namespace banach {

struct Hdf5Reader::Impl {
  std::filesystem::path path;
  Hdf5Handle file, access;      // access: of links, refuses other files
  mutable std::string foreign;  // the file of the link refused last
  struct OpenDataset {
    std::string name;
    Hdf5Handle id, space, type;  // type: in memory, of double or of pairs of double
    Hdf5Handle single;           // the same of float
    std::shared_ptr<const std::vector<Hdf5Gap>> gaps;
  };
  std::list<OpenDataset> open;  // the one used last in front
  std::map<std::string, std::int64_t> caches;
  std::map<std::string, std::shared_ptr<const std::vector<Hdf5Gap>>> gaps;  // of those opened once
  std::set<std::filesystem::path> sources;

  /// Opens the file for reading; DataError as the constructor of Hdf5Reader. `as_source`: as the
  /// library itself opens the sources of virtual datasets, so that it fails where that would fail.
  void open_file(const std::filesystem::path& name, bool as_source = false);
  [[noreturn]] void fail(const std::string& what) const;
  Hdf5Handle checked(hid_t id, Hdf5Handle::Close close, const std::string& what) const;
  /// DataError that names what there is instead.
  Hdf5Handle dataset(const std::string& name) const;
  /// A readable dataset, opened once and kept among the last ones used.
  const OpenDataset& opened(const std::string& name);
  Hdf5Handle object(const std::string& name) const;
  Shape shape(hid_t dataset, const std::string& name) const;
  Hdf5DatasetInfo describe(hid_t dataset, const std::string& name) const;
  void require_readable(hid_t dataset, const Hdf5DatasetInfo& info) const;
  /// Of a virtual dataset: every source lies beside or below the file.
  void require_sources(hid_t dataset, const std::string& name) const;
  std::vector<Hdf5Gap> unfinished(const Hdf5DatasetInfo& info) const;
  void require_stored(const OpenDataset& dataset, const Hdf5Slab& slab) const;
  /// Of the library itself, those opened now. `trail`: the virtual datasets that led here.
  std::vector<Hdf5Gap> find_gaps(hid_t dataset, const Hdf5DatasetInfo& info,
                                 std::vector<std::string>& trail);
  std::vector<Hdf5Gap> virtual_gaps(hid_t dataset, const Hdf5DatasetInfo& info,
                                    std::vector<std::string>& trail);
  /// Names of the members of an open group, sorted.
  std::vector<std::string> members(hid_t group, const std::string& name) const;
  Hdf5Attribute attribute(hid_t object, const std::string& object_name,
                          const std::string& name) const;
  std::vector<Hdf5Attribute> attributes(hid_t object, const std::string& name) const;
};

/// "float32", "bool", "complex128", ...; and whether it can be read as numbers.
struct Hdf5TypeInfo {
  std::string name, byte_order;
  bool numeric = false;
  int components = 1;
};
Hdf5TypeInfo hdf5_type_info(hid_t type);
/// The type in memory of `base` (a native float) for numbers of this type of the file: itself, or
/// for complex ones a pair with the file's names.
Hdf5Handle hdf5_memory_type(hid_t type, hid_t base);
/// Names and availability of the filters of dataset creation properties.
std::vector<Hdf5Filter> hdf5_filters(hid_t properties);
/// The product of the extents; -1 where it is not a number that memory could hold.
std::int64_t hdf5_elements(const Shape& shape);

}  // namespace banach
