// SPDX-License-Identifier: Apache-2.0
#include "core/study/overrides.hpp"

#include <fmt/format.h>

namespace banach {
namespace {

void flatten(const Value& value, const std::string& key, std::vector<Override>& out,
             bool whole_lists) {
  const Table* table = value.get<Table>();
  if (!table || whole_lists) {
    out.push_back({key, to_text(value), place_of(value)});
    return;
  }
  for (const auto& [name, inner] : table->entries) flatten(inner, key + "." + name, out, false);
}

}  // namespace

const Source& place_of(const Value& value) { return value.key.file ? value.key : value.source; }

Source place_of(const Table& table, const char* key) {
  const Value* value = table.find(key);
  return value ? place_of(*value) : table.source;
}

void check_key(const Override& o, const std::string& path, Diagnostics& diagnostics) {
  if (o.key == "seed")
    diagnostics.error(o.source, path + ": seeds come from seed and repeats of the study");
  if (o.key == "name" || o.key == "output.dir" || o.key == "output")
    diagnostics.error(o.source, path + ": the study names the folders of its trials itself");
}

void check_twice(const std::vector<Override>& all, const std::string& path,
                 Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[i].key == all[j].key)
        diagnostics.error(all[i].source, fmt::format("{}: {} is set twice, here and at {}", path,
                                                     all[i].key, to_text(all[j].source)));
}

std::vector<Override> read_overrides(const Table& table, const std::string& path,
                                     Diagnostics& diagnostics) {
  std::vector<Override> out;
  for (const auto& [key, value] : table.entries)
    flatten(value, key, out, key.find('.') != std::string::npos);
  for (const auto& o : out) check_key(o, path, diagnostics);
  check_twice(out, path, diagnostics);
  return out;
}

}  // namespace banach
