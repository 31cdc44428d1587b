// SPDX-License-Identifier: Apache-2.0
// The commands as a user calls them, each call in a child of its own.
#pragma once
#include <functional>
#include <string>

#include "core/plugin/plugin_manager.hpp"

namespace banach::testing {

struct Verdict {
  int code = 0;      // as the command would end; 128 + signal; 124: it took too long
  std::string text;  // what it would say
};

/// Runs `action` in a child with limits of time and memory.
Verdict in_child(const std::function<Verdict()>& action);

/// All plugins of the build, with what the engine brings.
class Door {
 public:
  Door();
  /// `banach train FILE --dry-run`, `banach sweep`, `banach tune` and `banach generate` up to the
  /// first trial or sample.
  Verdict enter(const std::string& command, const std::string& file) const;
  const Registry& registry() const { return registry_; }

 private:
  void train(const Table& table) const;
  void generate(const Table& table) const;

  Registry registry_;
  PluginManager plugins_{registry_};
};

}  // namespace banach::testing
