// SPDX-License-Identifier: Apache-2.0
// What an HDF5 file says of itself, as a tree that can be asked. No values of datasets.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "datasets/hdf5_file.hpp"

namespace banach {

/// Paths carry no slash in front; one is accepted in questions. "" is the file itself.
class BANACH_API FileTree {
 public:
  /// Probes the file, then walks it. DataError names file and object.
  explicit FileTree(const std::filesystem::path& file);

  const std::filesystem::path& file() const { return file_; }
  /// nullptr where there is none.
  const Hdf5Object* find(const std::string& path) const;
  /// A dataset of numbers; nullptr where there is none.
  const Hdf5DatasetInfo* numbers(const std::string& path) const;
  /// Direct members of a group in natural order: "2" before "10".
  const std::vector<const Hdf5Object*>& members(const std::string& group) const;
  /// All objects, parents first, members in natural order.
  const std::vector<const Hdf5Object*>& all() const { return all_; }
  /// Dimension scales; empty where the dataset has none.
  const std::vector<Hdf5Dimension>& dimensions(const std::string& dataset) const;

  /// A dimension of netCDF without coordinates.
  bool is_bare_dimension(const std::string& dataset) const;

  /// The first text of an attribute, "" where there is none.
  std::string text(const std::string& object, const std::string& attribute) const;
  const Hdf5Attribute* attribute(const std::string& object, const std::string& attribute) const;
  /// Values of a small dataset, unpacked; empty where it is none or not all of them are there.
  std::vector<double> values(const std::string& dataset) const;

 private:
  void list(const std::string& group);

  std::filesystem::path file_;
  std::vector<Hdf5Object> objects_;
  std::map<std::string, const Hdf5Object*> by_path_;
  std::map<std::string, std::vector<const Hdf5Object*>> members_;
  std::map<std::string, std::vector<Hdf5Dimension>> dimensions_;
  std::vector<const Hdf5Object*> all_;
};

/// The part after the last slash, and the part before it.
BANACH_API std::string last_name(const std::string& path);
BANACH_API std::string parent_of(const std::string& path);

}  // namespace banach
