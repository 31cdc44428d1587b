// SPDX-License-Identifier: Apache-2.0
// The checkpoint container, format 1: named tensors and free-form metadata in one self-verifying
// block of bytes. Nothing in it is parsed before its hash has been verified.
//
//   0   magic (8)  version u32  zero u32  header length u64
//   24  header: JSON {"meta": ..., "tensors": [{name, dtype, shape, offset, bytes}, ...]}
//       SHA-256 of everything before (32), zeros up to a multiple of 64: offset 0 of the tensors
//       tensors in the order of the header, raw little-endian, each at a multiple of 64
//       SHA-256 of everything before (32)  length of the whole u64  end magic (8)
#pragma once
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "banach/error.hpp"
#include "banach/export.hpp"
#include "core/run/bytes.hpp"

namespace banach {

/// One named tensor: `bytes` is contiguous, row-major, little-endian.
struct Blob {
  std::string name;
  std::string dtype;  // BOOL U8 I8 I16 U16 F16 BF16 I32 U32 F32 F64 I64 U64
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
};

/// What one checkpoint holds. Numbers in `meta` must be finite: JSON has no infinity and no NaN.
struct BANACH_API Container {
  nlohmann::json meta = nlohmann::json::object();
  std::vector<Blob> blobs;

  /// The blob of that name; DataError if there is none.
  const Blob& blob(const std::string& name) const;
  bool has(const std::string& name) const;

  /// The meta value of that key; DataError if it is absent or of another type.
  template <class T>
  T value(const std::string& key) const {
    try {
      return meta.at(key).get<T>();
    } catch (const nlohmann::json::exception& e) {
      throw DataError("checkpoint: no usable value \"" + key + "\": " + e.what());
    }
  }
};

/// Bytes per element of a dtype name; 0 for an unknown one.
BANACH_API std::size_t dtype_size(const std::string& dtype);

/// The whole container as bytes; the same container gives the same bytes.
/// An ill-formed one (double name, size that does not fit, infinite meta) is our own bug.
BANACH_API std::vector<std::byte> encode(const Container& container);

/// Verifies length and hashes, then parses; `origin` (a path) opens every message.
/// DataError for each defect, and never an allocation larger than a few times `file`.
BANACH_API Container decode(ByteView file, const std::string& origin);

/// The dtype name of a C++ type.
template <class T>
constexpr const char* dtype_name() {
  if constexpr (std::is_same_v<T, float>) return "F32";
  if constexpr (std::is_same_v<T, double>) return "F64";
  if constexpr (std::is_same_v<T, std::int64_t>) return "I64";
  if constexpr (std::is_same_v<T, std::int32_t>) return "I32";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "U64";
  if constexpr (std::is_same_v<T, std::uint8_t>) return "U8";
}

/// A blob with a copy of the product-of-`shape` values at `values`.
template <class T>
Blob make_blob(std::string name, std::vector<std::int64_t> shape, const T* values) {
  std::size_t count = 1;
  for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
  const auto* first = reinterpret_cast<const std::byte*>(values);
  return {std::move(name), dtype_name<T>(), std::move(shape), {first, first + count * sizeof(T)}};
}

/// The values of a blob; DataError if its dtype is another one.
template <class T>
std::vector<T> values_of(const Blob& blob) {
  if (blob.dtype != dtype_name<T>())
    throw DataError("checkpoint: tensor \"" + blob.name + "\" is " + blob.dtype + ", expected " +
                    dtype_name<T>());
  std::vector<T> values(blob.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), blob.bytes.data(), blob.bytes.size());
  return values;
}

}  // namespace banach
