// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/plugin_manager.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <set>
#include <sstream>

#include "core/plugin/open.hpp"
#include "core/plugin/ownership.hpp"
#include "core/plugin/plugin_files.hpp"
#include "core/plugin/search_report.hpp"
#include "core/plugin/watched.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

/// "problem.heat.so": is the first word a kind of plugin?
bool named_like_a_plugin(const fs::path& file) {
  static const std::array<const char*, 7> kinds = {
      "architecture", "generator", "optimizer", "problem", "reader", "sampler", "schedule"};
  const std::string name = file.filename().string(), kind = name.substr(0, name.find('.'));
  return file.extension() == ".so" && file.stem().has_extension() &&
         std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

using By = PluginPlace::By;

/// Whether whoever names a folder needs no consent for what lies there.
bool free_of_consent(By by) { return by != By::run && by != By::configuration; }

void add_directory(std::vector<PluginPlace>& list, PluginPlace place) {
  std::error_code missing;
  place.path = fs::canonical(place.path, missing);
  if (missing) return;
  for (PluginPlace& known : list)
    if (known.path == place.path) {
      if (!free_of_consent(known.by) && free_of_consent(place.by)) known = place;
      return;
    }
  list.push_back(std::move(place));
}

void add_environment(std::vector<PluginPlace>& list) {
  const char* variable = std::getenv("BANACH_PLUGIN_PATH");
  std::istringstream entries(variable ? variable : "");
  for (std::string entry; std::getline(entries, entry, ':');) {
    if (entry.empty()) continue;
    if (entry.front() != '/')
      throw ConfigError("BANACH_PLUGIN_PATH: \"" + entry +
                        "\" is relative; only absolute folders are searched");
    add_directory(list, {entry, By::environment});
  }
}

}  // namespace

PluginManager::PluginManager(Registry& registry, bool trust) : registry_(registry), trust_(trust) {}

std::vector<PluginPlace> PluginManager::search_places(const std::vector<PluginPlace>& folders) {
  std::vector<PluginPlace> out;
  for (const auto& folder : folders) {
    if (std::error_code failed; !fs::is_directory(folder.path, failed))
      throw ConfigError("plugin folder " + folder.path.string() + " does not exist");
    add_directory(out, folder);
  }
  add_environment(out);
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (!failed)
    add_directory(out,
                  {program.parent_path().parent_path() / "lib/banach/plugins", By::installation});
  add_directory(out, {library_file().parent_path() / "banach/plugins", By::installation});
  return out;
}

std::vector<fs::path> PluginManager::search_path(
    const std::vector<fs::path>& explicit_directories) {
  std::vector<fs::path> out;
  for (auto& place : search_places({explicit_directories.begin(), explicit_directories.end()}))
    out.push_back(std::move(place.path));
  return out;
}

PluginManager::Refused PluginManager::problem_before_loading(const fs::path& real,
                                                             const PluginPlace& place) {
  Refused out{real.string(), trust_.owner_problem(real, place)};
  if (!out.reason.empty()) return out;
  const PluginFile file = PluginFiles::instance().look_at(real);
  out.reason = file.problem;
  if (!out.reason.empty() && file.tried)
    out.reason += "; to try it again: banach plugins check " + real.string();
  if (!out.reason.empty()) return out;
  out.reason = trust_.content_problem(real, file.sha256, place);
  out.foreign = !out.reason.empty() && place.by == By::run;
  return out;
}

PluginManager::Refused PluginManager::attempt(const fs::path& real, const PluginPlace& place) {
  if (auto refused = problem_before_loading(real, place); !refused.reason.empty()) return refused;
  PluginFiles::instance().try_all({real});
  if (auto refused = problem_before_loading(real, place); !refused.reason.empty()) return refused;
  Opened plugin;
  open_plugin(real, plugin);
  if (plugin.changed_floating_point)
    notices_.push_back(real.string() +
                       ": loading this plugin changed how the whole process computes (flush to "
                       "zero, rounding or traps), which was undone; link it without -ffast-math");
  if (!plugin.problem.empty()) return {real.string(), plugin.problem};
  PluginFiles::instance().opened(real);
  LoadedPlugin loaded{plugin.origin, PluginFiles::instance().look_at(real).sha256, place,
                      std::make_shared<std::atomic<bool>>(false)};
  try {
    registry_.absorb(watched(plugin.entries, loaded.used));
  } catch (const PluginError& error) {
    return {real.string(), error.what()};
  }
  loaded_.push_back(std::move(loaded));
  return {real.string(), ""};
}

bool PluginManager::has(const fs::path& real) const {
  return std::any_of(loaded_.begin(), loaded_.end(),
                     [&](const Origin& origin) { return origin.path == real; });
}

std::string PluginManager::hidden_by(const fs::path& real) const {
  for (const auto& origin : loaded_)
    if (fs::path(origin.path).filename() == real.filename()) return origin.path;
  for (const auto& file : refused_)
    if (file.foreign && fs::path(file.path).filename() == real.filename()) return file.path;
  return "";
}

void PluginManager::load(const fs::path& file) { load(file, file); }

void PluginManager::load(const fs::path& file, const PluginPlace& place) {
  std::error_code missing;
  const fs::path real = fs::canonical(file, missing);
  if (missing) throw PluginError(file.string() + ": " + missing.message());
  if (has(real)) return;
  auto refused = attempt(real, place);
  if (refused.foreign) return refused_.push_back(std::move(refused));  // it may not be needed
  if (!refused.reason.empty()) throw PluginError(real.string() + ": " + refused.reason);
}

std::vector<PluginManager::Candidate> PluginManager::candidates(const PluginPlace& folder) {
  std::vector<Candidate> out;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder.path, failed))
    if (named_like_a_plugin(entry.path())) out.push_back({entry.path(), folder});
  std::sort(out.begin(), out.end(),
            [](const Candidate& a, const Candidate& b) { return a.file < b.file; });
  return out;
}

void PluginManager::try_first(const std::vector<Candidate>& files) {
  std::vector<fs::path> unknown;
  std::set<fs::path> names;
  for (const auto& candidate : files) {
    std::error_code missing;
    const fs::path real = fs::canonical(candidate.file, missing);
    if (missing || has(real) || names.count(real.filename())) continue;
    const auto refused = problem_before_loading(real, candidate.place);
    if (refused.reason.empty() || refused.foreign) names.insert(real.filename());
    if (refused.reason.empty()) unknown.push_back(real);
  }
  PluginFiles::instance().try_all(unknown);
}

void PluginManager::scan(const std::vector<fs::path>& directories) {
  scan_places({directories.begin(), directories.end()});
}

void PluginManager::scan_places(const std::vector<PluginPlace>& folders) {
  std::vector<Candidate> files;
  for (const auto& folder : folders) {
    if (std::find(searched_.begin(), searched_.end(), folder.path) != searched_.end()) continue;
    searched_.push_back(folder.path);
    for (auto& candidate : candidates(folder)) files.push_back(std::move(candidate));
  }
  try_first(files);
  for (const auto& candidate : files) scan_file(candidate);
}

void PluginManager::scan_file(const Candidate& candidate) {
  std::error_code missing;
  const fs::path real = fs::canonical(candidate.file, missing);
  if (missing) return refused_.push_back({candidate.file.string(), missing.message()});
  if (has(real)) return;
  if (const auto other = hidden_by(real); !other.empty())
    return refused_.push_back(
        {real.string(), "hidden by " + other + ", which comes first on the search path"});
  if (auto refused = attempt(real, candidate.place); !refused.reason.empty())
    refused_.push_back(std::move(refused));
}

void PluginManager::discover(const std::vector<PluginPlace>& places) {
  std::vector<PluginPlace> folders;
  for (const auto& place : places)
    if (std::error_code failed; fs::is_directory(place.path, failed))
      folders.push_back(place);
    else
      load(place.path, place);
  scan_places(search_places(folders));
}

std::vector<LoadedPlugin> PluginManager::used() const {
  std::vector<LoadedPlugin> out;
  std::copy_if(loaded_.begin(), loaded_.end(), std::back_inserter(out),
               [](const LoadedPlugin& plugin) { return plugin.used->load(); });
  return out;
}

void PluginManager::remember_used() const {
  std::vector<UsedPlugin> uses;
  for (const auto& plugin : used())
    if (UsedPlugin use{plugin.path, plugin.sha256}; trust_.remembers(plugin.place, use))
      uses.push_back(std::move(use));
  Consents::add(uses);
}

void PluginManager::unknown(const std::string& kind, const std::string& name,
                            const Source& source) const {
  std::string text = to_text(source);
  if (!text.empty()) text += ": ";
  for (const auto& file : refused_)
    if (fs::path(file.path).filename() == kind + "." + name + ".so")
      throw PluginError(text + kind + " \"" + name + "\": its plugin was refused: " + file.path +
                        ": " + file.reason);
  for (const auto& file : refused_)
    if (file.foreign)
      throw PluginError(text + kind + " \"" + name +
                        "\" is unknown without a plugin that was "
                        "refused: " +
                        file.path + ": " + file.reason);
  std::vector<std::string> known;
  for (const auto& entry : registry_.entries())
    if (entry.kind == kind) known.push_back(entry.name);
  text += "unknown " + kind + " \"" + name + "\"";
  if (const auto near = nearest(name, known); !near.empty())
    text += "; did you mean \"" + near + "\"?";
  text += known.empty() ? "; none is known" : "; known: " + join(known);
  throw ConfigError(text + searched_text(*this, kind, name));
}

}  // namespace banach
