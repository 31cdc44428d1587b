// SPDX-License-Identifier: Apache-2.0
// banach plugins: what was loaded from where, and what was refused and why.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/app.hpp"
#include "apps/say.hpp"
#include "core/parameters/json_text.hpp"

namespace banach {
namespace {

std::vector<EntryInfo> from_plugins(const Context& context) {
  std::vector<EntryInfo> out;
  for (auto& entry : context.registry.entries())
    if (!entry.origin.path.empty()) out.push_back(std::move(entry));
  return out;
}

void print_json(const Context& context) {
  auto out = nlohmann::ordered_json{{"loaded", nlohmann::json::array()},
                                    {"refused", nlohmann::json::array()},
                                    {"searched", nlohmann::json::array()}};
  for (const auto& entry : from_plugins(context))
    out["loaded"].push_back({{"kind", entry.kind},
                             {"name", entry.name},
                             {"plugin", entry.origin.plugin},
                             {"version", entry.origin.version},
                             {"file", entry.origin.path}});
  for (const auto& file : context.plugins.refused())
    out["refused"].push_back({{"file", file.path}, {"reason", file.reason}});
  for (const auto& folder : context.plugins.searched()) out["searched"].push_back(folder.string());
  say_text(json_text(out, 2) + "\n");
}

void print_text(const Context& context) {
  const auto entries = from_plugins(context);
  int width = 0;
  for (const auto& entry : entries) width = std::max(width, static_cast<int>(entry.name.size()));
  for (const auto& entry : entries)
    say_text(fmt::format("{:<12}  {:<{}}  {} {}  {}\n", entry.kind, entry.name, width,
                         entry.origin.plugin, entry.origin.version, entry.origin.path));
  for (const auto& file : context.plugins.refused())
    say_text(fmt::format("refused       {}: {}\n", file.path, file.reason));
  if (!entries.empty() || !context.plugins.refused().empty()) return;
  std::printf("no plugins; searched in:\n");
  for (const auto& folder : context.plugins.searched()) std::printf("  %s\n", folder.c_str());
}

}  // namespace

void add_plugins(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("plugins", "List the plugins: loaded, and refused with reasons");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "Print JSON");
  add_plugin_options(*verb, context);
  add_plugins_check(*verb, context);
  verb->callback([&context, json, verb] {
    if (!verb->get_subcommands().empty()) return;  // which has run
    context.load_plugins();
    *json ? print_json(context) : print_text(context);
  });
}

}  // namespace banach
