// SPDX-License-Identifier: Apache-2.0
// [dataset] tables on one HDF5 file: patterns, labels, selections, slices, transforms, splits.
#include <string>

#include "../target.hpp"
#include "banach/error.hpp"
#include "core/parameters/toml.hpp"
#include "datasets/data_files.hpp"
#include "datasets/dataset.hpp"

namespace {

using namespace banach;

DatasetParameters parameters_of(const std::string& text) {
  static const Schema<DatasetParameters> schema;
  const Table table = parse_toml(text, "mutant.toml");
  const Value* own = table.find("dataset");
  const Table* dataset = own ? own->get<Table>() : nullptr;
  Diagnostics diagnostics;
  DatasetParameters out = schema.read(dataset ? *dataset : table, diagnostics);
  diagnostics.throw_if_any();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    DatasetParameters parameters = parameters_of({reinterpret_cast<const char*>(data), size});
    for (const auto& file : parameters.files) PathPattern{file};
    parameters.files = {BANACH_FUZZ_DATA};
    parameters.train = parameters.validation = std::nullopt;
    parameters.test.clear();
    const auto dataset = Dataset::open(parameters);
    for (const Split split : {Split::train, Split::validation, Split::test})
      if (dataset->size(split) > 0) dataset->read(split, {0}, NumberType::float64);
  } catch (const Error& error) {
    if (std::string(error.what()).empty()) defect("an error without a word");
  }
  return 0;
}
