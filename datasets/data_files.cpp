// SPDX-License-Identifier: Apache-2.0
#include "datasets/data_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "banach/error.hpp"
#include "core/parameters/names.hpp"
#include "datasets/file_pattern.hpp"
#include "datasets/probe.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t open_files = 16;

bool digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// The run of digits at `at`, without zeros in front.
std::string digits(const std::string& text, std::size_t& at) {
  while (at < text.size() && text[at] == '0') ++at;
  const auto first = at;
  while (at < text.size() && digit(text[at])) ++at;
  return text.substr(first, at - first);
}

void add_matches(const std::string& text, std::vector<DataFile>& files) {
  const PathPattern pattern(text);
  std::error_code error;
  if (fs::exists(text, error)) {  // a name may hold * or ? itself
    files.push_back({text, {}});
    return;
  }
  if (text.size() > longest_path)
    throw ConfigError(fmt::format("dataset.files: a pattern of {} bytes; at most {} are possible",
                                  text.size(), longest_path));
  const auto size = files.size();
  for (const auto& [path, values] : match_paths(text)) {
    require_name<DataError>("dataset.files: " + one_line(text), path, longest_path);
    DataFile file{path, {}};
    bool agree = true;  // a name that stands twice must be the same
    for (std::size_t i = 0; i < pattern.names().size(); ++i) {
      const auto [at, fresh] = file.names.emplace(pattern.names()[i], values[i]);
      agree = agree && (fresh || at->second == values[i]);
    }
    if (agree) files.push_back(std::move(file));
  }
  if (files.size() == size)
    throw DataError(fmt::format("no file matches {}", text), Exit::no_input);
}

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      const auto m = digits(a, i), n = digits(b, j);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
    } else if (a[i] != b[j]) {
      return a[i] < b[j];
    } else {
      ++i, ++j;
    }
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;  // "01" and "1"
}

PathPattern::PathPattern(const std::string& text) : text_(text) {
  for (std::size_t at = 0; (at = text.find_first_of("{}", at)) != std::string::npos;) {
    const auto end = text.find_first_of("{}", at + 1);
    if (text[at] == '}' || end == std::string::npos || text[end] == '{' || end == at + 1)
      throw ConfigError(fmt::format("\"{}\": braces must enclose the name of an axis", text));
    names_.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
}

bool PathPattern::has(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

PathPattern PathPattern::with(const std::string& value) const {
  const auto first = text_.find('{'), last = text_.find('}');
  return PathPattern(text_.substr(0, first) + value + text_.substr(last + 1));
}

PathPattern::Split PathPattern::split() const {
  const auto first = text_.find('{'), last = text_.find('}');
  const auto slash = text_.rfind('/', first), end = std::min(text_.find('/', last), text_.size());
  const auto begin = slash == std::string::npos ? 0 : slash + 1;
  return {slash == std::string::npos ? "" : text_.substr(0, slash),
          text_.substr(begin, first - begin), text_.substr(last + 1, end - last - 1),
          end < text_.size() ? text_.substr(end + 1) : ""};
}

std::vector<DataFile> find_data_files(const std::vector<std::string>& patterns) {
  if (patterns.empty()) throw ConfigError("dataset: files is missing");
  std::vector<DataFile> files, once;
  for (const auto& pattern : patterns) {
    const auto before = files.size();
    add_matches(pattern, files);
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end(),
              [](const auto& a, const auto& b) { return natural_less(a.path, b.path); });
  }
  std::set<fs::path> seen;
  for (auto& file : files)
    if (seen.insert(file.path).second) once.push_back(std::move(file));
  return once;
}

// The library reads zeros where a file that it has open was cut off.
void FileCache::require_unchanged(const fs::path& path) {
  std::error_code error;
  const Stamp stamp{fs::file_size(path, error), fs::last_write_time(path, error)};
  if (error) {
    if (stamps_.count(path) == 0) return;  // the reader says why
    throw DataError(fmt::format("{}: the file is gone: {}", path.string(), error.message()),
                    Exit::no_input);
  }
  const auto& known = stamps_.emplace(path, stamp).first->second;
  if (known.size != stamp.size || known.time != stamp.time)
    throw DataError(fmt::format("{}: the file has changed since it was opened", path.string()));
}

void FileCache::require_sources_unchanged(const Hdf5Reader& reader) {
  for (const auto& source : reader.sources()) require_unchanged(source);
}

std::shared_ptr<const Hdf5Reader> FileCache::open(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  const bool fresh = stamps_.count(path) == 0;
  require_unchanged(path);
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const auto& reader) { return reader->path() == path; });
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
    require_sources_unchanged(*open_.front());
    return open_.front();
  }
  if (fresh) probe_hdf5(path);
  auto reader = std::make_shared<const Hdf5Reader>(path);
  for (const auto& [dataset, bytes] : caches_[path]) reader->chunk_cache(dataset, bytes);
  open_.push_front(std::move(reader));
  if (open_.size() > open_files) open_.pop_back();
  return open_.front();
}

void FileCache::chunk_cache(const fs::path& path, const std::string& dataset, std::int64_t bytes) {
  const auto reader = open(path);
  const std::lock_guard lock(mutex_);
  auto& known = caches_[path][dataset];
  if (known == bytes) return;
  known = bytes;
  reader->chunk_cache(dataset, bytes);
}

}  // namespace banach
