// SPDX-License-Identifier: Apache-2.0
#include "core/training/data_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "banach/error.hpp"
#include "core/parameters/text.hpp"
#include "datasets/data_files.hpp"
#include "datasets/data_sources.hpp"

namespace banach {
namespace {

void add(const std::vector<std::string>& patterns, std::vector<std::string>& out) {
  if (patterns.empty()) return;
  for (const auto& file : find_data_files(patterns))
    if (std::find(out.begin(), out.end(), file.path.string()) == out.end())
      out.push_back(file.path.string());
}

bool ends_in(const std::string& key, const std::string& end) {
  return key.size() >= end.size() && key.compare(key.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::vector<std::string> data_files(const RunConfiguration& c) {
  std::vector<std::string> out;
  if (c.dataset) {
    add(c.dataset->files, out);
    if (c.dataset->train) add(c.dataset->train->files, out);
    if (c.dataset->validation) add(c.dataset->validation->files, out);
    for (const auto& test : c.dataset->test) add(test.files, out);
  }
  for (const auto& [name, observation] : c.observations)
    if (observation.file) out.push_back(*observation.file);
  std::vector<std::string> all;
  for (const auto& file : with_sources({out.begin(), out.end()})) all.push_back(file.string());
  return all;
}

std::vector<FilePrint> recorded_files(const RunState& state, const std::string& origin) {
  return file_prints(state.files, origin);
}

std::vector<std::string> changed_files(const std::vector<FilePrint>& record) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& print : record)
    if (std::filesystem::exists(print.path, error) && !still_same(print, print.path))
      out.push_back(print.path);
  return out;
}

void require_same_data(const RunState& state, const std::string& run, bool force,
                       std::vector<std::string>& notices) {
  if (state.files.is_null()) {
    if (!state.dataset.is_null())
      notices.push_back(
          "the run is of an older version and does not remember its data files: whether they are "
          "still the same is not known");
    return;
  }
  const auto changed = changed_files(recorded_files(state, run));
  if (changed.empty()) return;
  const std::string what =
      fmt::format("{}{} changed since the run read {}", changed.front(),
                  changed.size() == 1 ? "" : fmt::format(" and {} more files", changed.size() - 1),
                  changed.size() == 1 ? "it" : "them");
  if (force)
    notices.push_back(what + ": the run continues with the present data");
  else
    throw DataError(what +
                    ": put the old data back, start a new run, or continue with the new data: "
                    "banach train --resume " +
                    run + " --force");
}

std::string other_files(const std::vector<FilePrint>& record,
                        const std::vector<std::string>& files) {
  std::size_t i = 0;
  while (i < std::min(record.size(), files.size()) && still_same(record[i], files[i])) ++i;
  if (i == record.size() && i == files.size()) return "";
  if (i < files.size() && std::none_of(record.begin(), record.end(), [&](const FilePrint& print) {
        return still_same(print, files[i]);
      }))
    return files[i] + " is none of them";
  if (i < record.size() && std::none_of(files.begin(), files.end(), [&](const std::string& file) {
        return still_same(record[i], file);
      }))
    return record[i].path + " is missing";
  return "they come in another order";
}

bool names_data(const std::string& key) {
  return (key.rfind("dataset.", 0) == 0 && ends_in(key, "files")) ||
         (key.rfind("observations.", 0) == 0 && ends_in(key, ".file"));
}

}  // namespace banach
