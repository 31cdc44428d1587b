// SPDX-License-Identifier: Apache-2.0
// Checkpoints: the bytes as they are, and the same bytes as header and tensors of a file whose
// hashes are right, so that what stands behind the hashes is tried as well.
#include <nlohmann/json.hpp>
#include <string>

#include "../target.hpp"
#include "banach/error.hpp"
#include "core/run/container_format.hpp"
#include "core/run/fingerprint.hpp"
#include "datasets/dataset.hpp"

namespace {

using namespace banach;

template <class T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string digest_of(const std::string& bytes) {
  const Digest digest = sha256(std::string_view(bytes));
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// A file with this header; `rest` are its tensors.
std::string signed_file(const std::string& header, const std::string& rest) {
  using namespace container_format;
  std::string out = std::string(magic) + bytes_of(version) + bytes_of(std::uint32_t{0}) +
                    bytes_of(static_cast<std::uint64_t>(header.size())) + header;
  out += digest_of(out);
  out.resize(align_up(out.size()));
  out += rest;
  out += digest_of(out);
  out += bytes_of(static_cast<std::uint64_t>(out.size() + 16));
  return out + std::string(end_magic);
}

// What other parts read out of the values beside the tensors.
void read_meta(const nlohmann::json& meta) {
  for (const char* key : {"files", "dataset"}) {
    if (!meta.is_object() || !meta.contains(key)) continue;
    try {
      if (std::string(key) == "files")
        file_prints(meta[key], "mutant");
      else
        dataset_info(meta[key], "mutant");
    } catch (const DataError&) {
    }
  }
}

void read(const std::string& file) {
  try {
    const Container container = decode(std::string_view(file), "mutant");
    const auto again = encode(container);
    const Container same = decode(again, "again");
    if (same.meta != container.meta || same.blobs.size() != container.blobs.size())
      defect("written and read, a container differs");
    read_meta(container.meta);
  } catch (const DataError& error) {
    if (std::string(error.what()).find("mutant") == std::string::npos)
      defect(std::string("no file is named: ") + error.what());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  const auto end = std::min(bytes.find('\n'), bytes.size());
  read(signed_file(bytes.substr(0, end), end < bytes.size() ? bytes.substr(end + 1) : ""));
  return 0;
}
