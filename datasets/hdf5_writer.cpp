// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <map>

#include "banach/error.hpp"
#include "datasets/hdf5_file.hpp"
#include "datasets/hdf5_handle.hpp"
#include "datasets/pending_file.hpp"

namespace banach {
namespace {

using Extent = std::vector<hsize_t>;

/// A box of a dataset: where it starts and how far it reaches along each axis.
struct Box {
  Extent start, count;
  hsize_t size = 1;
};

/// The largest box whose elements are the first ones of the row-major range [first, last).
Box leading_box(const Extent& shape, hsize_t first, hsize_t last) {
  Box box{Extent(shape.size()), Extent(shape.size(), 1)};
  hsize_t stride = 1, rest = first;
  bool whole = true;  // all faster axes are covered entirely
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const hsize_t extent = shape[axis];
    box.start[axis] = rest % extent;
    rest /= extent;
    if (!whole) continue;
    box.count[axis] = std::min(extent - box.start[axis], (last - first) / stride);
    whole = box.start[axis] == 0 && box.count[axis] == extent;
    box.size *= box.count[axis];
    stride *= extent;
  }
  return box;
}

Extent extent_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

}  // namespace

struct Hdf5Writer::Impl {
  PendingFile pending;
  Hdf5Silence silence;
  Hdf5Handle file;
  std::map<std::string, Hdf5Handle> datasets;

  explicit Impl(const std::filesystem::path& path) : pending(path) {}

  [[noreturn]] void fail(const std::string& action, const std::string& object) const {
    throw DataError(
        fmt::format("{}: cannot {} {}: {}", pending.path().string(), action, object, hdf5_reason()),
        Exit::io);
  }
  Hdf5Handle checked(hid_t id, Hdf5Handle::Close close, const std::string& action,
                     const std::string& object) const {
    if (id < 0) fail(action, object);
    return {id, close};
  }
  hid_t dataset(const std::string& name) const {
    const auto found = datasets.find(name);
    BANACH_ASSERT(found != datasets.end());
    return found->second.get();
  }
  hid_t object(const std::string& name) const { return name == "/" ? file.get() : dataset(name); }
  void write_attribute(const std::string& object_name, const std::string& name, hid_t type,
                       const void* value) {
    const auto what = fmt::format("attribute \"{}\" of {}", name, object_name);
    const auto space = checked(H5Screate(H5S_SCALAR), H5Sclose, "make", what);
    const auto id = checked(
        H5Acreate2(object(object_name), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose, "make", what);
    if (H5Awrite(id.get(), type, value) < 0) fail("write", what);
  }
};

Hdf5Writer::Hdf5Writer(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {
  require_memory_to_open();
  impl_->file = impl_->checked(
      H5Fcreate(impl_->pending.temporary().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
      H5Fclose, "create", "the file");
}

Hdf5Writer::~Hdf5Writer() = default;

template <class T>
void Hdf5Writer::create(const std::string& dataset, const Shape& shape) {
  const Extent extent = extent_of(shape);
  const auto space =
      impl_->checked(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                     H5Sclose, "make", dataset);
  const auto links = impl_->checked(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "make", dataset);
  H5Pset_create_intermediate_group(links.get(), 1);
  impl_->datasets[dataset] =
      impl_->checked(H5Dcreate2(impl_->file.get(), dataset.c_str(), hdf5_type<T>(), space.get(),
                                links.get(), H5P_DEFAULT, H5P_DEFAULT),
                     H5Dclose, "make", dataset);
}

template <class T>
void Hdf5Writer::write(const std::string& dataset, std::int64_t first, std::int64_t count,
                       const T* values) {
  const hid_t id = impl_->dataset(dataset);
  const auto space = impl_->checked(H5Dget_space(id), H5Sclose, "read the shape of", dataset);
  Extent shape(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())));
  H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  auto next = static_cast<hsize_t>(first);
  for (const hsize_t last = next + static_cast<hsize_t>(count); next < last;) {
    const Box box = leading_box(shape, next, last);
    const auto memory =
        impl_->checked(H5Screate_simple(1, &box.size, nullptr), H5Sclose, "write", dataset);
    if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, box.start.data(), nullptr,
                            box.count.data(), nullptr) < 0 ||
        H5Dwrite(id, hdf5_type<T>(), memory.get(), space.get(), H5P_DEFAULT, values) < 0)
      impl_->fail("write", dataset);
    next += box.size;
    values += box.size;
  }
}

template <class T>
void Hdf5Writer::add(const std::string& dataset, const Shape& shape, const std::vector<T>& values) {
  create<T>(dataset, shape);
  write<T>(dataset, 0, static_cast<std::int64_t>(values.size()), values.data());
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name,
                           const std::string& value) {
  const auto type = impl_->checked(H5Tcopy(H5T_C_S1), H5Tclose, "make", name);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const char* text = value.c_str();
  impl_->write_attribute(object, name, type.get(), &text);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, double value) {
  impl_->write_attribute(object, name, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::int64_t value) {
  impl_->write_attribute(object, name, H5T_NATIVE_INT64, &value);
}

void Hdf5Writer::attach(const std::string& dataset, int axis, const std::string& scale) {
  const hid_t id = impl_->dataset(scale);
  if ((H5DSis_scale(id) <= 0 && H5DSset_scale(id, scale.c_str()) < 0) ||
      H5DSattach_scale(impl_->dataset(dataset), id, static_cast<unsigned>(axis)) < 0 ||
      H5DSset_label(impl_->dataset(dataset), static_cast<unsigned>(axis), scale.c_str()) < 0)
    impl_->fail("attach " + scale + " to", dataset);
}

void Hdf5Writer::dimension(const std::string& name, std::int64_t size) {
  create<float>(name, {size});  // never written, so it takes no space in the file
  // The name that netCDF gives to such a dimension: its readers then show no coordinates.
  const auto mark =
      fmt::format("This is a netCDF dimension but not a netCDF variable.{:>10}", size);
  if (H5DSset_scale(impl_->dataset(name), mark.c_str()) < 0) impl_->fail("make", name);
}

void Hdf5Writer::commit() {
  for (auto& [name, dataset] : impl_->datasets)
    if (!dataset.close()) impl_->fail("write", name);
  if (!impl_->file.close()) impl_->fail("close", "the file");
  impl_->pending.commit();
}

#define BANACH_HDF5_TYPE(T)                                                                     \
  template BANACH_API void Hdf5Writer::create<T>(const std::string&, const Shape&);             \
  template BANACH_API void Hdf5Writer::write<T>(const std::string&, std::int64_t, std::int64_t, \
                                                const T*);                                      \
  template BANACH_API void Hdf5Writer::add<T>(const std::string&, const Shape&,                 \
                                              const std::vector<T>&);
BANACH_HDF5_TYPE(double)
BANACH_HDF5_TYPE(float)
BANACH_HDF5_TYPE(std::int64_t)
#undef BANACH_HDF5_TYPE

}  // namespace banach
