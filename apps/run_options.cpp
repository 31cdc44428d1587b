// SPDX-License-Identifier: Apache-2.0
#include "apps/run_options.hpp"

#include "apps/say.hpp"

namespace banach {

LoadOptions RunOptions::load(const Context& context) const {
  LoadOptions options{best, device, {}, context.trust_plugins};
  options.plugins.assign(context.plugin_paths.begin(), context.plugin_paths.end());
  return options;
}

void add_run_options(CLI::App& verb, RunOptions& options, Context& context) {
  verb.add_option("run", options.run, "Folder of the run")->type_name("RUN")->required();
  verb.add_flag("--best", options.best, "The best checkpoint instead of the last");
  verb.add_option("--device", options.device, "\"cpu\", \"cuda\", \"cuda:1\" or \"auto\"");
  verb.add_option("--threads", options.threads, "Threads on the CPU; 0: as many as pay off")
      ->check(CLI::Range(0, 4096));
  add_plugin_options(verb, context);
}

void say(const std::vector<std::string>& notices) {
  for (const auto& notice : notices) say_line(notice);
}

}  // namespace banach
