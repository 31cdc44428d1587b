// SPDX-License-Identifier: Apache-2.0
// banach describe: everything that a configuration can name, and every key that it can have.
#include "core/parameters/describe.hpp"
#include "apps/say.hpp"

#include <algorithm>

#include "apps/app.hpp"
#include "apps/configuration_files.hpp"
#include "core/parameters/reference.hpp"
#include "core/plugin/search_report.hpp"

namespace banach {
namespace {

std::vector<EntryInfo> everything(const Context& context) {
  auto out = context.registry.entries();
  for (auto& file : configuration_files()) out.push_back(std::move(file));
  return out;
}

[[noreturn]] void refuse(const Context& context, const std::string& name,
                         const std::vector<std::string>& known) {
  for (const auto& file : context.plugins.refused()) {
    const auto stem = std::filesystem::path(file.path).stem();  // problem.heat
    if (stem == name || stem.extension() == "." + name)
      throw PluginError("\"" + name + "\": its plugin was refused: " + file.path + ": " +
                        file.reason);
  }
  const std::string near = nearest(name, known);
  throw ConfigError("nothing is called \"" + name + "\"" +
                    (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                    "; known: " + join(known) + searched_text(context.plugins, "", name));
}

/// The entries that are called `name` or "kind.name", all of the kind `name`, and the tables and
/// keys of that path.
std::vector<EntryInfo> named(const Context& context, const std::string& name) {
  std::vector<EntryInfo> out;
  std::vector<std::string> known;
  for (auto& entry : everything(context)) {
    known.push_back(entry.name);
    if (entry.name == name || entry.kind == name || entry.kind + "." + entry.name == name)
      out.push_back(std::move(entry));
  }
  for (const auto& file : configuration_files()) {
    for (const auto& info : file.parameters)
      if (std::find(known.begin(), known.end(), info.name) == known.end())
        known.push_back(info.name);
    if (auto part = part_of_file(file, name)) out.push_back(std::move(*part));
  }
  if (out.empty()) refuse(context, name, known);
  return out;
}

std::string markdown(const std::vector<EntryInfo>& entries) {
  std::string out;
  for (const auto& entry : entries)
    out += (out.empty() ? "" : "\n") + (entry.kind == "configuration"
                                            ? reference_markdown(entry)
                                            : describe_markdown(std::vector<EntryInfo>{entry}));
  return out;
}

}  // namespace

void add_describe(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand(
      "describe", "Print every catalog entry with its parameters, every table with its keys");
  struct Options {
    std::string name;
    bool json = false, markdown = false;
  };
  auto options = std::make_shared<Options>();
  verb->add_option("NAME", options->name,
                   "Only this: heat, problem.heat, optimizer (all of a kind), stage.stop (a table "
                   "or key), configuration (all tables)");
  auto* json = verb->add_flag("--json", options->json, "Print JSON");
  verb->add_flag("--markdown", options->markdown, "Print Markdown tables")->excludes(json);
  add_plugin_options(*verb, context);
  verb->callback([&context, options] {
    context.load_plugins();
    const auto entries =
        options->name.empty() ? everything(context) : named(context, options->name);
    const std::string text = options->json       ? describe_json(entries)
                             : options->markdown ? markdown(entries)
                                                 : describe_text(entries);
    say_text(!text.empty() && text.back() == '\n' ? text : text + "\n");
  });
}

}  // namespace banach
