// SPDX-License-Identifier: Apache-2.0
#include "core/training/configuration.hpp"

#include <filesystem>

#include "core/parameters/toml.hpp"
#include "core/training/catalog_choice.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& path) {
  return path.empty() ? path : fs::absolute(path).lexically_normal().string();
}

const Value* lookup(const Table& table, std::string_view outer, std::string_view inner) {
  const Table* sub = table_at(&table, outer);
  return sub ? sub->find(inner) : nullptr;
}

void place(Table& rest, const std::string& path, const Table* like) {
  rest.path = path;
  if (like) rest.source = like->source;
}

void place_layer(SamplingLayer& layer, const std::string& path, const Table* table) {
  place(layer.rest, path, table);
  for (auto& [name, term] : layer.terms) place(term.rest, path + "." + name, table_at(table, name));
}

// Tables that catalog entries read later must know where they were written.
void place_rests(RunConfiguration& c, const Table& table) {
  place_layer(c.sampling, "sampling", table_at(&table, "sampling"));
  for (std::size_t i = 0; i < c.stages.size(); ++i) {
    const Table* given = stage_table(table, i);
    const std::string path = "stage." + std::to_string(i);
    auto& stage = c.stages[i];
    place(stage.rest, path, given);
    place(stage.schedule.rest, path + ".schedule", table_at(given, "schedule"));
    if (stage.sampling)
      place_layer(*stage.sampling, path + ".sampling", table_at(given, "sampling"));
  }
}

// A stage says how long it is in one of two ways; of a data set, epochs win over what was made of
// them before.
void check_length(const RunConfiguration& c, std::size_t i, const Table& table,
                  Diagnostics& diagnostics) {
  const Table* given = stage_table(table, i);
  if (!given) return;
  const std::string path = "stage." + std::to_string(i);
  if (!given->find("steps") && !given->find("epochs"))
    diagnostics.error(given->source,
                      path + ": \"steps\" is required" + (c.dataset ? ", or \"epochs\"" : ""));
  if (const Value* epochs = given->find("epochs"); epochs && !c.dataset)
    diagnostics.error(epochs->source,
                      path + ".epochs: there is no [dataset] to walk through; give steps");
}

}  // namespace

RunConfiguration read_configuration(const Table& table, Diagnostics& diagnostics) {
  RunConfiguration c = Schema<RunConfiguration>().read(table, diagnostics);
  if (c.name.empty() && table.source.file && !table.find("name"))
    c.name = fs::path(*table.source.file).stem().string();
  if (c.name.empty() && !table.find("name")) c.name = "run";
  if (!table.find("problem") && !table.find("dataset"))
    diagnostics.error(table.source,
                      "a [problem], a [dataset] or both are needed: what shall be learnt?");
  if (const Table* given = table_at(&table, "dataset"); c.dataset && given)
    place_dataset(*c.dataset, *given);
  for (std::size_t i = 0; i < c.stages.size(); ++i) check_length(c, i, table, diagnostics);
  if (table.find("stage") && c.stages.empty())
    diagnostics.error(table.find("stage")->source, "stage: at least one is needed");
  if (const Value* dir = lookup(table, "output", "dir"); dir && dir->get<std::string>())
    c.output.dir = resolve_path(*dir);
  c.output.dir = absolute(c.output.dir);
  c.plugins.paths = plugin_paths(table);
  if (const Table* given = table_at(&table, "observations"))
    for (auto& [name, observation] : c.observations)
      if (const Value* file = lookup(*given, name, "file"); file && file->get<std::string>())
        observation.file = absolute(resolve_path(*file));
  place_rests(c, table);
  return c;
}

void complete_record(Table& recorded) {
  if (recorded.find("normalisation")) return;
  Table none;
  none.set("coordinates", false);
  none.set("observations", false);
  recorded.set("normalisation", Value(std::move(none)));
}

std::vector<std::pair<std::string, Source>> plugin_paths_with_sources(const Table& table) {
  std::vector<std::pair<std::string, Source>> out;
  const Value* paths = lookup(table, "plugins", "paths");
  if (!paths) return out;
  const auto take = [&](const Value& path) {
    if (path.get<std::string>()) out.emplace_back(absolute(resolve_path(path)), path.source);
  };
  take(*paths);
  if (const auto* list = paths->get<Value::List>())
    for (const Value& path : *list) take(path);
  return out;
}

std::vector<std::string> plugin_paths(const Table& table) {
  std::vector<std::string> out;
  for (auto& [path, source] : plugin_paths_with_sources(table)) out.push_back(path);
  return out;
}

std::string run_path(const RunConfiguration& configuration) {
  return (fs::path(configuration.output.dir) / configuration.name).string();
}

}  // namespace banach
