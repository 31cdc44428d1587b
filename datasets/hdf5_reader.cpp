// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "datasets/hdf5_file.hpp"
#include "datasets/hdf5_handle.hpp"

namespace banach {
namespace {

herr_t keep_innermost(unsigned n, const H5E_error2_t* error, void* text) {
  if (n == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

/// The product of the extents; -1 where it is not a number that memory could hold.
std::int64_t elements(const Shape& shape) {
  std::int64_t product = 1;
  for (const auto extent : shape)
    if (extent < 0 || __builtin_mul_overflow(product, extent, &product)) return -1;
  return product;
}

}  // namespace

std::string hdf5_reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &text);
  const std::string mark = "error message = '";
  if (const auto at = text.find(mark); at != std::string::npos) {
    const auto first = at + mark.size();
    return text.substr(0, text.find(':')) + ": " +
           text.substr(first, text.find('\'', first) - first);
  }
  return text.empty() ? "the HDF5 library gives no reason" : text;
}

struct Hdf5Reader::Impl {
  std::filesystem::path path;
  Hdf5Silence silence;
  Hdf5Handle file;

  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("{}: {}", path.string(), what));
  }
  Hdf5Handle checked(hid_t id, Hdf5Handle::Close close, const std::string& what) const {
    if (id < 0) fail(fmt::format("{}: {}", what, hdf5_reason()));
    return {id, close};
  }
  Hdf5Handle dataset(const Hdf5Reader& reader, const std::string& name) const {
    const hid_t id = H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT);
    if (id >= 0) return {id, H5Dclose};
    const auto known = reader.members();
    const auto near = nearest(name, known);
    fail(fmt::format("no dataset \"{}\"{}; the file holds: {}", name,
                     near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                     known.empty() ? "nothing" : join(known)));
  }
  Hdf5Handle attribute(const std::string& object, const std::string& name) const {
    return checked(
        H5Aopen_by_name(file.get(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose, fmt::format("no attribute \"{}\" of {}", name, object));
  }
  Shape shape(hid_t dataset, const std::string& name) const {
    const auto space = checked(H5Dget_space(dataset), H5Sclose, name);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 0) fail(fmt::format("{}: {}", name, hdf5_reason()));
    std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
    return {extent.begin(), extent.end()};
  }
};

Hdf5Reader::Hdf5Reader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw DataError(fmt::format("{}: there is no such file", path.string()), Exit::no_input);
  const auto access = impl_->checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "cannot open");
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access.get(), 0, 1);  // read-only media and network file systems have none
#endif
  impl_->file =
      impl_->checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "cannot open");
}

Hdf5Reader::~Hdf5Reader() = default;

Shape Hdf5Reader::shape(const std::string& dataset) const {
  return impl_->shape(impl_->dataset(*this, dataset).get(), dataset);
}

std::vector<double> Hdf5Reader::read(const std::string& dataset, std::int64_t limit) const {
  const auto id = impl_->dataset(*this, dataset);
  const auto type = impl_->checked(H5Dget_type(id.get()), H5Tclose, dataset);
  const auto kind = H5Tget_class(type.get());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER)
    impl_->fail(fmt::format("dataset \"{}\" holds no numbers", dataset));
  const Shape shape = impl_->shape(id.get(), dataset);
  const auto count = elements(shape);
  if (count < 0 || count > limit)
    impl_->fail(fmt::format("dataset \"{}\" of shape [{}] is larger than the limit of {} numbers",
                            dataset, fmt::join(shape, ", "), limit));
  std::vector<double> values(static_cast<std::size_t>(count));
  if (H5Dread(id.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    impl_->fail(fmt::format("cannot read dataset \"{}\": {}", dataset, hdf5_reason()));
  return values;
}

std::vector<std::string> Hdf5Reader::members(const std::string& group) const {
  const auto id = impl_->checked(H5Gopen2(impl_->file.get(), group.c_str(), H5P_DEFAULT), H5Gclose,
                                 fmt::format("no group \"{}\"", group));
  H5G_info_t info;
  if (H5Gget_info(id.get(), &info) < 0)
    impl_->fail(fmt::format("cannot list \"{}\": {}", group, hdf5_reason()));
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[512] = "";
    if (H5Lget_name_by_idx(id.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                           H5P_DEFAULT) < 0)
      impl_->fail(fmt::format("cannot list \"{}\": {}", group, hdf5_reason()));
    names.emplace_back(name);
  }
  return names;
}

bool Hdf5Reader::has_attribute(const std::string& object, const std::string& name) const {
  return H5Aexists_by_name(impl_->file.get(), object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::string Hdf5Reader::text(const std::string& object, const std::string& attribute) const {
  const auto id = impl_->attribute(object, attribute);
  const auto type = impl_->checked(H5Aget_type(id.get()), H5Tclose, attribute);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) <= 0)
    impl_->fail(fmt::format("attribute \"{}\" of {} is no text", attribute, object));
  const auto memory = impl_->checked(H5Tcopy(H5T_C_S1), H5Tclose, attribute);
  H5Tset_size(memory.get(), H5T_VARIABLE);
  H5Tset_cset(memory.get(), H5Tget_cset(type.get()));
  char* value = nullptr;
  if (H5Aread(id.get(), memory.get(), &value) < 0)
    impl_->fail(fmt::format("attribute \"{}\" of {}: {}", attribute, object, hdf5_reason()));
  const std::string text = value ? value : "";
  H5free_memory(value);
  return text;
}

double Hdf5Reader::number(const std::string& object, const std::string& attribute) const {
  const auto id = impl_->attribute(object, attribute);
  const auto space = impl_->checked(H5Aget_space(id.get()), H5Sclose, attribute);
  double value = 0;
  if (H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Aread(id.get(), H5T_NATIVE_DOUBLE, &value) < 0)
    impl_->fail(fmt::format("attribute \"{}\" of {} is no number", attribute, object));
  return value;
}

}  // namespace banach
