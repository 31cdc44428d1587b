// SPDX-License-Identifier: Apache-2.0
#include "apps/outputs.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/parameters/toml.hpp"
#include "core/run/folder.hpp"
#include "core/training/configuration.hpp"
#include "datasets/data_files.hpp"
#include "datasets/data_sources.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const char* why) {
  throw DataError(fmt::format("{}: {}", path.string(), why), Exit::cannot_create);
}

bool same_file(const fs::path& a, const fs::path& b) {
  struct stat one {
  }, other{};
  if (::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0)
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
  std::error_code error;
  return !b.empty() && fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error);
}

bool lies_in(const fs::path& folder, const fs::path& file) {
  std::error_code error;
  const auto inside = fs::weakly_canonical(folder, error), path = fs::weakly_canonical(file, error);
  return std::mismatch(inside.begin(), inside.end(), path.begin(), path.end()).first ==
         inside.end();
}

void add_matches(Paths& out, const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns) {
    try {
      for (const auto& file : find_data_files({pattern})) out.push_back(file.path);
    } catch (const Error&) {  // what is not there cannot be replaced
    }
  }
}

bool result_of(const fs::path& file, const fs::path& run) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return false;
  const auto bytes = read_file(file);
  const auto found = nlohmann::json::parse(ByteView(bytes).text(), nullptr, false);
  return found.is_object() && found.contains("run") && found.contains("stop_reason") &&
         found["run"] == run.string();
}

}  // namespace

void require_free(const Paths& outputs, bool force) {
  std::error_code error;
  for (const auto& path : outputs) {
    if (const auto folder = fs::absolute(path).parent_path(); !fs::is_directory(folder, error))
      throw DataError(fmt::format("cannot create {}: directory {} does not exist; create it first",
                                  path.string(), folder.string()),
                      Exit::cannot_create);
    const auto status = fs::symlink_status(path, error);
    if (!fs::exists(status)) continue;
    if (fs::is_directory(path, error)) refuse(path, "this is a directory, not a file to write");
    if (fs::exists(path, error) && !fs::is_regular_file(path, error))
      refuse(path, "this is a device or pipe, not a file to write");
    if (!force) refuse(path, "the file exists; replace it with --force, or choose another name");
  }
}

void require_other_files(const Paths& outputs, const Paths& inputs) {
  for (const auto& out : outputs)
    for (const auto& in : inputs)
      if (same_file(out, in))
        throw DataError(fmt::format("{}: this is also an input ({}); choose another name for the "
                                    "output",
                                    out.string(), in.string()),
                        Exit::cannot_create);
}

void require_outside(const fs::path& folder, const Paths& inputs) {
  std::error_code error;
  for (const auto& input : inputs)
    if (fs::exists(input, error) && lies_in(folder, input))
      throw DataError(fmt::format("{}: --force would remove this input with everything in {}; move "
                                  "it elsewhere first",
                                  input.string(), folder.string()),
                      Exit::cannot_create);
}

Paths data_files_of(const RunConfiguration& c) {
  Paths out;
  for (const auto& entry : c.observations)
    if (entry.second.file) out.emplace_back(*entry.second.file);
  if (!c.dataset) return with_sources(out);
  add_matches(out, c.dataset->files);
  for (const auto* variant : {&c.dataset->train, &c.dataset->validation})
    if (*variant) add_matches(out, (*variant)->files);
  for (const auto& variant : c.dataset->test) add_matches(out, variant.files);
  return with_sources(out);
}

Paths files_of_run(const fs::path& run) {
  static constexpr std::array names = {"config.toml", "resolved.toml", "environment.json",
                                       "log.txt",     "metrics.csv",   "metrics.jsonl",
                                       "timing.csv",  "result.json",   "run.lock"};
  Paths out;
  for (const auto* name : names) out.push_back(run / name);
  try {
    const Folder folder(run);
    const auto checkpoints = folder.find_folder("checkpoints");
    for (const auto& name : checkpoints ? checkpoints->names() : std::vector<std::string>())
      out.push_back(*checkpoints / name);
    Diagnostics ignored;
    const std::string resolved = "resolved.toml";
    const auto table = parse_toml(folder.text(resolved), (run / resolved).string());
    const auto more = data_files_of(read_configuration(table, ignored));
    out.insert(out.end(), more.begin(), more.end());
  } catch (const Error&) {  // whoever loads the run says what is wrong with it
  }
  return out;
}

void require_result_file(const fs::path& file, const fs::path& run, const Paths& inputs,
                         bool force) {
  if (file.empty() || file == "-" || same_file(file, run / "result.json")) return;
  if (lies_in(run, file)) refuse(file, "this is a place of the run itself; choose another one");
  require_other_files({file}, inputs);
  require_free({file}, force || result_of(file, run));
}

}  // namespace banach
