// SPDX-License-Identifier: Apache-2.0
// What a study has done, one JSON object per line, on disk before anything is built upon it.
#pragma once
#include <nlohmann/json.hpp>

#include "core/run/folder.hpp"

namespace banach {

/// An append-only file of JSON objects. A kill or a power loss leaves at most one torn line, the
/// last: it is dropped when the file is opened again.
class BANACH_API Journal {
 public:
  /// Opens or creates. DataError for a line that is no JSON object before the last.
  Journal(const Folder& folder, const std::string& name);
  const std::vector<nlohmann::json>& records() const { return records_; }
  /// Appends with one write and syncs; after an IoError the file ends with the record before it.
  void append(nlohmann::json record);

 private:
  void read();
  void cut(std::size_t length);
  std::filesystem::path path_;
  Descriptor file_;
  std::size_t length_ = 0;
  std::vector<nlohmann::json> records_;
};

}  // namespace banach
