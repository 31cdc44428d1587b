// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/plugin_manager.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/plugin/elf.hpp"
#include "core/plugin/open.hpp"
#include "core/plugin/ownership.hpp"
#include "core/plugin/search_report.hpp"
#include "core/plugin/stamp.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

/// Empty when the loader may open the file; else why not. Nothing of the file is run.
std::string problem_before_loading(const fs::path& file, bool trust) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return "not a regular file";
  if (!trust)
    if (auto problem = ownership_problem(file); !problem.empty()) return problem;
  std::ifstream in(file, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});  // or there is no memory
  if (in.bad()) return "cannot be read";
  if (auto problem = elf_problem(bytes); !problem.empty()) return problem;
  const std::string stamp = find_stamp(bytes);
  if (stamp.empty()) return "a shared library, but not a banach plugin";
  return stamp_problem(stamp, engine_stamp());
}

/// "problem.heat.so": is the first word a kind of plugin?
bool named_like_a_plugin(const fs::path& file) {
  static const std::array<const char*, 7> kinds = {
      "architecture", "generator", "optimizer", "problem", "reader", "sampler", "schedule"};
  const std::string name = file.filename().string(), kind = name.substr(0, name.find('.'));
  return file.extension() == ".so" && file.stem().has_extension() &&
         std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

void add_directory(std::vector<fs::path>& list, const fs::path& directory) {
  std::error_code missing;
  const fs::path real = fs::canonical(directory, missing);
  if (!missing && std::find(list.begin(), list.end(), real) == list.end()) list.push_back(real);
}

}  // namespace

PluginManager::PluginManager(Registry& registry, bool trust) : registry_(registry), trust_(trust) {}

std::vector<fs::path> PluginManager::search_path(
    const std::vector<fs::path>& explicit_directories) {
  std::vector<fs::path> out;
  for (const auto& directory : explicit_directories) {
    if (std::error_code failed; !fs::is_directory(directory, failed))
      throw ConfigError("plugin folder " + directory.string() + " does not exist");
    add_directory(out, directory);
  }
  const char* variable = std::getenv("BANACH_PLUGIN_PATH");
  std::istringstream entries(variable ? variable : "");
  for (std::string entry; std::getline(entries, entry, ':');) {
    if (entry.empty()) continue;
    if (entry.front() != '/')
      throw ConfigError("BANACH_PLUGIN_PATH: \"" + entry +
                        "\" is relative; only absolute folders are searched");
    add_directory(out, entry);
  }
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (!failed) add_directory(out, program.parent_path().parent_path() / "lib/banach/plugins");
  add_directory(out, library_file().parent_path() / "banach/plugins");
  return out;
}

std::string PluginManager::attempt(const fs::path& real) {
  if (auto problem = problem_before_loading(real, trust_); !problem.empty()) return problem;
  const Opened library = open_plugin(real);
  if (!library.problem.empty()) return library.problem;
  const auto& plugin = *library.descriptor;
  Registry staged;
  staged.enter({plugin.name, plugin.version, real.string()});
  try {
    plugin.enroll(staged);
    if (staged.entries().empty()) return "it enrols nothing";
    registry_.absorb(std::move(staged));
  } catch (const PluginError& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("its enrolment failed: ") + error.what();
  } catch (...) {
    return "its enrolment failed with an exception of an unknown type";
  }
  loaded_.push_back({plugin.name, plugin.version, real.string()});
  return "";
}

bool PluginManager::has(const fs::path& real) const {
  return std::any_of(loaded_.begin(), loaded_.end(),
                     [&](const Origin& origin) { return origin.path == real; });
}

void PluginManager::load(const fs::path& file) {
  std::error_code missing;
  const fs::path real = fs::canonical(file, missing);
  if (missing) throw PluginError(file.string() + ": " + missing.message());
  if (has(real)) return;
  if (auto problem = attempt(real); !problem.empty())
    throw PluginError(real.string() + ": " + problem);
}

void PluginManager::scan(const std::vector<fs::path>& directories) {
  for (const auto& directory : directories) {
    if (std::find(searched_.begin(), searched_.end(), directory) != searched_.end()) continue;
    searched_.push_back(directory);
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(directory, failed))
      if (named_like_a_plugin(entry.path())) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) scan_file(file);
  }
}

void PluginManager::scan_file(const fs::path& file) {
  std::error_code missing;
  const fs::path real = fs::canonical(file, missing);
  if (missing) return refused_.push_back({file.string(), missing.message()});
  if (has(real)) return;
  for (const auto& origin : loaded_)
    if (fs::path(origin.path).filename() == real.filename())
      return refused_.push_back(
          {real.string(), "hidden by " + origin.path + ", which comes first on the search path"});
  if (auto problem = attempt(real); !problem.empty()) refused_.push_back({real.string(), problem});
}

void PluginManager::discover(const std::vector<fs::path>& paths) {
  std::vector<fs::path> directories;
  for (const auto& path : paths)
    if (std::error_code failed; fs::is_directory(path, failed))
      directories.push_back(path);
    else
      load(path);
  scan(search_path(directories));
}

void PluginManager::unknown(const std::string& kind, const std::string& name,
                            const Source& source) const {
  std::string text = to_text(source);
  if (!text.empty()) text += ": ";
  for (const auto& file : refused_)
    if (fs::path(file.path).filename() == kind + "." + name + ".so")
      throw PluginError(text + kind + " \"" + name + "\": its plugin was refused: " + file.path +
                        ": " + file.reason);
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
