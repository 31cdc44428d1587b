// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "core/parameters/memory.hpp"
#include "datasets/hdf5_reader_impl.hpp"

namespace banach {
namespace {

struct KnownFilter {
  int id;
  const char *name, *package;
};
// Registered numbers of filters, and who packages them for Debian.
constexpr KnownFilter known_filters[] = {
    {H5Z_FILTER_DEFLATE, "gzip", ""},
    {H5Z_FILTER_SHUFFLE, "shuffle", ""},
    {H5Z_FILTER_FLETCHER32, "fletcher32", ""},
    {H5Z_FILTER_SZIP, "szip", ""},
    {H5Z_FILTER_NBIT, "nbit", ""},
    {H5Z_FILTER_SCALEOFFSET, "scaleoffset", ""},
    {307, "bzip2", "hdf5-filter-plugin"},
    {32000, "lzf", "hdf5-plugin-lzf"},
    {32001, "blosc", "hdf5-filter-plugin-blosc-serial"},
    {32004, "lz4", "hdf5-filter-plugin"},
    {32008, "bitshuffle", "hdf5-filter-plugin"},
    {32013, "zfp", "hdf5-filter-plugin-zfp-serial"},
    {32015, "zstd", ""},
};

Hdf5Handle member_type(hid_t compound, unsigned index) {
  return {H5Tget_member_type(compound, index), H5Tclose};
}

std::string member_name(hid_t compound, unsigned index) {
  char* raw = H5Tget_member_name(compound, index);
  const std::string name = raw ? raw : "";
  H5free_memory(raw);
  return name;
}

bool is_truth(hid_t type) {
  return H5Tget_nmembers(type) == 2 && member_name(type, 0) == "FALSE" &&
         member_name(type, 1) == "TRUE";
}

bool is_complex(hid_t type) {
  if (H5Tget_nmembers(type) != 2) return false;
  const std::string first = member_name(type, 0), second = member_name(type, 1);
  const bool named = (first == "r" && second == "i") || (first == "real" && second == "imag") ||
                     (first == "re" && second == "im");
  const auto a = member_type(type, 0), b = member_type(type, 1);
  return named && H5Tget_class(a.get()) == H5T_FLOAT && H5Tget_class(b.get()) == H5T_FLOAT;
}

std::string sized(const char* name, hid_t type) {
  return name + std::to_string(8 * H5Tget_size(type));
}

std::string order_of(hid_t type) {
  return H5Tget_order(type) == H5T_ORDER_BE && H5Tget_size(type) > 1 ? "big-endian" : "";
}

std::string storage_of(hid_t properties) {
  if (H5Pget_external_count(properties) > 0) return "external";
  switch (H5Pget_layout(properties)) {
    case H5D_COMPACT:
      return "compact";
    case H5D_CHUNKED:
      return "chunked";
    case H5D_VIRTUAL:
      return "virtual";
    default:
      return "contiguous";
  }
}

}  // namespace

Hdf5TypeInfo hdf5_type_info(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return {sized("float", type), order_of(type), true};
    case H5T_INTEGER:
      return {sized(H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int", type), order_of(type),
              true};
    case H5T_ENUM:
      return {is_truth(type) ? "bool" : "enum", "", true};
    case H5T_COMPOUND:
      if (!is_complex(type)) return {"compound", ""};
      return {sized("complex", type), order_of(member_type(type, 0).get()), true, 2};
    case H5T_STRING:
      return {"text", ""};
    case H5T_REFERENCE:
      return {"reference", ""};
    case H5T_VLEN:
      return {"list", ""};
    case H5T_ARRAY:
      return {"array", ""};
    default:
      return {"opaque", ""};
  }
}

Hdf5Handle hdf5_memory_type(hid_t type, hid_t base) {
  if (H5Tget_class(type) != H5T_COMPOUND) return {H5Tcopy(base), H5Tclose};
  const auto size = H5Tget_size(base);
  Hdf5Handle pair(H5Tcreate(H5T_COMPOUND, 2 * size), H5Tclose);
  for (unsigned i = 0; i < 2; ++i)
    H5Tinsert(pair.get(), member_name(type, i).c_str(), i * size, base);
  return pair;
}

std::vector<Hdf5Filter> hdf5_filters(hid_t properties) {
  std::vector<Hdf5Filter> filters;
  const int count = H5Pget_nfilters(properties);
  for (int i = 0; i < count; ++i) {
    std::size_t none = 0;
    std::array<char, 64> name{};
    unsigned flags = 0, config = 0;
    const auto id = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &none, nullptr,
                                   name.size() - 1, name.data(), &config);
    if (id < 0) continue;
    Hdf5Filter filter{id, name.data(), "", H5Zfilter_avail(id) > 0};
    for (const auto& known : known_filters)
      if (known.id == id) {
        filter.name = known.name;
        filter.package = known.package;
      }
    if (filter.name.empty()) filter.name = "unnamed";
    filters.push_back(std::move(filter));
  }
  return filters;
}

std::int64_t hdf5_elements(const Shape& shape) {
  std::int64_t product = 1;
  for (const auto extent : shape)
    if (extent < 0 || __builtin_mul_overflow(product, extent, &product)) return -1;
  return product;
}

std::int64_t Hdf5DatasetInfo::elements() const { return hdf5_elements(shape); }
std::int64_t Hdf5Slab::size() const { return hdf5_elements(count); }

std::string Hdf5DatasetInfo::layout() const {
  std::string text = storage;
  if (!chunks.empty()) text = fmt::format("chunks ({})", fmt::join(chunks, ", "));
  for (std::size_t i = 0; i < filters.size(); ++i)
    text += (i == 0 ? ", " : " + ") + filters[i].name;
  return text;
}

Hdf5DatasetInfo Hdf5Reader::Impl::describe(hid_t dataset, const std::string& name) const {
  const auto type = checked(H5Dget_type(dataset), H5Tclose, name);
  const auto properties = checked(H5Dget_create_plist(dataset), H5Pclose, name);
  const auto known = hdf5_type_info(type.get());
  Hdf5DatasetInfo info;
  info.path = name;
  info.shape = shape(dataset, name);
  info.type = known.name;
  info.byte_order = known.byte_order;
  info.numeric = known.numeric;
  info.components = known.components;
  info.item_bytes = static_cast<std::int64_t>(H5Tget_size(type.get()));
  info.storage = storage_of(properties.get());
  info.stored_bytes = static_cast<std::int64_t>(H5Dget_storage_size(dataset));
  if (info.storage == "chunked") {
    std::vector<hsize_t> chunk(H5S_MAX_RANK);
    const int rank = H5Pget_chunk(properties.get(), H5S_MAX_RANK, chunk.data());
    if (rank < 0) fail(fmt::format("{}: {}", name, hdf5_reason()));
    info.chunks.assign(chunk.begin(), chunk.begin() + rank);
  }
  info.filters = hdf5_filters(properties.get());
  return info;
}

void Hdf5Reader::Impl::require_readable(hid_t dataset, const Hdf5DatasetInfo& info) const {
  if (!info.numeric)
    fail(fmt::format("dataset \"{}\" holds {}, no numbers", info.path,
                     info.type == "text" ? "text" : info.type + " values"));
  const auto space = checked(H5Dget_space(dataset), H5Sclose, info.path);
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL)
    fail(fmt::format("dataset \"{}\" is empty: it has a type, and no numbers", info.path));
  if (info.storage == "external")
    fail(
        fmt::format("dataset \"{}\" keeps its numbers in other files, which are not opened; "
                    "h5repack writes them into one file",
                    info.path));
  for (const auto& filter : info.filters)
    if (!filter.available)
      fail(fmt::format(
          "dataset \"{}\" is compressed with {} (filter {}), which is not built in, and filters "
          "are not loaded from elsewhere; convert the file once: {}h5repack -f GZIP=4 OLD NEW",
          info.path, filter.name, filter.id,
          filter.package.empty() ? "" : "apt install hdf5-tools " + filter.package + "; "));
  if (info.elements() < 0)
    fail(fmt::format("dataset \"{}\" claims the impossible shape [{}]", info.path,
                     fmt::join(info.shape, ", ")));
  // No filter shrinks numbers by more; scaleoffset keeps a few bytes of a chunk of equal ones.
  const auto scaled = std::any_of(info.filters.begin(), info.filters.end(),
                                  [](const auto& f) { return f.id == H5Z_FILTER_SCALEOFFSET; });
  const double most =
      (1 << 20) + static_cast<double>(info.stored_bytes) * (scaled ? 1 << 22 : 1 << 16);
  if (info.storage != "virtual" &&
      static_cast<double>(info.elements()) * static_cast<double>(info.item_bytes) > most)
    fail(
        fmt::format("dataset \"{}\" of shape [{}] has only {} bytes in the file: it was never "
                    "written, or is damaged",
                    info.path, fmt::join(info.shape, ", "), info.stored_bytes));
  if (info.storage == "virtual") require_sources(dataset, info.path);
  // A chunk is unpacked as a whole.
  std::int64_t chunk = info.item_bytes;
  for (const auto extent : info.chunks)
    if (__builtin_mul_overflow(chunk, extent, &chunk) || chunk > (std::int64_t{1} << 32))
      fail(fmt::format("dataset \"{}\" claims impossible chunks [{}]", info.path,
                       fmt::join(info.chunks, ", ")));
  if (info.chunks.empty()) return;
  const auto text = memory_shortage(
      2 * static_cast<double>(chunk),
      fmt::format("dataset \"{}\": unpacking a chunk ({})", info.path,
                  fmt::join(info.chunks, ", ")),
      fmt::format("repack it in smaller ones with h5repack -l {}:CHUNK=...", info.path));
  if (!text.empty()) fail(text);
}

}  // namespace banach
