// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "core/parameters/input_file.hpp"
#include "core/parameters/names.hpp"
#include "core/run/atomic_file.hpp"
#include "datasets/hdf5_reader_impl.hpp"

namespace banach {
namespace {

constexpr std::size_t open_datasets = 64;  // that a file keeps

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

herr_t keep_innermost(unsigned n, const H5E_error2_t* error, void* text) {
  if (n == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

herr_t refuse_link(const char*, const char*, const char* file, const char*, unsigned*, hid_t,
                   void* refused) {
  *static_cast<std::string*>(refused) = file;
  return -1;
}

}  // namespace

void require_memory_to_open() {
  constexpr std::size_t enough = 8 << 20;
  void* volatile room = std::malloc(enough);  // volatile: or the compiler leaves both calls out
  if (!room) throw std::bad_alloc();
  std::free(room);
}

Hdf5Call::Hdf5Call() : Hdf5Call(nullptr) {}
Hdf5Call::Hdf5Call(const std::filesystem::path& file) : Hdf5Call(file.c_str()) {}

Hdf5Call::Hdf5Call(const char* file)
    : lock_(library_mutex()),
      running_(file ? "reading" : "calling", file ? file : "the HDF5 library") {
  H5PLget_loading_state(&plugins_);
  H5PLset_loading_state(0);
  register_lzf();
}

// The child's thread has another number than the owner of the lock.
void Hdf5Call::renew() { new (&library_mutex()) std::recursive_mutex; }

Hdf5Call::~Hdf5Call() { H5PLset_loading_state(plugins_); }

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

void Hdf5Reader::Impl::fail(const std::string& what) const {
  throw DataError(one_line(fmt::format("{}: {}", path.string(), what)));
}

Hdf5Handle Hdf5Reader::Impl::checked(hid_t id, Hdf5Handle::Close close,
                                     const std::string& what) const {
  if (id < 0) fail(fmt::format("{}: {}", what, hdf5_reason()));
  return {id, close};
}

Hdf5Handle Hdf5Reader::Impl::object(const std::string& name) const {
  foreign.clear();
  const hid_t id = H5Oopen(file.get(), name.empty() ? "/" : name.c_str(), access.get());
  if (id < 0 && !foreign.empty())
    fail(
        fmt::format("\"{}\" is in another file, {}: links into other files are not followed; "
                    "h5copy brings it here",
                    name, foreign));
  return {id, H5Oclose};
}

Hdf5Handle Hdf5Reader::Impl::dataset(const std::string& name) const {
  auto id = object(name);
  if (id.valid() && H5Iget_type(id.get()) == H5I_DATASET) return id;
  if (id.valid()) fail(fmt::format("\"{}\" is a group, no dataset", name));
  const std::string reason = hdf5_reason();
  const auto slash = name.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "" : name.substr(0, slash);
  const std::string leaf = slash == std::string::npos ? name : name.substr(slash + 1);
  const auto parent = object(folder);
  if (!parent.valid() || H5Iget_type(parent.get()) != H5I_GROUP)
    fail(fmt::format("no dataset \"{}\": there is no group \"{}\"", name, folder));
  auto known = members(parent.get(), folder);
  if (std::find(known.begin(), known.end(), leaf) != known.end())
    fail(fmt::format("cannot open dataset \"{}\": {}", name, reason));
  const auto near = nearest(leaf, known);
  constexpr std::size_t enough = 20;
  const auto more = known.size() > enough ? fmt::format(" and {} more", known.size() - enough) : "";
  if (known.size() > enough) known.resize(enough);
  fail(fmt::format("no dataset \"{}\"{}; {} holds: {}{}", name,
                   near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                   folder.empty() ? "the file" : folder, known.empty() ? "nothing" : join(known),
                   more));
}

Shape Hdf5Reader::Impl::shape(hid_t dataset, const std::string& name) const {
  const auto space = checked(H5Dget_space(dataset), H5Sclose, name);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0) fail(fmt::format("{}: {}", name, hdf5_reason()));
  std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  return {extent.begin(), extent.end()};
}

const Hdf5Reader::Impl::OpenDataset& Hdf5Reader::Impl::opened(const std::string& name) {
  const auto found = std::find_if(open.begin(), open.end(),
                                  [&](const OpenDataset& entry) { return entry.name == name; });
  if (found != open.end()) {
    open.splice(open.begin(), open, found);
    return open.front();
  }
  OpenDataset entry;
  entry.name = name;
  entry.id = dataset(name);
  const auto info = describe(entry.id.get(), name);
  require_readable(entry.id.get(), info);
  auto& known = gaps[name];
  if (!known) {
    std::vector<std::string> trail;
    known = std::make_shared<const std::vector<Hdf5Gap>>(find_gaps(entry.id.get(), info, trail));
  }
  entry.gaps = known;
  if (const auto cache = caches.find(name); cache != caches.end()) {
    const auto properties = checked(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, name);
    const auto bytes = static_cast<std::size_t>(cache->second);
    // A prime number of slots, about a hundred per chunk of 16 kB. Chunks read in part only would
    // never go out with the weight 1.
    H5Pset_chunk_cache(properties.get(), bytes < (std::size_t{1} << 30) ? 100003 : 1000003, bytes,
                       0.75);
    entry.id = {};
    entry.id = checked(H5Dopen2(file.get(), name.c_str(), properties.get()), H5Dclose, name);
  }
  const auto type = checked(H5Dget_type(entry.id.get()), H5Tclose, name);
  entry.space = checked(H5Dget_space(entry.id.get()), H5Sclose, name);
  entry.type = hdf5_memory_type(type.get(), H5T_NATIVE_DOUBLE);
  entry.single = hdf5_memory_type(type.get(), H5T_NATIVE_FLOAT);
  open.push_front(std::move(entry));
  if (open.size() > open_datasets) open.pop_back();
  return open.front();
}

void Hdf5Reader::Impl::open_file(const std::filesystem::path& name, bool as_source) {
  path = name;
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw DataError(fmt::format("{}: there is no such file", path.string()), Exit::no_input);
  const Descriptor regular(open_regular(path));  // the library would wait for the writer of a FIFO
  access = checked(H5Pcreate(H5P_LINK_ACCESS), H5Pclose, "cannot open");
  H5Pset_elink_cb(access.get(), refuse_link, &foreign);
  const auto properties = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "cannot open");
#if H5_VERSION_GE(1, 14, 0)
  as_source = false;  // sources inherit what was set here
#endif
#if H5_VERSION_GE(1, 10, 7)
  // Read-only media and network file systems have no locks.
  if (!as_source) H5Pset_file_locking(properties.get(), 0, 1);
#endif
  require_memory_to_open();
  file = checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, properties.get()), H5Fclose, "cannot open");
}

Hdf5Reader::Hdf5Reader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>()) {
  const Hdf5Call call(path);
  impl_->open_file(path);
}

Hdf5Reader::~Hdf5Reader() {
  const Hdf5Call call;
  impl_.reset();
}

const std::filesystem::path& Hdf5Reader::path() const { return impl_->path; }

Shape Hdf5Reader::shape(const std::string& dataset) const {
  const Hdf5Call call(impl_->path);
  return impl_->shape(impl_->dataset(dataset).get(), dataset);
}

Hdf5DatasetInfo Hdf5Reader::describe(const std::string& dataset) const {
  const Hdf5Call call(impl_->path);
  return impl_->describe(impl_->dataset(dataset).get(), dataset);
}

void Hdf5Reader::require_readable(const Hdf5DatasetInfo& info) const {
  const Hdf5Call call(impl_->path);
  impl_->require_readable(impl_->dataset(info.path).get(), info);
}

void Hdf5Reader::chunk_cache(const std::string& dataset, std::int64_t bytes) const {
  const Hdf5Call call(impl_->path);
  impl_->caches[dataset] = bytes;
  impl_->open.remove_if([&](const Impl::OpenDataset& entry) { return entry.name == dataset; });
}

std::vector<double> Hdf5Reader::read(const std::string& dataset, std::int64_t limit) const {
  const Hdf5Call call(impl_->path);
  const auto info = describe(dataset);
  impl_->require_readable(impl_->dataset(dataset).get(), info);
  const auto count = info.elements();
  if (count < 0 || count > limit)
    impl_->fail(fmt::format("dataset \"{}\" of shape [{}] is larger than the limit of {} numbers",
                            dataset, fmt::join(info.shape, ", "), limit));
  std::vector<double> values(static_cast<std::size_t>(count * info.components));
  if (count > 0) read_slab(dataset, {Shape(info.shape.size(), 0), info.shape, {}}, values.data());
  return values;
}

template <class T>
void Hdf5Reader::read_slab(const std::string& dataset, const Hdf5Slab& slab, T* values) const {
  const Hdf5Call call(impl_->path);
  const auto& entry = impl_->opened(dataset);
  if (!entry.gaps->empty()) impl_->require_stored(entry, slab);
  const hid_t type = (sizeof(T) == sizeof(float) ? entry.single : entry.type).get();
  if (slab.start.empty()) {  // a single number
    if (H5Dread(entry.id.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
      impl_->fail(fmt::format("cannot read dataset \"{}\": {}", dataset, hdf5_reason()));
    return;
  }
  const std::vector<hsize_t> start(slab.start.begin(), slab.start.end()),
      count(slab.count.begin(), slab.count.end()), stride(slab.stride.begin(), slab.stride.end());
  BANACH_ASSERT(static_cast<int>(start.size()) == H5Sget_simple_extent_ndims(entry.space.get()));
  // Of the rank of the file: a flat one makes the library match elements one by one.
  const auto memory = impl_->checked(
      H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose, dataset);
  if (H5Sselect_hyperslab(entry.space.get(), H5S_SELECT_SET, start.data(),
                          stride.empty() ? nullptr : stride.data(), count.data(), nullptr) < 0 ||
      H5Sselect_valid(entry.space.get()) <= 0)
    impl_->fail(fmt::format("dataset \"{}\" is smaller than it was", dataset));
  if (H5Dread(entry.id.get(), type, memory.get(), entry.space.get(), H5P_DEFAULT, values) < 0)
    impl_->fail(fmt::format("cannot read dataset \"{}\": {}", dataset, hdf5_reason()));
}

template BANACH_API void Hdf5Reader::read_slab<double>(const std::string&, const Hdf5Slab&,
                                                       double*) const;
template BANACH_API void Hdf5Reader::read_slab<float>(const std::string&, const Hdf5Slab&,
                                                      float*) const;

}  // namespace banach
