// SPDX-License-Identifier: Apache-2.0
#include "datasets/hdf5_generated.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5_hl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/run/folder.hpp"
#include "datasets/hdf5_handle.hpp"
#include "datasets/pending_file.hpp"

namespace banach {
namespace fs = std::filesystem;

std::string difference(const fs::path& file, const GeneratedIdentity& identity,
                       const std::string& ignored) {
  try {
    const Hdf5Reader there(file);
    for (const auto& [name, text] : identity.texts)
      if (const auto old = there.text("/", name); old != text && name != ignored)
        return fmt::format("{}: {} there, {} wanted", name, old, text);
    for (const auto& [name, number] : identity.numbers)
      if (const double old = there.number("/", name); old != static_cast<double>(number))
        return fmt::format("{}: {} there, {} wanted", name, old, number);
  } catch (const DataError&) {
    return "not a file of a generator";
  }
  return "";
}

namespace {

// Without it, the last step of a file was not completed, and what it holds is not known.
bool has_mark(const fs::path& file) {
  try {
    Hdf5Reader(file).number("/", "done");
    return true;
  } catch (const DataError&) {
    return false;
  }
}

}  // namespace

struct GeneratedFile::Impl {
  fs::path path, partial;
  Descriptor left;  // what was there under the name of the partial file
  const std::vector<GeneratedAxis>& axes;
  const std::vector<GeneratedVariable>& variables;
  Hdf5Silence silence;
  Hdf5Handle file, mark;
  std::vector<Hdf5Handle> datasets;
  std::vector<Shape> shapes;
  std::int64_t done = 0;

  [[noreturn]] void fail(const std::string& action, const std::string& object) const {
    throw DataError(
        fmt::format("{}: cannot {} {}: {}", partial.string(), action, object, hdf5_reason()),
        Exit::io);
  }
  Hdf5Handle checked(hid_t id, Hdf5Handle::Close close, const std::string& action,
                     const std::string& object) const {
    if (id < 0) fail(action, object);
    return {id, close};
  }
  void check(herr_t result, const std::string& action, const std::string& object) const {
    if (result < 0) fail(action, object);
  }

  Hdf5Handle attribute(hid_t object, const std::string& name, hid_t type, const void* value) {
    const auto what = "attribute " + name;
    const auto space = checked(H5Screate(H5S_SCALAR), H5Sclose, "make", what);
    auto id = checked(H5Acreate2(object, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                      H5Aclose, "make", what);
    check(H5Awrite(id.get(), type, value), "write", what);
    return id;
  }
  void text(hid_t object, const std::string& name, const std::string& value) {
    const auto type = checked(H5Tcopy(H5T_C_S1), H5Tclose, "make", name);
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    const char* chars = value.c_str();
    attribute(object, name, type.get(), &chars);
  }

  // A link, a file of somebody else, or one that has other names is not touched.
  void look_for_left() {
    const auto whole = fs::absolute(partial);
    std::error_code error;
    if (fs::exists(fs::symlink_status(whole, error)))
      left = Folder(whole.parent_path())
                 .to_write(whole.filename().string(), O_RDONLY, Exit::cannot_create);
  }
  // Leads to that file and no other, whatever its name is by now.
  fs::path left_path() const { return fmt::format("/proc/self/fd/{}", left.get()); }

  // Without times, so that the same samples are the same bytes; space taken at once, so that
  // nothing but numbers is written later.
  Hdf5Handle dataset(const std::string& name, hid_t type, const Shape& shape, const Shape& chunk) {
    const auto properties = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "make", name);
    const auto access = checked(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "make", name);
    H5Pset_obj_track_times(properties.get(), false);
    H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER);
    const std::vector<hsize_t> extent(shape.begin(), shape.end()),
        piece(chunk.begin(), chunk.end());
    if (!piece.empty())
      check(H5Pset_chunk(properties.get(), static_cast<int>(piece.size()), piece.data()), "make",
            name);
    const auto space =
        checked(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose,
                "make", name);
    return checked(H5Dcreate2(file.get(), name.c_str(), type, space.get(), H5P_DEFAULT,
                              properties.get(), access.get()),
                   H5Dclose, "make", name);
  }

  void set_shapes(std::int64_t samples) {
    for (const auto& variable : variables) {
      Shape shape{samples};
      for (const auto& name : variable.axes)
        for (const auto& axis : axes)
          if (axis.name == name) shape.push_back(static_cast<std::int64_t>(axis.values.size()));
      shapes.push_back(shape);
    }
  }

  [[noreturn]] void refuse_busy() const {
    throw DataError(fmt::format("{}: another process is writing it", partial.string()),
                    Exit::cannot_create);
  }

  // The library locks what it writes.
  void take(hid_t id, const std::string& action) {
    if (id < 0 && hdf5_reason().find("unable to lock") != std::string::npos) refuse_busy();
    file = checked(id, H5Fclose, action, "the file");
  }

  // Under another name until it says what it is, so that every partial file tells whose it is.
  void make(const GeneratedIdentity& identity, NumberType type) {
    PendingFile pending(partial);
    require_memory_to_open();
    take(H5Fcreate(pending.temporary().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "create");
    std::map<std::string, Hdf5Handle> scales;
    for (const auto& axis : axes) {
      auto scale = dataset(axis.name, H5T_NATIVE_DOUBLE,
                           {static_cast<std::int64_t>(axis.values.size())}, {});
      check(H5Dwrite(scale.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                     axis.values.data()),
            "write", axis.name);
      check(H5DSset_scale(scale.get(), axis.name.c_str()), "make a scale of", axis.name);
      const std::int64_t yes = 1;
      if (axis.periodic) attribute(scale.get(), "periodic", H5T_NATIVE_INT64, &yes);
      scales.emplace(axis.name, std::move(scale));
    }
    for (std::size_t v = 0; v < variables.size(); ++v) make_variable(v, type, scales);
    for (const auto& [name, value] : identity.texts) text(file.get(), name, value);
    for (const auto& [name, value] : identity.numbers)
      attribute(file.get(), name, H5T_NATIVE_INT64, &value);
    mark = attribute(file.get(), "done", H5T_NATIVE_INT64, &done);
    check(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "write", "the file");
    look_for_left();  // again: another process may have come meanwhile
    if (left.open() && ::flock(left.get(), LOCK_EX | LOCK_NB) != 0) refuse_busy();
    pending.commit();
  }

  void make_variable(std::size_t v, NumberType type,
                     const std::map<std::string, Hdf5Handle>& scales) {
    const auto& variable = variables[v];
    constexpr std::int64_t chunk_bytes = 1 << 20;
    const std::int64_t size = type == NumberType::float32 ? 4 : 8;
    std::int64_t numbers = 1;
    for (std::size_t i = 1; i < shapes[v].size(); ++i) numbers *= shapes[v][i];
    Shape chunk = shapes[v];
    chunk[0] = std::clamp<std::int64_t>(chunk_bytes / (numbers * size), 1, chunk[0]);
    datasets.push_back(dataset(variable.name,
                               type == NumberType::float32 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE,
                               shapes[v], chunk));
    const hid_t id = datasets.back().get();
    check(H5DSset_label(id, 0, "sample"), "name the axes of", variable.name);
    for (unsigned i = 0; i < variable.axes.size(); ++i) {
      check(H5DSattach_scale(id, scales.at(variable.axes[i]).get(), i + 1), "name the axes of",
            variable.name);
      check(H5DSset_label(id, i + 1, variable.axes[i].c_str()), "name the axes of", variable.name);
    }
    text(id, "role", variable.input ? "input" : "output");
    text(id, "doc", variable.doc);
  }

  void open() {
    require_memory_to_open();
    take(H5Fopen(left_path().c_str(), H5F_ACC_RDWR, H5P_DEFAULT), "open");
    mark = checked(H5Aopen(file.get(), "done", H5P_DEFAULT), H5Aclose, "open", "attribute done");
    check(H5Aread(mark.get(), H5T_NATIVE_INT64, &done), "read", "attribute done");
    for (const auto& variable : variables)
      datasets.push_back(checked(H5Dopen2(file.get(), variable.name.c_str(), H5P_DEFAULT), H5Dclose,
                                 "open", variable.name));
  }

  void sync() const {
    const Descriptor data = open_file(partial, O_RDONLY);
    if (::fsync(data.get()) != 0) throw IoError(partial, "sync", errno);
  }
};

GeneratedFile::GeneratedFile(fs::path path, const std::vector<GeneratedAxis>& axes,
                             const std::vector<GeneratedVariable>& variables,
                             const GeneratedIdentity& identity, NumberType type)
    : impl_(new Impl{
          path, path.string() + ".partial", Descriptor(), axes, variables, {}, {}, {}, {}, {}, 0}) {
  const auto folder = fs::absolute(path).parent_path();
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw DataError(fmt::format("cannot create {}: directory {} does not exist; create it first",
                                path.string(), folder.string()),
                    Exit::cannot_create);
  impl_->set_shapes(identity.numbers.at("samples"));
  impl_->look_for_left();
  const bool resumable = impl_->left.open() && difference(impl_->left_path(), identity).empty() &&
                         has_mark(impl_->left_path());
  resumable ? impl_->open() : impl_->make(identity, type);
}

GeneratedFile::~GeneratedFile() = default;

std::int64_t GeneratedFile::done() const { return impl_->done; }

void GeneratedFile::write(std::size_t variable, std::int64_t first, std::int64_t count,
                          const double* values) {
  const auto& name = impl_->variables[variable].name;
  const hid_t id = impl_->datasets[variable].get();
  std::vector<hsize_t> start(impl_->shapes[variable].size(), 0),
      extent(impl_->shapes[variable].begin(), impl_->shapes[variable].end());
  start[0] = static_cast<hsize_t>(first);
  extent[0] = static_cast<hsize_t>(count);
  const auto space = impl_->checked(H5Dget_space(id), H5Sclose, "read the shape of", name);
  const auto memory =
      impl_->checked(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                     H5Sclose, "write", name);
  impl_->check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                                   extent.data(), nullptr),
               "write", name);
  impl_->check(H5Dwrite(id, H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values),
               "write", name);
}

void GeneratedFile::mark(std::int64_t done) {
  impl_->check(H5Fflush(impl_->file.get(), H5F_SCOPE_GLOBAL), "write", "the numbers");
  impl_->sync();
  impl_->check(H5Awrite(impl_->mark.get(), H5T_NATIVE_INT64, &done), "write", "attribute done");
  impl_->check(H5Fflush(impl_->file.get(), H5F_SCOPE_GLOBAL), "write", "attribute done");
}

void GeneratedFile::finish() {
  impl_->mark.close();
  impl_->check(H5Adelete(impl_->file.get(), "done"), "remove", "attribute done");
  for (std::size_t v = 0; v < impl_->datasets.size(); ++v)
    if (!impl_->datasets[v].close()) impl_->fail("write", impl_->variables[v].name);
  if (!impl_->file.close()) impl_->fail("close", "the file");
  impl_->sync();
  if (::rename(impl_->partial.c_str(), impl_->path.c_str()) != 0)
    throw IoError(impl_->path, "rename to", errno);
  sync_directory(fs::absolute(impl_->path).parent_path());
}

}  // namespace banach
