// SPDX-License-Identifier: Apache-2.0
// Finds, checks, opens and enrols plugins. None of a plugin's code runs before all checks of its
// file have passed, and a library that was opened is never unloaded.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "banach/registry.hpp"

namespace banach {

class BANACH_API PluginManager {
 public:
  struct Refused {
    std::string path, reason;
  };

  /// `trust`: also take plugins that other users could have written.
  explicit PluginManager(Registry& registry, bool trust = false);

  /// The explicit directories, those of $BANACH_PLUGIN_PATH, <executable>/../lib/banach/plugins,
  /// and banach/plugins beside this library; absolute, without repetition, never the working
  /// directory. ConfigError for an explicit directory that does not exist and for a relative
  /// $BANACH_PLUGIN_PATH.
  static std::vector<std::filesystem::path> search_path(
      const std::vector<std::filesystem::path>& explicit_directories = {});

  /// Loads one file; PluginError with file and reason, and nothing enrolled, on any problem. A file
  /// that is loaded already is left alone.
  void load(const std::filesystem::path& file);
  /// Loads every <kind>.<name>.so of these directories, in order of directory and name; what cannot
  /// be loaded is added to refused().
  void scan(const std::vector<std::filesystem::path>& directories);
  /// Loads the files among `paths`, then scans the search path with the directories among them.
  void discover(const std::vector<std::filesystem::path>& paths = {});

  const std::vector<Origin>& loaded() const { return loaded_; }
  const std::vector<Refused>& refused() const { return refused_; }
  const std::vector<std::filesystem::path>& searched() const { return searched_; }
  void trust(bool on) { trust_ = on; }

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
  /// Loads a canonical path; empty when its entries were enrolled, else why not.
  std::string attempt(const std::filesystem::path& real);
  bool has(const std::filesystem::path& real) const;
  void scan_file(const std::filesystem::path& file);

  Registry& registry_;
  bool trust_;
  std::vector<Origin> loaded_;
  std::vector<Refused> refused_;
  std::vector<std::filesystem::path> searched_;
};

}  // namespace banach
