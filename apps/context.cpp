// SPDX-License-Identifier: Apache-2.0
#include "apps/app.hpp"
#include "apps/say.hpp"
#include "core/optimizers/enroll.hpp"
#include "core/plugin/ownership.hpp"
#include "core/sampling/enroll.hpp"

namespace banach {

void Context::load_plugins(const std::vector<PluginPlace>& more) {
  enroll_optimizers(registry);
  enroll_samplers(registry);
  enroll_schedules(registry);
  std::vector<PluginPlace> places(plugin_paths.begin(), plugin_paths.end());
  configured = more;
  places.insert(places.end(), more.begin(), more.end());
  plugins.trust(trust_plugins);
  plugins.discover(places);
  for (const auto& notice : plugins.notices()) say_line("warning: " + notice);
}

void add_plugin_options(CLI::App& verb, Context& context) {
  verb.add_option("--plugin-dir", context.plugin_paths,
                  "Folders (or files) of plugins, searched first")
      ->type_name("PATH")
      ->allow_extra_args(false);
  verb.add_flag(
      "--trust-plugins", context.trust_plugins,
      "Also load plugins that other users could have written, or that a run brings along");
}

std::filesystem::path share_folder() {
  return library_file().parent_path().parent_path() / "share/banach";
}

}  // namespace banach
