// SPDX-License-Identifier: Apache-2.0
// The files of a data set: found by pattern, opened when needed, a few kept open.
#pragma once
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "datasets/hdf5_file.hpp"

namespace banach {

/// Numbers inside names count as numbers: "run_2" comes before "run_10".
BANACH_API bool natural_less(const std::string& a, const std::string& b);

/// A path with {name} parts, taken apart.
class BANACH_API PathPattern {
 public:
  /// ConfigError for braces that do not match.
  explicit PathPattern(const std::string& text);
  const std::vector<std::string>& names() const { return names_; }
  const std::string& text() const { return text_; }
  bool has(const std::string& name) const;
  /// The text with a value for the first placeholder, as a pattern with one less.
  PathPattern with(const std::string& value) const;
  /// The folder or group in which the first placeholder's member lies, what stands before and after
  /// the placeholder in its segment, and the rest of the path: "a/b{x}c/d" -> a, "b", "c", "d".
  struct Split {
    std::string parent, before, after, rest;
  };
  Split split() const;

 private:
  std::string text_;
  std::vector<std::string> names_;
};

struct DataFile {
  std::filesystem::path path;
  std::map<std::string, std::string> names;  // placeholder -> what stands there
};

/// Files that match, in natural order of their paths, none twice. DataError (Exit::no_input) naming
/// the pattern that nothing matches.
BANACH_API std::vector<DataFile> find_data_files(const std::vector<std::string>& patterns);

/// Readers of files, at most 16 open at a time.
class BANACH_API FileCache {
 public:
  /// DataError where the file is gone, or is no longer the one that was opened first.
  std::shared_ptr<const Hdf5Reader> open(const std::filesystem::path& path);
  /// Bytes of chunks that are kept of a dataset, here and when the file is opened again.
  void chunk_cache(const std::filesystem::path& path, const std::string& dataset,
                   std::int64_t bytes);

 private:
  void require_unchanged(const std::filesystem::path& path);
  void require_sources_unchanged(const Hdf5Reader& reader);
  struct Stamp {
    std::uintmax_t size;
    std::filesystem::file_time_type time;
  };
  std::mutex mutex_;
  std::list<std::shared_ptr<const Hdf5Reader>> open_;  // the one used last in front
  std::map<std::filesystem::path, Stamp> stamps_;
  std::map<std::filesystem::path, std::map<std::string, std::int64_t>> caches_;
};

}  // namespace banach
