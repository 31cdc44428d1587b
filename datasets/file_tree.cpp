// SPDX-License-Identifier: Apache-2.0
#include "datasets/file_tree.hpp"

#include <algorithm>

#include "banach/error.hpp"
#include "datasets/conventions.hpp"
#include "datasets/data_files.hpp"
#include "datasets/probe.hpp"

namespace banach {
namespace {

std::string bare(const std::string& path) {
  return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

}  // namespace

std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string parent_of(const std::string& path) {
  const auto at = path.rfind('/');
  return at == std::string::npos ? "" : path.substr(0, at);
}

FileTree::FileTree(const std::filesystem::path& file) : file_(file) {
  probe_hdf5(file);
  const Hdf5Reader reader(file);
  Hdf5Object root;
  root.attributes = reader.attributes("/");
  objects_.push_back(std::move(root));
  for (auto& object : reader.walk()) objects_.push_back(std::move(object));
  for (const auto& object : objects_) {
    by_path_[object.path] = &object;
    if (!object.path.empty()) members_[parent_of(object.path)].push_back(&object);
    for (const auto& attribute : object.attributes)
      if (attribute.name == "DIMENSION_LIST" || attribute.name == "DIMENSION_LABELS")
        dimensions_[object.path] = reader.dimensions(object.path);
  }
  for (auto& [group, members] : members_)
    std::sort(members.begin(), members.end(), [](const Hdf5Object* a, const Hdf5Object* b) {
      return natural_less(a->path, b->path);
    });
  list("");
}

void FileTree::list(const std::string& group) {
  for (const auto* member : members(group)) {
    all_.push_back(member);
    if (member->group) list(member->path);
  }
}

const Hdf5Object* FileTree::find(const std::string& path) const {
  const auto found = by_path_.find(bare(path));
  return found == by_path_.end() ? nullptr : found->second;
}

const Hdf5DatasetInfo* FileTree::numbers(const std::string& path) const {
  const auto* found = find(path);
  return found && !found->group && found->dataset.numeric ? &found->dataset : nullptr;
}

const std::vector<const Hdf5Object*>& FileTree::members(const std::string& group) const {
  static const std::vector<const Hdf5Object*> none;
  const auto found = members_.find(bare(group));
  return found == members_.end() ? none : found->second;
}

const std::vector<Hdf5Dimension>& FileTree::dimensions(const std::string& dataset) const {
  static const std::vector<Hdf5Dimension> none;
  const auto found = dimensions_.find(bare(dataset));
  return found == dimensions_.end() ? none : found->second;
}

const Hdf5Attribute* FileTree::attribute(const std::string& object,
                                         const std::string& wanted) const {
  if (const auto* found = find(object))
    for (const auto& one : found->attributes)
      if (one.name == wanted) return &one;
  return nullptr;
}

std::string FileTree::text(const std::string& object, const std::string& wanted) const {
  const auto* found = attribute(object, wanted);
  return found && !found->texts.empty() ? found->texts.front() : "";
}

bool FileTree::is_bare_dimension(const std::string& dataset) const {
  return text(dataset, "NAME").rfind("This is a netCDF dimension but not", 0) == 0;
}

std::vector<double> FileTree::values(const std::string& dataset) const {
  const auto* info = numbers(dataset);
  if (!info || info->elements() < 0 || info->elements() > (1 << 22)) return {};
  const Hdf5Reader reader(file_);
  try {
    return read_values(reader, info->path);
  } catch (const DataError&) {  // text, missing or unwritten numbers: refused where they are needed
    return {};
  }
}

}  // namespace banach
