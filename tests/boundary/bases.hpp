// SPDX-License-Identifier: Apache-2.0
// Configurations that hold, one for every catalog entry, and what is tried in them.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/boundary/door.hpp"
#include "tests/run/scratch.hpp"

namespace banach::testing {

/// A key with its path in a configuration ("problem.rate", "stage.0.lr") and what `banach
/// describe --json` says of it.
struct Key {
  std::string path;
  nlohmann::json info;
};

/// A configuration of one command that ends with 0, and the keys to be tried in it.
struct Base {
  std::string command, name;
  Table table;
  std::vector<Key> keys;
};

/// Sets a key; tables and lists on the way come to be.
void set_key(Table& table, const std::string& path, const Value& value);
/// The value there, or nullptr.
const Value* value_at(const Table& table, const std::string& path);

/// Bases of all entries of `banach describe --json`; fails the test for an entry without one. Data
/// sets are made in `scratch`.
std::vector<Base> make_bases(const Door& door, const Scratch& scratch);
/// Writes the table as a file there and enters.
Verdict enter(const Door& door, const Scratch& scratch, const std::string& command,
              const Table& table);

}  // namespace banach::testing
