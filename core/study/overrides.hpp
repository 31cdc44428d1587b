// SPDX-License-Identifier: Apache-2.0
// What a study changes in the configuration of its trials, as its tables say it.
#pragma once
#include "core/study/space.hpp"

namespace banach {

/// Where a value was written: its key, or the value itself where it has none.
const Source& place_of(const Value& value);
/// The same of the value at `key`; the table's own place where there is none.
Source place_of(const Table& table, const char* key);

/// The overrides that a table says: `"stage.0.lr" = 1e-3` and `stage.0.lr = 1e-3` alike.
BANACH_API std::vector<Override> read_overrides(const Table& table, const std::string& path,
                                                Diagnostics& diagnostics);

/// Complains about a key that a study sets by itself; `path` names the table.
void check_key(const Override& one, const std::string& path, Diagnostics& diagnostics);
/// Complains about every key that is set twice.
void check_twice(const std::vector<Override>& all, const std::string& path,
                 Diagnostics& diagnostics);

}  // namespace banach
