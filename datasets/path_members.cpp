// SPDX-License-Identifier: Apache-2.0
#include "datasets/path_members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "banach/error.hpp"
#include "core/parameters/names.hpp"

namespace banach {
namespace {

using Names = std::map<std::string, std::string>;

bool starts(const std::string& text, const std::string& with) {
  return text.compare(0, with.size(), with) == 0;
}

bool ends(const std::string& text, const std::string& with) {
  return text.size() >= with.size() &&
         text.compare(text.size() - with.size(), with.size(), with) == 0;
}

bool numbered(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789._-+eE") == std::string::npos;
}

/// What may stand for the first placeholder, in order.
std::vector<std::string> values(const Hdf5Reader& file, const PathPattern& pattern,
                                const std::string& time_decimal) {
  const auto split = pattern.split();
  std::vector<std::string> found;
  for (const auto& name : file.members(split.parent.empty() ? "/" : split.parent)) {
    if (name.size() <= split.before.size() + split.after.size() || !starts(name, split.before) ||
        !ends(name, split.after))
      continue;
    require_name<DataError>(file.path().string() + ": a member of " + split.parent, name);
    found.push_back(
        name.substr(split.before.size(), name.size() - split.before.size() - split.after.size()));
  }
  if (pattern.names().front() != "time") {
    std::sort(found.begin(), found.end(), natural_less);
    return found;
  }
  const auto number = [&](const std::string& name) {
    return time_of_name(name, time_decimal, file.path().string());
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const auto& a, const auto& b) { return number(a) < number(b); });
  return found;
}

void expand(const Hdf5Reader& file, const PathPattern& pattern, const std::string& time_decimal,
            const Names& names, std::vector<PathMember>& out) {
  if (pattern.names().empty()) {
    out.push_back({pattern.text(), names});
    return;
  }
  const auto split = pattern.split();
  for (const auto& value : values(file, pattern, time_decimal)) {
    const auto next = pattern.with(value);
    // What must be there up to the next placeholder.
    const auto open = next.text().find('{');
    const auto known = open == std::string::npos
                           ? next.text()
                           : next.text().substr(0, next.text().rfind('/', open));
    const bool whole = open == std::string::npos;
    if (known.empty() || (whole ? file.is_dataset(known) : file.is_group(known))) {
      auto inner = names;
      inner[pattern.names().front()] = value;
      expand(file, next, time_decimal, inner, out);
    } else if (numbered(value)) {
      throw DataError(fmt::format("{}: no {} \"{}\"; others of \"{}\" have it",
                                  file.path().string(), whole ? "dataset" : "group", known,
                                  pattern.text()));
    }
  }
}

}  // namespace

double time_of_name(const std::string& name, const std::string& decimal, const std::string& where) {
  std::string text = name;
  if (decimal != ".")
    for (auto at = text.find(decimal); at != std::string::npos; at = text.find(decimal, at + 1))
      text.replace(at, decimal.size(), ".");
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw DataError(fmt::format("{}: \"{}\" is no time; does time_decimal = \"{}\" fit?", where,
                                name, decimal));
  return value;
}

std::vector<PathMember> expand_path(const Hdf5Reader& file, const PathPattern& pattern,
                                    const std::string& time_decimal) {
  std::vector<PathMember> out;
  expand(file, pattern, time_decimal, {}, out);
  if (out.empty())
    throw DataError(
        fmt::format("{}: no dataset fits \"{}\"", file.path().string(), pattern.text()));
  return out;
}

FileGroups group_files(std::vector<DataFile> files, const std::string& files_axis) {
  FileGroups out;
  out.files = std::move(files);
  std::map<std::string, std::size_t> known;
  for (const auto& [name, value] : out.files.front().names)
    if (name != "sample")
      throw ConfigError(fmt::format(
          "dataset.files: {{{}}} in names of files: only {{sample}} is known there; files that "
          "continue each other join along files_axis",
          name));
  for (std::size_t i = 0; i < out.files.size(); ++i) {
    const auto& names = out.files[i].names;
    const auto sample = names.find("sample");
    const std::string key = sample != names.end()    ? "s" + sample->second
                            : files_axis == "sample" ? "f" + std::to_string(i)
                                                     : "";
    const auto [at, fresh] = known.emplace(key, out.groups.size());
    if (fresh) out.groups.emplace_back();
    out.groups[at->second].push_back(i);
  }
  out.join = files_axis;
  for (const auto& group : out.groups)
    if (files_axis == "sample" && group.size() > 1)
      throw ConfigError(
          fmt::format("dataset.files: {} and {} are the same sample; files_axis = \"time\" joins "
                      "them along the time",
                      out.files[group[0]].path.string(), out.files[group[1]].path.string()));
  return out;
}

}  // namespace banach
