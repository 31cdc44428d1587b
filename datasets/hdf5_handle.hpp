// SPDX-License-Identifier: Apache-2.0
// Ownership of HDF5 identifiers and the reason of the last failure; for hdf5_*.cpp alone.
#pragma once
#include <hdf5.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/plugin/running.hpp"

namespace banach {

/// Owns one identifier. A leaked one can crash the library when the process ends.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() { close(); }
  hid_t get() const { return id_; }
  bool valid() const { return id_ >= 0; }
  /// False when the library could not write what it still held.
  bool close() { return id_ < 0 || close_(std::exchange(id_, -1)) >= 0; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// Keeps the library from printing its errors; what the program had set comes back afterwards.
class Hdf5Silence {
 public:
  Hdf5Silence() {
    // Otherwise the library writes what it could not write before once more when the process ends,
    // and dies of it; we close everything ourselves. Has no effect where the program itself has
    // used the library already.
    static const herr_t once = H5dont_atexit();
    static_cast<void>(once);
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Hdf5Silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  Hdf5Silence(const Hdf5Silence&) = delete;
  Hdf5Silence& operator=(const Hdf5Silence&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// One call into the library: others wait, it prints nothing, and it loads no filters from plugin
/// folders, whatever HDF5_PLUGIN_PATH says. LZF is registered at the first call.
class Hdf5Call {
 public:
  /// `file`: what is read, for a crash to name.
  explicit Hdf5Call(const std::filesystem::path& file);
  Hdf5Call();
  ~Hdf5Call();
  Hdf5Call(const Hdf5Call&) = delete;
  Hdf5Call& operator=(const Hdf5Call&) = delete;
  /// In a child that was forked during a call: calls are possible again.
  static void renew();

 private:
  explicit Hdf5Call(const char* file);

  std::unique_lock<std::recursive_mutex> lock_;
  Hdf5Silence silence_;
  unsigned plugins_ = 0;
  Running running_;
};

/// Before a file is opened or created: std::bad_alloc where there is no memory for that, which the
/// library itself would not survive.
void require_memory_to_open();

/// Makes the filter 32000 known to the library.
void register_lzf();

/// Why the last call failed, in the library's words: "file signature not found"; with the system's
/// reason where it gives one: "file write failed: No space left on device".
std::string hdf5_reason();

/// The library's name of a C++ type in memory.
template <class T>
hid_t hdf5_type();
template <>
inline hid_t hdf5_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t hdf5_type<float>() {
  return H5T_NATIVE_FLOAT;
}
template <>
inline hid_t hdf5_type<std::int64_t>() {
  return H5T_NATIVE_INT64;
}

}  // namespace banach
