// SPDX-License-Identifier: Apache-2.0
// The command line: one file per verb, each of which adds itself to the application.
#pragma once
#include <CLI/CLI.hpp>

#include "core/plugin/plugin_manager.hpp"

namespace banach {

/// What the verbs share.
struct Context {
  Registry registry;
  PluginManager plugins{registry};
  std::vector<std::string> plugin_paths;  // --plugin-dir
  bool trust_plugins = false;             // --trust-plugins
  std::vector<PluginPlace> configured;    // those of load_plugins
  int code = 0;                           // the exit code of a verb that returned

  /// Enrols what the engine brings, then every plugin of --plugin-dir, `more` and the search path;
  /// what was odd about them is said on stderr.
  void load_plugins(const std::vector<PluginPlace>& more = {});
};

/// Options --plugin-dir and --trust-plugins.
void add_plugin_options(CLI::App& verb, Context& context);

// Each adds one verb, whose callback throws, or leaves its exit code in the context.
void add_data(CLI::App& app, Context& context);
void add_describe(CLI::App& app, Context& context);
void add_evaluate(CLI::App& app, Context& context);
void add_generate(CLI::App& app, Context& context);
void add_new(CLI::App& app, Context& context);
void add_plot(CLI::App& app, Context& context);
void add_plugins(CLI::App& app, Context& context);
void add_plugins_check(CLI::App& plugins, Context& context);
void add_predict(CLI::App& app, Context& context);
void add_sweep(CLI::App& app, Context& context);
void add_train(CLI::App& app, Context& context);
void add_tune(CLI::App& app, Context& context);

/// <prefix>/share/banach of the installation (or build folder) that this library belongs to.
std::filesystem::path share_folder();

}  // namespace banach
