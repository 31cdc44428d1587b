// SPDX-License-Identifier: Apache-2.0
// Hdf5Reader: groups, attributes and dimension scales.
#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <set>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "datasets/hdf5_reader_impl.hpp"

namespace banach {
namespace {

constexpr hssize_t largest_attribute = 1 << 20;  // numbers
constexpr int deepest_group = 64;

using Names = std::vector<std::string>;

herr_t keep_link(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<Names*>(names)->emplace_back(name);
  return 0;
}

herr_t keep_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
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

Names variable_texts(hid_t attribute, hid_t type, std::size_t count) {
  const Hdf5Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory.get(), H5T_VARIABLE);
  H5Tset_cset(memory.get(), H5Tget_cset(type));
  std::vector<char*> values(count, nullptr);
  if (H5Aread(attribute, memory.get(), values.data()) < 0) return {};
  Names texts;
  for (char* value : values) {
    texts.emplace_back(value ? value : "");
    H5free_memory(value);
  }
  return texts;
}

Names fixed_texts(hid_t attribute, hid_t type, std::size_t count) {
  const std::size_t size = H5Tget_size(type);
  std::string bytes(count * size, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0) return {};
  Names texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = bytes.substr(i * size, size);
    text.resize(std::min(text.find('\0'), text.size()));
    text.resize(text.find_last_not_of(' ') + 1);
    texts.push_back(std::move(text));
  }
  return texts;
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

std::string Hdf5Attribute::text() const {
  Names words;
  for (const auto number : numbers) words.push_back(fmt::format("{}", number));
  for (const auto& word : texts) words.push_back(to_text(Value(word)));
  if (words.empty()) return fmt::format("({})", type);
  return shape.empty() ? words.front() : "[" + join(words) + "]";
}

Names Hdf5Reader::Impl::members(hid_t group, const std::string& name) const {
  Names names;
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_link, &names) < 0)
    fail(fmt::format("cannot list \"{}\": {}", name.empty() ? "/" : name, hdf5_reason()));
  return names;
}

Hdf5Attribute Hdf5Reader::Impl::attribute(hid_t object, const std::string& object_name,
                                          const std::string& name) const {
  const auto what = fmt::format("attribute \"{}\" of {}", name, object_name);
  const auto id = checked(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "no " + what);
  const auto type = checked(H5Aget_type(id.get()), H5Tclose, what);
  const auto space = checked(H5Aget_space(id.get()), H5Sclose, what);
  const auto known = hdf5_type_info(type.get());
  Hdf5Attribute out;
  out.name = name;
  out.type = known.name;
  std::vector<hsize_t> extent(H5S_MAX_RANK);
  const int rank = H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  if (rank > 0) out.shape.assign(extent.begin(), extent.begin() + rank);
  const auto count = H5Sget_simple_extent_npoints(space.get());
  if (count <= 0 || count > largest_attribute) return out;
  const auto size = static_cast<std::size_t>(count);
  if (known.numeric && known.components == 1) {
    out.numbers.resize(size);
    if (H5Aread(id.get(), H5T_NATIVE_DOUBLE, out.numbers.data()) < 0)
      fail(fmt::format("{}: {}", what, hdf5_reason()));
  } else if (known.name == "text") {
    const bool fits = H5Tget_size(type.get()) <= (1u << 20);
    out.texts = H5Tis_variable_str(type.get()) > 0 ? variable_texts(id.get(), type.get(), size)
                : fits                             ? fixed_texts(id.get(), type.get(), size)
                                                   : Names{};
  }
  return out;
}

std::vector<Hdf5Attribute> Hdf5Reader::Impl::attributes(hid_t object,
                                                        const std::string& name) const {
  Names names;
  if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_attribute, &names) < 0)
    fail(fmt::format("cannot list the attributes of {}: {}", name, hdf5_reason()));
  std::vector<Hdf5Attribute> out;
  for (const auto& key : names) out.push_back(attribute(object, name, key));
  return out;
}

bool Hdf5Reader::is_group(const std::string& path) const {
  const Hdf5Call call;
  const auto id = impl_->object(path);
  return id.valid() && H5Iget_type(id.get()) == H5I_GROUP;
}

bool Hdf5Reader::is_dataset(const std::string& path) const {
  const Hdf5Call call;
  const auto id = impl_->object(path);
  return id.valid() && H5Iget_type(id.get()) == H5I_DATASET;
}

std::vector<Hdf5Dimension> Hdf5Reader::dimensions(const std::string& dataset) const {
  const Hdf5Call call;
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
  const Hdf5Call call;
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
  const Hdf5Call call;
  const auto id = impl_->object(group);
  if (!id.valid() || H5Iget_type(id.get()) != H5I_GROUP)
    impl_->fail(fmt::format("no group \"{}\"", group));
  return impl_->members(id.get(), group);
}

bool Hdf5Reader::has_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Call call;
  const auto id = impl_->object(object);
  return id.valid() && H5Aexists(id.get(), name.c_str()) > 0;
}

std::vector<Hdf5Attribute> Hdf5Reader::attributes(const std::string& object) const {
  const Hdf5Call call;
  const auto id = impl_->object(object);
  if (!id.valid()) impl_->fail(fmt::format("no group or dataset \"{}\"", object));
  return impl_->attributes(id.get(), object);
}

Hdf5Attribute Hdf5Reader::attribute(const std::string& object, const std::string& name) const {
  const Hdf5Call call;
  const auto id = impl_->object(object);
  if (!id.valid()) impl_->fail(fmt::format("no group or dataset \"{}\"", object));
  return impl_->attribute(id.get(), object, name);
}

std::string Hdf5Reader::text(const std::string& object, const std::string& name) const {
  const auto found = attribute(object, name);
  if (found.texts.size() != 1)
    impl_->fail(fmt::format("attribute \"{}\" of {} is no text", name, object));
  return found.texts.front();
}

double Hdf5Reader::number(const std::string& object, const std::string& name) const {
  const auto found = attribute(object, name);
  if (found.numbers.size() != 1)
    impl_->fail(fmt::format("attribute \"{}\" of {} is no number", name, object));
  return found.numbers.front();
}

}  // namespace banach
