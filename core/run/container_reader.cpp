// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <limits>
#include <set>

#include "core/parameters/json_text.hpp"
#include "core/run/container.hpp"
#include "core/run/container_format.hpp"

namespace banach {
namespace {

using namespace container_format;

template <class T>
T read_integer(ByteView file, std::size_t offset) {
  T value;
  std::memcpy(&value, file.data + offset, sizeof(T));
  return value;
}

[[noreturn]] void refuse(const std::string& origin, const std::string& defect) {
  throw DataError(fmt::format("{}: {}", origin, defect));
}

void verify_start(ByteView start, std::size_t size, const std::string& origin) {
  if (size == 0) refuse(origin, "the checkpoint is empty (0 bytes)");
  const auto found_magic = start.text().substr(0, magic.size());
  if (found_magic != magic.substr(0, found_magic.size())) {
    if (found_magic.substr(0, 4) == magic.substr(0, 4))
      refuse(origin, "the checkpoint was damaged at its start, as by a transfer in text mode");
    refuse(origin, "this is no Banach checkpoint (its first bytes are others)");
  }
  if (size < prefix_size + digest_size + footer_size)
    refuse(origin, fmt::format("the checkpoint is cut off after {} bytes", size));
  const auto found = read_integer<std::uint32_t>(start, 8);
  if (found != version)
    refuse(origin, fmt::format("the checkpoint has format {}, this program reads format {}", found,
                               version));
}

void verify_digest(ByteView file, const std::string& origin) {
  const auto footer = file.size - footer_size;
  const auto digest = sha256(file.part(0, footer));
  if (std::memcmp(digest.data(), file.data + footer, digest_size) != 0)
    refuse(origin, "the checkpoint is damaged: its SHA-256 does not match its content");
}

/// The header's text, after its own bounds and hash.
std::string_view verified_header(ByteView file, const std::string& origin) {
  const auto room = file.size - prefix_size - digest_size - footer_size;
  const auto length = read_integer<std::uint64_t>(file, 16);
  if (length > room || length > max_header)
    refuse(origin, fmt::format("the checkpoint's header of {} bytes is too long", length));
  if (align_up(prefix_size + length + digest_size) > file.size - footer_size)
    refuse(origin, "the checkpoint's header leaves no room for its tensors");
  const auto digest = sha256(file.part(0, prefix_size + length));
  if (std::memcmp(digest.data(), file.data + prefix_size + length, digest_size) != 0)
    refuse(origin, "the checkpoint is damaged: its header's SHA-256 does not match");
  return file.part(prefix_size, length).text();
}

bool is_size(const nlohmann::json& value) {
  return value.is_number_unsigned() &&
         value.get<std::uint64_t>() <= std::uint64_t(std::numeric_limits<std::int64_t>::max());
}

/// Name, dtype and shape of a header's entry, and its place; the bytes stay empty.
struct Entry {
  Blob blob;
  std::size_t offset, bytes;
};

Entry parse_entry(const nlohmann::json& item, const std::string& origin) {
  const auto member = [&](const char* key) {
    return item.is_object() && item.contains(key) ? item[key] : nlohmann::json();
  };
  const auto name = member("name"), dtype = member("dtype"), shape = member("shape");
  const auto offset = member("offset"), bytes = member("bytes");
  if (!name.is_string() || name.get_ref<const std::string&>().empty())
    refuse(origin, "a tensor has no name");
  Entry entry{{name.get<std::string>(), "", {}, {}}, 0, 0};
  const auto bad = [&](const std::string& what) {
    refuse(origin, fmt::format("tensor \"{}\" {}", entry.blob.name, what));
  };
  if (!dtype.is_string() || dtype_size(dtype.get_ref<const std::string&>()) == 0)
    bad("has the unknown dtype " + json_text(dtype));
  entry.blob.dtype = dtype.get<std::string>();
  if (!shape.is_array() || shape.size() > max_rank) bad("has no usable shape");
  for (const auto& extent : shape) {
    if (!is_size(extent)) bad("has the extent " + json_text(extent) + " in its shape");
    entry.blob.shape.push_back(extent.get<std::int64_t>());
  }
  if (!is_size(offset)) bad("has no usable offset");
  if (!is_size(bytes)) bad("has no usable size");
  entry.offset = offset.get<std::size_t>();
  entry.bytes = bytes.get<std::size_t>();
  std::size_t expected = 0;
  if (!byte_count(entry.blob, expected)) bad("has a shape whose size overflows");
  if (expected != entry.bytes)
    bad(fmt::format("has {} bytes, its shape needs {}", entry.bytes, expected));
  return entry;
}

/// Copies the tensors out of `data`, each after a check of its place.
std::vector<Blob> read_tensors(const nlohmann::json& tensors, ByteView data,
                               const std::string& origin) {
  std::vector<Blob> blobs;
  std::set<std::string> names;
  std::size_t end = 0;
  for (const auto& item : tensors) {
    auto [blob, offset, bytes] = parse_entry(item, origin);
    const auto bad = [&, &name = blob.name](const char* what) {
      refuse(origin, fmt::format("tensor \"{}\" {}", name, what));
    };
    if (!names.insert(blob.name).second) bad("stands there twice");
    if (offset % alignment != 0) bad("is not aligned to 64 bytes");
    if (offset > data.size || bytes > data.size - offset) bad("lies outside of the file");
    if (offset < end) bad("overlaps the one before it");
    end = offset + bytes;
    blob.bytes.assign(data.data + offset, data.data + end);
    blobs.push_back(std::move(blob));
  }
  return blobs;
}

}  // namespace

namespace container_format {

void verify_ends(ByteView start, ByteView end, std::size_t size, const std::string& origin) {
  verify_start(start, size, origin);
  if (end.part(8, 8).text() != end_magic)
    refuse(origin,
           fmt::format("the checkpoint is cut off or damaged: no end mark after {} bytes", size));
  const auto length = read_integer<std::uint64_t>(end, 0);
  if (length != size)
    refuse(origin,
           fmt::format("the checkpoint is damaged: it has {} bytes and says {}", size, length));
}

}  // namespace container_format

Container decode(ByteView file, const std::string& origin) {
  const std::size_t end = file.size < end_size ? 0 : file.size - end_size;
  verify_ends(file, file.part(end, file.size - end), file.size, origin);
  verify_digest(file, origin);
  const auto text = verified_header(file, origin);
  if (nesting(text) > max_depth)
    refuse(origin, fmt::format("the checkpoint's header is nested deeper than {}", max_depth));
  auto header = nlohmann::json::parse(text, nullptr, false);
  if (!header.is_object() || !header.contains("meta") || !header["meta"].is_object() ||
      !header.contains("tensors") || !header["tensors"].is_array())
    refuse(origin, "the checkpoint's header is not what format 1 asks for");
  const auto data = align_up(prefix_size + text.size() + digest_size);
  Container container;
  container.blobs =
      read_tensors(header["tensors"], file.part(data, file.size - footer_size - data), origin);
  container.meta = std::move(header["meta"]);
  return container;
}

}  // namespace banach
