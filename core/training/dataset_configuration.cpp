// SPDX-License-Identifier: Apache-2.0
#include "core/training/dataset_configuration.hpp"

#include <filesystem>

#include "core/parameters/toml.hpp"
#include "core/training/catalog_choice.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> placed(const Value* files) {
  std::vector<std::string> out;
  const auto add = [&](const Value& file) {
    if (file.get<std::string>())
      out.push_back(fs::absolute(resolve_path(file)).lexically_normal().string());
  };
  if (!files) return out;
  if (const auto* list = files->get<Value::List>())
    for (const Value& file : *list) add(file);
  else
    add(*files);
  return out;
}

void place_variant(DataVariantParameters& variant, const Value* given) {
  const Table* table = given ? given->get<Table>() : nullptr;
  if (table) variant.files = placed(table->find("files"));
}

}  // namespace

void place_dataset(DatasetParameters& dataset, const Table& given) {
  dataset.files = placed(given.find("files"));
  if (dataset.train) place_variant(*dataset.train, given.find("train"));
  if (dataset.validation) place_variant(*dataset.validation, given.find("validation"));
  const Value* tests = given.find("test");
  const auto* list = tests ? tests->get<Value::List>() : nullptr;
  for (std::size_t i = 0; i < dataset.test.size(); ++i)
    place_variant(dataset.test[i], list ? &(*list)[i] : tests);
}

DatasetParameters dataset_of(const Table& configuration, const std::string& path) {
  const Table* given = table_at(&configuration, "dataset");
  if (!given) throw ConfigError(path + ": there is no [dataset]");
  Diagnostics diagnostics;
  auto parameters = Schema<DatasetParameters>().read(*given, diagnostics);
  diagnostics.throw_if_any();
  place_dataset(parameters, *given);
  return parameters;
}

}  // namespace banach
