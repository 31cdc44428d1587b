// SPDX-License-Identifier: Apache-2.0
#include "core/training/plugin_places.hpp"

#include "core/run/run_directory.hpp"
#include "core/training/configuration.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using By = PluginPlace::By;

/// The file of a source; empty: the command line, or the program itself.
std::string file_of(const Source& source) {
  if (!source.file || source.line == 0) return "";
  return *source.file;
}

bool left_by_a_run(const fs::path& toml) {
  std::error_code failed;
  const fs::path real = fs::canonical(toml, failed);
  if (failed) return false;
  return real.filename() == "resolved.toml" || RunDirectory::is_run(real.parent_path());
}

}  // namespace

std::vector<PluginPlace> configured_places(const Table& table) {
  std::vector<PluginPlace> out;
  for (const auto& [path, source] : plugin_paths_with_sources(table)) {
    const std::string toml = file_of(source);
    if (toml.empty())
      out.emplace_back(path, By::user);
    else if (left_by_a_run(toml))
      out.emplace_back(path, By::run, fs::path(toml).parent_path().string());
    else
      out.emplace_back(path, By::configuration, toml);
  }
  return out;
}

std::vector<PluginPlace> recorded_places(const Table& table, const fs::path& run) {
  std::vector<PluginPlace> out;
  for (const auto& [path, source] : plugin_paths_with_sources(table))
    if (file_of(source).empty())
      out.emplace_back(path, By::user);
    else
      out.emplace_back(path, By::run, run.string());
  return out;
}

}  // namespace banach
