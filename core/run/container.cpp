// SPDX-License-Identifier: Apache-2.0
#include "core/run/container.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/parameters/json_text.hpp"
#include "core/run/container_format.hpp"

namespace banach {
namespace container_format {

bool byte_count(const Blob& blob, std::size_t& bytes) {
  bytes = dtype_size(blob.dtype);
  for (const auto extent : blob.shape)
    if (extent < 0 || __builtin_mul_overflow(bytes, static_cast<std::size_t>(extent), &bytes))
      return false;
  return true;
}

int nesting(std::string_view json) {
  int depth = 0, deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace container_format

namespace {

using namespace container_format;

template <class T>
void append(std::vector<std::byte>& out, const T& value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), first, first + sizeof(T));
}

void append(std::vector<std::byte>& out, ByteView bytes) {
  out.insert(out.end(), bytes.data, bytes.data + bytes.size);
}

bool finite(const nlohmann::json& value) {
  if (value.is_number_float()) return std::isfinite(value.get<double>());
  return !value.is_structured() || std::all_of(value.begin(), value.end(), finite);
}

std::string header_text(const Container& container) {
  auto tensors = nlohmann::json::array();
  std::set<std::string> names;
  std::size_t offset = 0;
  for (const auto& blob : container.blobs) {
    std::size_t bytes = 0;
    BANACH_ASSERT(!blob.name.empty() && names.insert(blob.name).second);
    BANACH_ASSERT(dtype_size(blob.dtype) != 0 && blob.shape.size() <= max_rank);
    BANACH_ASSERT(byte_count(blob, bytes) && bytes == blob.bytes.size());
    tensors.push_back({{"name", blob.name},
                       {"dtype", blob.dtype},
                       {"shape", blob.shape},
                       {"offset", offset},
                       {"bytes", bytes}});
    offset = align_up(offset + bytes);
  }
  const nlohmann::json header = {{"meta", container.meta}, {"tensors", std::move(tensors)}};
  return json_text(header);
}

}  // namespace

const Blob& Container::blob(const std::string& name) const {
  for (const auto& candidate : blobs)
    if (candidate.name == name) return candidate;
  throw DataError(fmt::format("checkpoint: no tensor \"{}\" among its {}", name, blobs.size()));
}

bool Container::has(const std::string& name) const {
  return std::any_of(blobs.begin(), blobs.end(), [&](const Blob& b) { return b.name == name; });
}

std::size_t dtype_size(const std::string& dtype) {
  if (dtype == "BOOL" || dtype == "U8" || dtype == "I8") return 1;
  if (dtype == "I16" || dtype == "U16" || dtype == "F16" || dtype == "BF16") return 2;
  if (dtype == "I32" || dtype == "U32" || dtype == "F32") return 4;
  return dtype == "F64" || dtype == "I64" || dtype == "U64" ? 8 : 0;
}

std::vector<std::byte> encode(const Container& container) {
  BANACH_ASSERT(container.meta.is_object() && finite(container.meta));
  const auto header = header_text(container);
  BANACH_ASSERT(header.size() <= max_header && nesting(header) <= max_depth);
  std::size_t total = align_up(prefix_size + header.size() + digest_size);
  for (const auto& blob : container.blobs) total = align_up(total) + blob.bytes.size();
  total += footer_size;
  std::vector<std::byte> out;
  out.reserve(total);
  append(out, ByteView(magic));
  append(out, version);
  append(out, std::uint32_t{0});
  append(out, static_cast<std::uint64_t>(header.size()));
  append(out, ByteView(header));
  append(out, sha256(out));
  out.resize(align_up(out.size()));
  for (const auto& blob : container.blobs) {
    out.resize(align_up(out.size()));
    append(out, ByteView(blob.bytes));
  }
  append(out, sha256(out));
  append(out, static_cast<std::uint64_t>(total));
  append(out, ByteView(end_magic));
  BANACH_ASSERT(out.size() == total);
  return out;
}

}  // namespace banach
