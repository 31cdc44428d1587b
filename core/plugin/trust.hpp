// SPDX-License-Identifier: Apache-2.0
// The one rule of what may be loaded: docs/security.md in code.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/plugin/consent.hpp"
#include "core/plugin/plugins_lock.hpp"

namespace banach {

/// A folder or file with plugins, and who says so.
struct PluginPlace {
  enum class By {
    user,           // --plugin-dir, an override, a program that calls
    installation,   // its own folder
    environment,    // $BANACH_PLUGIN_PATH
    configuration,  // plugins.paths of a TOML that the user has named
    run             // what a run has recorded
  };
  PluginPlace(std::filesystem::path place, By who = By::user, std::string file = "")
      : path(std::move(place)), by(who), said_in(std::move(file)) {}

  std::filesystem::path path;
  By by;
  std::string said_in;  // the TOML, or the run's folder
};

class BANACH_API Trust {
 public:
  /// `everything`: --trust-plugins; only plugins.lock is then still asked.
  explicit Trust(bool everything = false) : everything_(everything) {}
  void everything(bool on) { everything_ = on; }

  /// Empty when nobody but root, this user and the owner of the engine could have written the file
  /// or, where a TOML names it, that TOML; else who could. Asked before the file is read.
  std::string owner_problem(const std::filesystem::path& file, const PluginPlace& place) const;
  /// Empty when a file with this content may be opened: plugins.lock allows it, and where a run
  /// brings it along this account has used it before; else why not, and the remedy.
  std::string content_problem(const std::filesystem::path& file, const std::string& sha256,
                              const PluginPlace& place);
  /// Whether this use of the file is to be remembered, and then how.
  bool remembers(const PluginPlace& place, UsedPlugin& use) const;

 private:
  bool everything_;
  Consents consents_;
  PluginsLocks locks_;
};

}  // namespace banach
