// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/search_report.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

bool hidden(const PluginManager::Refused& file) { return file.reason.rfind("hidden by", 0) == 0; }

// Libraries of the searched folders that the search leaves alone for their names.
std::vector<fs::path> misnamed(const PluginManager& plugins, const std::string& name) {
  std::vector<fs::path> out;
  for (const auto& folder : plugins.searched()) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
      const fs::path& file = entry.path();
      const bool plugin = file.stem().has_extension();
      if (file.extension() == ".so" && !plugin &&
          file.stem().string().find(name) != std::string::npos)
        out.push_back(file);
    }
  }
  return out;
}

}  // namespace

std::string searched_text(const PluginManager& plugins, const std::string& kind,
                          const std::string& name) {
  std::vector<std::string> folders;
  for (const auto& folder : plugins.searched()) folders.push_back(folder.string());
  std::string text = folders.empty() ? "" : "; plugins searched in: " + join(folders);
  constexpr std::size_t most = 3;
  std::size_t told = 0;
  for (const auto& file : plugins.refused())
    if (!hidden(file) && told++ < most) text += "; refused: " + file.path + ": " + file.reason;
  for (const auto& file : misnamed(plugins, name))
    if (told++ < most)
      text += "; not looked at: " + file.string() + ", whose name is not " +
              (kind.empty() ? "KIND" : kind) + "." + name + ".so";
  return text;
}

std::vector<std::string> left_out(const PluginManager& plugins, const Registry& registry,
                                  const std::string& kind, const std::string& name) {
  std::string provider = "the engine";
  for (const auto& entry : registry.entries())
    if (entry.kind == kind && entry.name == name && !entry.origin.path.empty())
      provider = entry.origin.path;
  const std::string who = kind + " \"" + name + "\"";
  std::vector<std::string> out;
  for (const auto& file : plugins.refused()) {
    const bool same_file =
        hidden(file) && fs::path(file.path).filename() == kind + "." + name + ".so";
    const bool taken = file.reason.rfind(who, 0) == 0;  // "... is already provided by"
    if (same_file || taken)
      out.push_back(who + " comes from " + provider + "; " + file.path + " is left out");
  }
  return out;
}

}  // namespace banach
