// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/plugin_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "core/plugin/elf.hpp"
#include "core/plugin/ownership.hpp"
#include "core/plugin/stamp.hpp"
#include "core/plugin/trial.hpp"
#include "core/plugin/user_file.hpp"
#include "core/run/bytes.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

/// Any write of the content changes it, whatever is then done to the times.
std::string print_of(const fs::path& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return "";
  return fmt::format("{} {} {} {}.{:09} {}.{:09}", s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec,
                     s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

/// What was found out about a file holds for this engine alone.
const std::string& engine() {
  static const std::string text =
      library_file().string() + "\n" + print_of(library_file()) + " " + engine_stamp();
  return text;
}

/// Empty when the loader may open the file; else why not. Nothing of the file is run.
std::string problem_of(const std::string& bytes, const std::string& stamp) {
  if (auto problem = elf_problem(bytes); !problem.empty()) return problem;
  if (stamp.empty()) return "a shared library, but not a banach plugin";
  if (auto problem = stamp_problem(stamp, engine_stamp()); !problem.empty()) return problem;
  return elf_exports(bytes, "banach_plugin")
             ? ""
             : "it exports no banach_plugin; end it with BANACH_PLUGIN(...)";
}

PluginFile read(const fs::path& path, std::string print) {
  PluginFile out;
  out.print = std::move(print);
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) {
    out.problem = "not a regular file";
    return out;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});  // or there is no memory
  if (bytes.empty() || in.bad()) {
    out.problem =
        fs::file_size(path, failed) == 0 && !failed ? "not a shared library" : "cannot be read";
    return out;
  }
  out.sha256 = sha256_hex(std::string_view(bytes));
  out.stamp = find_stamp(bytes);
  out.problem = problem_of(bytes, out.stamp);
  return out;
}

fs::path cache_file() {
  const fs::path folder = user_folder("XDG_CACHE_HOME", ".cache");
  return folder.empty() ? fs::path() : folder / "plugins.json";
}

json to_json(const PluginFile& file) {
  return {{"print", file.print},
          {"sha256", file.sha256},
          {"stamp", file.stamp},
          {"problem", file.problem}};
}

}  // namespace

PluginFiles& PluginFiles::instance() {
  static auto* files = new PluginFiles;  // plugins may be opened while the process ends
  return *files;
}

/// A cache is as good as none wherever it is not what this engine has written.
void PluginFiles::remember_cache() {
  const fs::path file = cache_file();
  if (file == cache_) return;
  cache_ = file;
  const json all = read_user_file(file);
  if (!all.is_object() || !all.contains(engine()) || !all[engine()].is_object()) return;
  for (const auto& [path, entry] : all[engine()].items()) {
    try {
      files_.try_emplace(path, PluginFile{entry.at("print"), entry.at("sha256"), entry.at("stamp"),
                                          entry.at("problem"), true});
    } catch (const json::exception&) {
      continue;
    }
  }
}

PluginFile& PluginFiles::known(const fs::path& path) {
  remember_cache();
  const std::string print = print_of(path);
  PluginFile& file = files_[path.string()];
  if (!file.print.empty() && file.print == print) return file;
  PluginFile now = read(path, print);
  const bool same = !now.sha256.empty() && now.sha256 == file.sha256 && now.problem.empty();
  if (same) now.problem = file.problem, now.tried = file.tried;
  return file = std::move(now);
}

PluginFile PluginFiles::look_at(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  return known(path);
}

void PluginFiles::opened(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  open_[path.string()] = known(path).print;
}

std::string PluginFiles::report(const fs::path& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = reports_.find(path.string());
  return found == reports_.end() ? "" : found->second;
}

void PluginFiles::try_all(const std::vector<fs::path>& paths, bool again) {
  const std::lock_guard lock(mutex_);
  std::vector<fs::path> unknown, lasting;
  for (const auto& path : paths) {
    PluginFile& file = known(path);
    if (again) file = read(path, file.print);
    const auto open = open_.find(path.string());
    if (open != open_.end() && open->second == file.print) file.tried = true;
    if (!file.tried && file.problem.empty()) unknown.push_back(path);
  }
  if (unknown.empty()) return;
  const auto trials = try_plugins(unknown, patience_);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    PluginFile& file = known(unknown[i]);
    file.tried = trials[i].lasting;
    file.problem = trials[i].problem;
    reports_[unknown[i].string()] = trials[i].report;
    if (trials[i].lasting) lasting.push_back(unknown[i]);
  }
  save(lasting);
}

void PluginFiles::save(const std::vector<fs::path>& lasting) {
  if (lasting.empty()) return;
  change_user_file(cache_, [&](json& all) {
    if (!all.contains(engine()) || !all[engine()].is_object()) {
      for (auto it = all.begin(); it != all.end();)  // of engines that are gone or were rebuilt
        it = fs::exists(it.key().substr(0, it.key().find('\n'))) && all.size() < 8 ? std::next(it)
                                                                                   : all.erase(it);
      all[engine()] = json::object();
    }
    json& mine = all[engine()];
    for (auto it = mine.begin(); it != mine.end();)
      it = print_of(it.key()).empty() ? mine.erase(it) : std::next(it);
    for (const auto& path : lasting) mine[path.string()] = to_json(known(path));
  });
}

}  // namespace banach
