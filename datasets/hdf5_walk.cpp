// SPDX-License-Identifier: Apache-2.0
// Hdf5Reader: groups and dimension scales.
#include <fmt/format.h>
#include <hdf5_hl.h>

#include <set>

#include "banach/error.hpp"
#include "datasets/hdf5_reader_impl.hpp"

namespace banach {
namespace {

constexpr int deepest_group = 64;

using Names = std::vector<std::string>;

herr_t keep_link(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<Names*>(names)->emplace_back(name);
  return 0;
}

herr_t keep_scale(hid_t, unsigned, hid_t scale, void* names) {
  char name[1024] = "";
  if (H5Iget_name(scale, name, sizeof name) > 0)
    static_cast<Names*>(names)->emplace_back(name[0] == '/' ? name + 1 : name);
  return 0;
}

/// What tells two objects of a file apart.
haddr_t address(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
#else
  H5O_info_t info;
#endif
  return H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 ? HADDR_UNDEF : info.addr;
}

H5L_type_t link_type(hid_t file, const std::string& path) {
#if H5_VERSION_GE(1, 12, 0)
  H5L_info1_t info;
  return H5Lget_info1(file, path.c_str(), &info, H5P_DEFAULT) < 0 ? H5L_TYPE_ERROR : info.type;
#else
  H5L_info_t info;
  return H5Lget_info(file, path.c_str(), &info, H5P_DEFAULT) < 0 ? H5L_TYPE_ERROR : info.type;
#endif
}

/// Writes a group's tree into a list.
struct Walk {
  const Hdf5Reader::Impl& file;
  std::int64_t limit;
  std::vector<Hdf5Object>& found;
  const std::function<void(const std::string&)>& at;
  std::set<haddr_t> groups = {};

  void group(hid_t id, const std::string& path, int depth) {
    if (depth > deepest_group) file.fail(fmt::format("groups below \"{}\" are too deep", path));
    if (!groups.insert(address(id)).second) return;  // reached by another name
    for (const auto& name : file.members(id, path))
      member(path.empty() ? name : path + "/" + name, depth);
  }
  void member(const std::string& path, int depth) {
    if (static_cast<std::int64_t>(found.size()) >= limit)
      file.fail(fmt::format("more than {} objects", limit));
    if (at) at(path);
    Hdf5Object object;
    object.path = path;
    object.refused = dead_link(path);
    if (!object.refused.empty()) {
      found.push_back(std::move(object));
      return;
    }
    const auto id = file.object(path);
    if (!id.valid()) file.fail(fmt::format("cannot open \"{}\": {}", path, hdf5_reason()));
    const auto kind = H5Iget_type(id.get());
    if (kind != H5I_GROUP && kind != H5I_DATASET) return;
    object.group = kind == H5I_GROUP;
    if (!object.group) object.dataset = file.describe(id.get(), path);
    object.attributes = file.attributes(id.get(), path);
    found.push_back(std::move(object));
    if (kind == H5I_GROUP) group(id.get(), path, depth + 1);
  }
  /// What a name is behind which there is nothing in this file; "" for all others.
  std::string dead_link(const std::string& path) const {
    const auto type = link_type(file.file.get(), path);
    if (type == H5L_TYPE_HARD || type == H5L_TYPE_ERROR) return "";
    if (type != H5L_TYPE_SOFT) return "link into another file";
    try {
      if (file.object(path).valid()) return "";
    } catch (const DataError&) {  // by way of another file
    }
    return "soft link to nothing";
  }
};

}  // namespace

Names Hdf5Reader::Impl::members(hid_t group, const std::string& name) const {
  Names names;
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_link, &names) < 0)
    fail(fmt::format("cannot list \"{}\": {}", name.empty() ? "/" : name, hdf5_reason()));
  return names;
}

bool Hdf5Reader::is_group(const std::string& path) const {
  const Hdf5Call call(impl_->path);
  const auto id = impl_->object(path);
  return id.valid() && H5Iget_type(id.get()) == H5I_GROUP;
}

bool Hdf5Reader::is_dataset(const std::string& path) const {
  const Hdf5Call call(impl_->path);
  const auto id = impl_->object(path);
  return id.valid() && H5Iget_type(id.get()) == H5I_DATASET;
}

std::vector<Hdf5Dimension> Hdf5Reader::dimensions(const std::string& dataset) const {
  const Hdf5Call call(impl_->path);
  const auto id = impl_->dataset(dataset);
  std::vector<Hdf5Dimension> out(impl_->shape(id.get(), dataset).size());
  for (unsigned axis = 0; axis < out.size(); ++axis) {
    char label[512] = "";
    if (H5DSget_label(id.get(), axis, label, sizeof label) > 0) out[axis].label = label;
    if (H5DSget_num_scales(id.get(), axis) > 0)
      H5DSiterate_scales(id.get(), axis, nullptr, keep_scale, &out[axis].scales);
  }
  return out;
}

std::vector<Hdf5Object> Hdf5Reader::walk(const std::string& group, std::int64_t limit,
                                         const std::function<void(const std::string&)>& at) const {
  const Hdf5Call call(impl_->path);
  const auto id = impl_->object(group);
  if (!id.valid() || H5Iget_type(id.get()) != H5I_GROUP)
    impl_->fail(fmt::format("no group \"{}\"", group));
  const auto first = group.find_first_not_of('/');
  std::vector<Hdf5Object> found;
  Walk{*impl_, limit, found, at}.group(id.get(),
                                       first == std::string::npos ? "" : group.substr(first), 0);
  return found;
}

Names Hdf5Reader::members(const std::string& group) const {
  const Hdf5Call call(impl_->path);
  const auto id = impl_->object(group);
  if (!id.valid() || H5Iget_type(id.get()) != H5I_GROUP)
    impl_->fail(fmt::format("no group \"{}\"", group));
  return impl_->members(id.get(), group);
}

}  // namespace banach
