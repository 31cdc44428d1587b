// SPDX-License-Identifier: Apache-2.0
#include "apps/configuration_files.hpp"

#include "apps/generate.hpp"
#include "core/parameters/extends_key.hpp"
#include "core/study/study_file.hpp"
#include "core/training/configuration.hpp"
#include "core/training/table_keys.hpp"
#include "datasets/generate.hpp"

namespace banach {
namespace {

using Parameters = std::vector<ParameterInfo>;

ParameterInfo* find(Parameters& parameters, const std::string& name) {
  for (auto& info : parameters)
    if (info.name == name) return &info;
  return nullptr;
}

// What the schema leaves to catalog entries: their parameters stand in the same table.
ParameterInfo own_parameters_of(const std::string& kind) {
  return {"<name>", "value", "", "", "a parameter of the " + kind, false, {}};
}

void add_own(Parameters& parameters, const std::string& table, const std::string& kind) {
  if (ParameterInfo* info = find(parameters, table))
    info->children.push_back(own_parameters_of(kind));
}

Parameters train_parameters() {
  Parameters out = Schema<RunConfiguration>().info();
  for (auto& info : out)
    if (info.name == "problem" || info.name == "architecture")
      info.children = table_keys(info.name);
  add_own(out, "problem", "problem");
  add_own(out, "architecture", "architecture");
  add_own(out, "sampling", "sampler");
  if (ParameterInfo* stage = find(out, "stage")) {
    add_own(stage->children, "schedule", "schedule");
    stage->children.push_back(own_parameters_of("optimizer"));
  }
  if (ParameterInfo* dataset = find(out, "dataset"))
    if (ParameterInfo* generate = find(dataset->children, "generate")) {
      generate->children = Schema<GenerateParameters>().info();
      generate->children.erase(generate->children.end() - 1);  // dataset.files names the file
      generate->children.push_back(own_parameters_of("generator"));
    }
  return out;
}

Parameters generate_parameters() {
  Parameters out = generate_file_parameters();
  if (ParameterInfo* generator = find(out, "generator"))
    generator->children = Schema<GenerateParameters>().info();
  add_own(out, "generator", "generator");
  return out;
}

EntryInfo file(const std::string& command, const std::string& doc, Parameters parameters) {
  parameters.insert(parameters.begin(), extends_key());
  return {"configuration", command, doc, {}, std::move(parameters)};
}

}  // namespace

std::vector<EntryInfo> configuration_files() {
  return {file("train", "what is learned, and how", train_parameters()),
          file("sweep", "a grid or list of variations of a configuration", sweep_file_parameters()),
          file("tune", "a search over hyperparameters of a configuration", tune_file_parameters()),
          file("generate", "a data set of a generator", generate_parameters())};
}

}  // namespace banach
