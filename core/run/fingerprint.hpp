// SPDX-License-Identifier: Apache-2.0
// What files were when a run read them, to tell later whether they are still the same.
#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

struct FilePrint {
  std::string path;
  std::int64_t size = 0, modified = 0;  // bytes; nanoseconds since 1970
  std::int64_t looked_at = 0;           // bytes that the hash has seen at most
  std::string hash;                     // SHA-256 of its size and blocks of its bytes
};

/// Prints of files, all together from at most about 256 MB: small files as a whole, of large ones
/// blocks at their beginning, at their end and evenly between. IoError for a file that is gone.
BANACH_API std::vector<FilePrint> prints_of(const std::vector<std::string>& paths);

/// Whether a file holds what it held then. Its content is only looked at where its time or place
/// differ; false where it is gone.
BANACH_API bool still_same(const FilePrint& print, const std::filesystem::path& file);

BANACH_API nlohmann::json to_json(const std::vector<FilePrint>& prints);
/// DataError naming `origin` where it is damaged.
BANACH_API std::vector<FilePrint> file_prints(const nlohmann::json& json,
                                              const std::string& origin);

}  // namespace banach
