// SPDX-License-Identifier: Apache-2.0
// The shipped generators, loaded as plugins.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/parameters/toml.hpp"
#include "core/plugin/plugin_manager.hpp"
#include "datasets/generate.hpp"
#include "tests/run/scratch.hpp"

namespace banach::testing {

using Numbers = std::vector<double>;

inline PreparedGenerator prepared(const std::string& text) {
  static const auto registry = [] {
    auto out = std::make_unique<Registry>();
    PluginManager manager(*out);
    manager.discover();
    return out;
  }();
  Table table = parse_toml(text, "test.toml");
  table.path = "generator";
  return prepare_generator(registry->generators, table, [](const std::string& type, const Source&) {
    throw ConfigError("there is no generator \"" + type + "\"");
  });
}

/// The arrays of one sample.
inline std::vector<Numbers> arrays_of(const Generator& generator, std::int64_t sample = 0) {
  std::vector<Numbers> out;
  std::vector<double*> places;
  for (const auto& variable : generator.variables()) {
    std::size_t size = 1;
    for (const auto& name : variable.axes)
      for (const auto& axis : generator.axes())
        if (axis.name == name) size *= axis.values.size();
    out.emplace_back(size, std::nan(""));
  }
  for (auto& array : out) places.push_back(array.data());
  generator.sample(Stream(7, "test", static_cast<std::uint64_t>(sample)), places);
  return out;
}
inline std::vector<Numbers> arrays_of(const std::string& text, std::int64_t sample = 0) {
  return arrays_of(*prepared(text).generator, sample);
}

/// |a - b| / |b|
inline double relative_error(const Numbers& a, const Numbers& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  return std::sqrt(difference / size);
}

/// Every n-th number.
inline Numbers every(const Numbers& all, std::size_t n) {
  Numbers out;
  for (std::size_t i = 0; i < all.size(); i += n) out.push_back(all[i]);
  return out;
}

}  // namespace banach::testing
