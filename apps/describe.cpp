// SPDX-License-Identifier: Apache-2.0
// banach describe: everything that a configuration can name, with every parameter.
#include "core/parameters/describe.hpp"

#include <cstdio>

#include "apps/app.hpp"

namespace banach {
namespace {

/// The entries that are called `name` or "kind.name".
std::vector<EntryInfo> named(const Context& context, const std::string& name) {
  std::vector<EntryInfo> out;
  std::vector<std::string> known;
  for (auto& entry : context.registry.entries()) {
    known.push_back(entry.name);
    if (entry.name == name || entry.kind + "." + entry.name == name)
      out.push_back(std::move(entry));
  }
  if (!out.empty()) return out;
  for (const auto& file : context.plugins.refused()) {
    const auto stem = std::filesystem::path(file.path).stem();  // problem.heat
    if (stem == name || stem.extension() == "." + name)
      throw PluginError("\"" + name + "\": its plugin was refused: " + file.path + ": " +
                        file.reason);
  }
  const std::string near = nearest(name, known);
  throw ConfigError("nothing is called \"" + name + "\"" +
                    (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                    "; known: " + join(known));
}

}  // namespace

void add_describe(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("describe", "Print every catalog entry with its parameters");
  struct Options {
    std::string name;
    bool json = false, markdown = false;
  };
  auto options = std::make_shared<Options>();
  verb->add_option("NAME", options->name, "Only this one: heat, or problem.heat");
  auto* json = verb->add_flag("--json", options->json, "Print JSON");
  verb->add_flag("--markdown", options->markdown, "Print Markdown tables")->excludes(json);
  add_plugin_options(*verb, context);
  verb->callback([&context, options] {
    context.load_plugins();
    const auto entries =
        options->name.empty() ? context.registry.entries() : named(context, options->name);
    const std::string text = options->json       ? describe_json(entries)
                             : options->markdown ? describe_markdown(entries)
                                                 : describe_text(entries);
    std::printf("%s%s", text.c_str(), !text.empty() && text.back() == '\n' ? "" : "\n");
  });
}

}  // namespace banach
