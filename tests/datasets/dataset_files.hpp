// SPDX-License-Identifier: Apache-2.0
// Small data sets written for tests, and the [dataset] tables that map them.
#pragma once
#include <cstring>

#include "core/parameters/toml.hpp"
#include "datasets/dataset.hpp"
#include "tests/run/scratch.hpp"

namespace banach::testing {

using Numbers = std::vector<double>;

/// The parameters that a text says below [dataset].
inline DatasetParameters dataset_of(const std::string& text) {
  const Table table = parse_toml("[dataset]\n" + text, "test.toml");
  Diagnostics diagnostics;
  auto parameters =
      Schema<DatasetParameters>().read(*table.find("dataset")->get<Table>(), diagnostics);
  diagnostics.throw_if_any();
  return parameters;
}

inline Numbers numbers_of(const DataArray& array) {
  Numbers out(array.bytes.size() / (array.type == NumberType::float64 ? 8 : 4));
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (array.type == NumberType::float64) {
      std::memcpy(&out[i], array.bytes.data() + 8 * i, 8);
    } else {
      float value = 0;
      std::memcpy(&value, array.bytes.data() + 4 * i, 4);
      out[i] = static_cast<double>(value);
    }
  }
  return out;
}

/// Samples first ... first + count - 1 of one variable.
inline Numbers read_of(const Dataset& data, Split split, std::int64_t first, std::int64_t count,
                       std::size_t variable) {
  std::vector<std::int64_t> samples;
  for (std::int64_t i = 0; i < count; ++i) samples.push_back(first + i);
  return numbers_of(data.read(split, samples, NumberType::float64).at(variable));
}

/// 1000 i + j of entry j of row i.
inline Numbers coded(std::int64_t rows, std::int64_t columns) {
  Numbers out;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) out.push_back(static_cast<double>(1000 * i + j));
  return out;
}

/// Files in a folder of the test, opened with a text below [dataset].
class MappedFiles : public ::testing::Test {
 protected:
  static inline const std::string grid = "coords.x = { linspace = [0.0, 1.0] }\n";
  static inline const std::string whole = "split = { train = 1.0, validation = 0, test = 0 }\n";

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }
  std::shared_ptr<const Dataset> open(const std::string& file, const std::string& text,
                                      const std::string& variant = "") const {
    return Dataset::open(dataset_of("files = '" + path(file) + "'\n" + text), variant);
  }
  std::pair<int, std::string> refusal(const std::string& file, const std::string& text) const {
    return error_of([&] { open(file, text); });
  }
  Scratch scratch_;
};

}  // namespace banach::testing
