// SPDX-License-Identifier: Apache-2.0
// The LZF filter (32000) that h5py compresses with and the HDF5 library does not have.
#include <lzf.h>

#include <cerrno>
#include <cstdlib>

#include "datasets/hdf5_handle.hpp"

namespace banach {
namespace {

constexpr H5Z_filter_t lzf_id = 32000;
constexpr std::size_t largest_chunk = std::size_t{1} << 32;  // of HDF5

/// Reading: the plain size of a chunk is the third parameter, where a writer left it.
std::size_t unpack(std::size_t count, const unsigned* values, std::size_t bytes,
                   std::size_t* capacity, void** buffer) {
  std::size_t room = count >= 3 && values[2] > 0 ? values[2] : *capacity;
  for (; room > 0 && room < largest_chunk; room *= 2) {
    void* plain = std::malloc(room);
    if (!plain) return 0;
    const unsigned size =
        lzf_decompress(*buffer, static_cast<unsigned>(bytes), plain, static_cast<unsigned>(room));
    if (size > 0) {
      std::free(*buffer);
      *buffer = plain;
      *capacity = room;
      return size;
    }
    const bool small = errno == E2BIG;
    std::free(plain);
    if (!small) return 0;
  }
  return 0;
}

/// Writing: 0 (keep the chunk as it is) where it does not shrink.
std::size_t pack(std::size_t bytes, std::size_t* capacity, void** buffer) {
  void* packed = std::malloc(bytes);
  if (!packed) return 0;
  const unsigned size =
      lzf_compress(*buffer, static_cast<unsigned>(bytes), packed, static_cast<unsigned>(bytes));
  if (size == 0) {
    std::free(packed);
    return 0;
  }
  std::free(*buffer);
  *buffer = packed;
  *capacity = bytes;
  return size;
}

std::size_t lzf_filter(unsigned flags, std::size_t count, const unsigned* values, std::size_t bytes,
                       std::size_t* capacity, void** buffer) {
  return flags & H5Z_FLAG_REVERSE ? unpack(count, values, bytes, capacity, buffer)
                                  : pack(bytes, capacity, buffer);
}

/// The parameters that other writers leave: revision, LZF version, plain size of a chunk.
herr_t set_local(hid_t properties, hid_t type, hid_t) {
  hsize_t chunk[H5S_MAX_RANK];
  const int rank = H5Pget_chunk(properties, H5S_MAX_RANK, chunk);
  if (rank < 0) return -1;
  std::size_t size = H5Tget_size(type);
  for (int i = 0; i < rank; ++i) size *= chunk[i];
  const unsigned values[3] = {4, LZF_VERSION, static_cast<unsigned>(size)};
  return H5Pmodify_filter(properties, lzf_id, H5Z_FLAG_OPTIONAL, 3, values);
}

}  // namespace

void register_lzf() {
  if (H5Zfilter_avail(lzf_id) > 0) return;
  const H5Z_class2_t filter = {H5Z_CLASS_T_VERS, lzf_id,    1,         1, "lzf",
                               nullptr,          set_local, lzf_filter};
  H5Zregister(&filter);
}

}  // namespace banach
