// SPDX-License-Identifier: Apache-2.0
// Hdf5Reader: attributes of groups and datasets.
#include <fmt/format.h>

#include <algorithm>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "datasets/hdf5_reader_impl.hpp"

namespace banach {
namespace {

constexpr hssize_t largest_attribute = 1 << 20;  // numbers

using Names = std::vector<std::string>;

herr_t keep_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<Names*>(names)->emplace_back(name);
  return 0;
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

}  // namespace

std::string Hdf5Attribute::text() const {
  Names words;
  for (const auto number : numbers) words.push_back(fmt::format("{}", number));
  for (const auto& word : texts) words.push_back(to_text(Value(word)));
  if (words.empty()) return fmt::format("({})", type);
  return shape.empty() ? words.front() : "[" + join(words) + "]";
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

bool Hdf5Reader::has_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Call call(impl_->path);
  const auto id = impl_->object(object);
  return id.valid() && H5Aexists(id.get(), name.c_str()) > 0;
}

std::vector<Hdf5Attribute> Hdf5Reader::attributes(const std::string& object) const {
  const Hdf5Call call(impl_->path);
  const auto id = impl_->object(object);
  if (!id.valid()) impl_->fail(fmt::format("no group or dataset \"{}\"", object));
  return impl_->attributes(id.get(), object);
}

Hdf5Attribute Hdf5Reader::attribute(const std::string& object, const std::string& name) const {
  const Hdf5Call call(impl_->path);
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
