// SPDX-License-Identifier: Apache-2.0
// banach plugins check FILE...: what a file is, or what is wrong with it; it is opened in a child
// process only.
#include <fmt/format.h>

#include <sstream>

#include "apps/app.hpp"
#include "apps/say.hpp"
#include "core/plugin/plugin_files.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

void line(const char* what, const std::string& text) {
  say_text(fmt::format("  {:<8} {}\n", what, one_line(text)));
}

/// The reason to refuse a file before it is tried; empty: none.
std::string problem_before(const fs::path& file, const PluginFile& found, bool trust) {
  Trust rule(trust);
  if (auto problem = rule.owner_problem(file, file); !problem.empty()) return problem;
  if (!found.problem.empty() && !found.tried) return found.problem;
  return rule.content_problem(file, found.sha256, file);
}

bool is_sound(const std::string& name, bool trust) {
  say_text(one_line(name) + "\n");
  std::error_code missing;
  const fs::path file = fs::canonical(name, missing);
  if (missing) return line("refused", missing.message()), false;
  auto& files = PluginFiles::instance();
  PluginFile found = files.look_at(file);
  if (!found.sha256.empty()) line("SHA-256", found.sha256);
  if (!found.stamp.empty()) line("stamp", found.stamp);
  std::string problem = problem_before(file, found, trust);
  if (problem.empty()) {
    files.try_all({file}, true);
    problem = files.look_at(file).problem;
  }
  if (!problem.empty()) return line("refused", problem), false;
  std::istringstream report(files.report(file));
  for (std::string text; std::getline(report, text);) {
    const auto space = text.find(' ');
    line(text.substr(0, space).c_str(), text.substr(space + 1));
  }
  return line("sound", "it was opened in a process of its own"), true;
}

}  // namespace

void add_plugins_check(CLI::App& plugins, Context& context) {
  auto* verb = plugins.add_subcommand("check", "Try plugin files in a process of their own");
  auto files = std::make_shared<std::vector<std::string>>();
  auto trust = std::make_shared<bool>(false);
  verb->add_option("files", *files, "Plugin files")->type_name("FILE")->required();
  verb->add_flag("--trust-plugins", *trust, "Also try files that other users could have written");
  verb->callback([&context, files, trust] {
    for (const auto& file : *files)
      if (!is_sound(file, *trust)) context.code = static_cast<int>(Exit::plugin);
  });
}

}  // namespace banach
