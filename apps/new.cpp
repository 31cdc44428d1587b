// SPDX-License-Identifier: Apache-2.0
// banach new: a plugin project that builds and trains, or a copy of a ready configuration.
#include <algorithm>
#include <cctype>
#include <cstdio>

#include "apps/app.hpp"
#include "apps/outputs.hpp"
#include "apps/templates.hpp"
#include "core/run/atomic_file.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

/// "heat_flow" to "HeatFlow".
std::string class_name(const std::string& name) {
  std::string out;
  bool start = true;
  for (const char c : name) {
    if (c != '_') out += start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    start = c == '_';
  }
  return out;
}

std::string fill(std::string text, const std::vector<std::pair<std::string, std::string>>& words) {
  for (const auto& [mark, word] : words)
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + word.size()))
      text.replace(at, mark.size(), word);
  return text;
}

void check_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool good = !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
                    std::all_of(name.begin(), name.end(), fits);
  if (!good)
    throw Error(Exit::usage, "\"" + name +
                                 "\" is no plugin name; use small letters, digits and _, "
                                 "beginning with a letter");
}

void make_folder(const fs::path& folder, bool force) {
  std::error_code failed;
  if (fs::exists(folder, failed) && !fs::is_directory(folder))
    throw Error(Exit::cannot_create,
                folder.string() + " exists and is not a directory; choose another with --dir");
  if (!force && fs::exists(folder, failed) && !fs::is_empty(folder))
    throw Error(Exit::cannot_create,
                folder.string() + " exists and is not empty; choose another with --dir");
  make_directories(folder);
}

// All of them or, in a new folder, none: a partial project would make the next attempt fail.
void write_project(const fs::path& folder,
                   const std::vector<std::pair<std::string, std::string>>& files, bool force) {
  try {
    for (const auto& [name, text] : files) write_atomically(folder / name, std::string_view(text));
  } catch (const IoError&) {
    std::error_code ignored;
    if (!force)
      for (const auto& file : files) fs::remove(folder / file.first, ignored);
    if (!force) fs::remove(folder, ignored);
    throw;
  }
}

// `variant`: of an architecture, "tensor" or "grid".
void new_project(const std::string& kind, const std::string& variant, const std::string& name,
                 const fs::path& folder, bool force) {
  check_name(name);
  make_folder(folder, force);
  const fs::path own = share_folder().parent_path().parent_path();
  const bool installed = fs::exists(own / "lib/cmake/banach");
  const std::string prefix = installed ? own.string() : "PREFIX";
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& file : project_templates(variant.empty() ? kind : variant))
    files.emplace_back(fill(file.file, {{"@name@", name}}),
                       fill(file.text, {{"@name@", name},
                                        {"@Name@", class_name(name)},
                                        {"@kind@", kind},
                                        {"@words@", variant.empty() ? "" : " TORCH"},
                                        {"@verb@", kind == "generator" ? "generate" : "train"},
                                        {"@prefix@", prefix}}));
  write_project(folder, files, force);
  const std::string first =
      installed ? "" : "; before that, cmake --install " + own.string() + " --prefix PREFIX";
  std::printf("%s: build and use it as %s says%s\n", folder.c_str(), (folder / "README.md").c_str(),
              first.c_str());
}

void new_config(const std::string& name, const fs::path& folder, bool force) {
  const fs::path source = share_folder() / "examples" / (name + ".toml");
  if (!fs::exists(source)) {
    std::vector<std::string> known;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(source.parent_path(), missing))
      if (entry.path().extension() == ".toml") known.push_back(entry.path().stem().string());
    std::sort(known.begin(), known.end());
    const std::string near = nearest(name, known);
    throw ConfigError("no ready configuration is called \"" + name + "\"" +
                      (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                      "; known: " + join(known));
  }
  const fs::path target = folder / (name + ".toml");
  make_directories(folder);
  require_other_files({target}, {source});
  require_free({target}, force);
  write_atomically(target, read_file(source));
  std::printf("%s: train it with banach train %s\n", target.c_str(), target.c_str());
}

void add_variants(CLI::App& sub, std::string& variant) {
  auto* tensor = sub.add_flag_callback(
      "--tensor", [&variant] { variant = "tensor"; }, "In LibTorch's tensors, at points");
  sub.add_flag_callback(
         "--grid", [&variant] { variant = "grid"; }, "In LibTorch's tensors, functions on a grid")
      ->excludes(tensor);
}

}  // namespace

void add_new(CLI::App& app, Context&) {
  struct Options {
    std::string name, folder, variant;
    bool force = false;
  };
  auto* verb = app.add_subcommand("new", "Write a plugin project, or copy a ready configuration");
  verb->require_subcommand(1);
  for (const std::string kind : {"problem", "architecture", "generator", "config"}) {
    auto options = std::make_shared<Options>();
    auto* sub = verb->add_subcommand(
        kind, kind == "config" ? "Copy a ready TOML" : "Write a project with one " + kind);
    sub->add_option("NAME", options->name)->required();
    sub->add_option("--dir", options->folder, "Where to; default: ./NAME, or . for config");
    if (kind == "architecture") add_variants(*sub, options->variant);
    sub->add_flag("--force", options->force, "Replace files that are there");
    sub->callback([kind, options] {
      const std::string fallback = kind == "config" ? "." : options->name;
      const fs::path folder = options->folder.empty() ? fallback : options->folder;
      kind == "config" ? new_config(options->name, folder, options->force)
                       : new_project(kind, options->variant, options->name, folder, options->force);
    });
  }
}

}  // namespace banach
