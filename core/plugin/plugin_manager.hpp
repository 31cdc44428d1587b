// SPDX-License-Identifier: Apache-2.0
// Finds, checks, opens and enrols plugins. None of a plugin's code runs before all checks of its
// file have passed, then first in a child process; a library that was opened is never unloaded.
#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "banach/registry.hpp"
#include "core/plugin/trust.hpp"

namespace banach {

/// A plugin that is open, and whether anything of it has been created since.
struct LoadedPlugin : Origin {
  std::string sha256;
  PluginPlace place;
  std::shared_ptr<std::atomic<bool>> used;
};

class BANACH_API PluginManager {
 public:
  struct Refused {
    std::string path, reason;
    bool foreign = false;  // a run brings it along, and this account has never used it
  };

  /// `trust`: also take plugins that other users could have written, and those that runs bring.
  explicit PluginManager(Registry& registry, bool trust = false);

  /// The explicit directories, those of $BANACH_PLUGIN_PATH, <executable>/../lib/banach/plugins,
  /// and banach/plugins beside this library; absolute, without repetition, never the working
  /// directory. ConfigError for an explicit directory that does not exist and for a relative
  /// $BANACH_PLUGIN_PATH.
  static std::vector<std::filesystem::path> search_path(
      const std::vector<std::filesystem::path>& explicit_directories = {});
  /// The same, with who names each folder: of several, whoever needs the least consent.
  static std::vector<PluginPlace> search_places(const std::vector<PluginPlace>& folders);

  /// Loads one file; PluginError with file and reason, and nothing enrolled, on any problem. A file
  /// that is loaded already is left alone.
  void load(const std::filesystem::path& file);
  /// Loads every <kind>.<name>.so of these directories, in order of directory and name; what cannot
  /// be loaded is added to refused().
  void scan(const std::vector<std::filesystem::path>& directories);
  /// Loads the files among `paths`, then scans the search path with the directories among them.
  /// A file that is not taken hides those of its name further down the search path where a run
  /// brings it along: another plugin in its place would be another function.
  void discover(const std::vector<PluginPlace>& places = {});
  /// Remembers for this account the plugins that were used so far, where the user has named them or
  /// trusts them: runs that bring them along may load them from now on.
  void remember_used() const;

  const std::vector<LoadedPlugin>& loaded() const { return loaded_; }
  /// Those that have created something.
  std::vector<LoadedPlugin> used() const;
  /// What was odd about loading them, a sentence each.
  const std::vector<std::string>& notices() const { return notices_; }
  const std::vector<Refused>& refused() const { return refused_; }
  const std::vector<std::filesystem::path>& searched() const { return searched_; }
  void trust(bool on) { trust_.everything(on); }

  /// The entry of a catalog. ConfigError with the nearest name, the known names and the directories
  /// searched when there is none; PluginError when a refused <kind>.<name>.so would have brought
  /// it.
  template <class C>
  const typename C::Item& find(const C& catalog, const std::string& name,
                               const Source& source = {}) const {
    if (const auto* item = catalog.find(name)) return *item;
    unknown(catalog.kind(), name, source);
  }
  /// Throws what find throws for a name that the registry does not have.
  [[noreturn]] void unknown(const std::string& kind, const std::string& name,
                            const Source& source = {}) const;

 private:
  struct Candidate {
    std::filesystem::path file;  // as it stands in the folder
    PluginPlace place;
  };
  /// The files with the names of plugins, in their order.
  static std::vector<Candidate> candidates(const PluginPlace& folder);
  /// What is known against a canonical path without running any of it.
  Refused problem_before_loading(const std::filesystem::path& real, const PluginPlace& place);
  /// Tries in a child, all together, the files that attempt() would open.
  void try_first(const std::vector<Candidate>& files);
  /// Loads a canonical path; no reason when its entries were enrolled, else why not.
  Refused attempt(const std::filesystem::path& real, const PluginPlace& place);
  bool has(const std::filesystem::path& real) const;
  /// The file that this one is not looked at for; empty: none.
  std::string hidden_by(const std::filesystem::path& real) const;
  void load(const std::filesystem::path& file, const PluginPlace& place);
  void scan_places(const std::vector<PluginPlace>& folders);
  void scan_file(const Candidate& candidate);

  Registry& registry_;
  Trust trust_;
  std::vector<LoadedPlugin> loaded_;
  std::vector<Refused> refused_;
  std::vector<std::filesystem::path> searched_;
  std::vector<std::string> notices_;
};

}  // namespace banach
