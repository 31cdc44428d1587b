// SPDX-License-Identifier: Apache-2.0
// banach data: what is in an HDF5 file, a configuration for it, and whether a configuration fits.
#include "apps/app.hpp"
#include "apps/say.hpp"
#include "core/parameters/toml.hpp"
#include "core/training/dataset_configuration.hpp"
#include "datasets/check.hpp"
#include "datasets/inspect.hpp"
#include "datasets/suggest.hpp"

namespace banach {
namespace {

CLI::App* add_command(CLI::App& verb, const char* name, const char* help, const char* argument,
                      std::vector<std::string>& values) {
  auto* command = verb.add_subcommand(name, help);
  command->add_option(argument, values, "Paths")->required();
  return command;
}

void check(const std::string& path, const std::vector<std::string>& overrides) {
  const auto result = check_dataset(dataset_of(load_configuration(path, overrides), path));
  say_text(result.text);
  if (!result.error.empty()) throw DataError(result.error);
}

}  // namespace

void add_data(CLI::App& app, Context&) {
  auto* verb = app.add_subcommand("data", "Look at data sets in HDF5 files");
  verb->require_subcommand(1);
  auto files = std::make_shared<std::vector<std::string>>();
  add_command(*verb, "inspect", "Print what is in HDF5 files", "FILE", *files)->callback([files] {
    for (const auto& file : *files) say_text(inspect_text(FileTree(file)));
  });
  add_command(*verb, "suggest", "Write a configuration that trains on HDF5 files", "FILE", *files)
      ->callback([files] {
        say_text(suggest_toml({files->begin(), files->end()}));
      });
  struct Options {
    std::string path;
    std::vector<std::string> overrides;
  };
  auto options = std::make_shared<Options>();
  auto* command = verb->add_subcommand("check", "Read samples of a configuration's data set");
  command->add_option("TOML", options->path, "The configuration")->required();
  command->add_option("OVERRIDE", options->overrides, "key=value, as for train");
  command->callback([options] { check(options->path, options->overrides); });
}

}  // namespace banach
