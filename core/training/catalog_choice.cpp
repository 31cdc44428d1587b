// SPDX-License-Identifier: Apache-2.0
#include "core/training/catalog_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/parameters/text.hpp"

namespace banach {

Table own_parameters(const Table& given, const EntryInfo& entry,
                     const std::vector<ParameterInfo>& beside, Diagnostics& diagnostics) {
  const auto own = names_of(entry.parameters);
  auto all = names_of(beside);
  all.insert(all.end(), own.begin(), own.end());
  Table out;
  out.path = given.path, out.source = given.source;
  for (const auto& [key, value] : given.entries) {
    if (std::find(own.begin(), own.end(), key) != own.end()) {
      out.set(key, value);
      continue;
    }
    const std::string near = nearest(key, all);
    diagnostics.error(
        value.key.file ? value.key : value.source,
        given.path + " has no parameter " + in_quotes(shortened(key)) +
            (near.empty() ? "; known with " + entry.kind + " " + entry.name + ": " + join(all)
                          : "; did you mean " + in_quotes(near) + "?"));
  }
  return out;
}

void check_names(const Table* table, const std::string& path, const std::string& what,
                 const std::vector<std::string>& known, bool tables_only,
                 Diagnostics& diagnostics) {
  if (!table) return;
  for (const auto& [key, value] : table->entries) {
    if (tables_only && !value.get<Table>()) continue;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string near = nearest(key, known);
    diagnostics.error(
        value.key.file ? value.key : value.source,
        fmt::format(
            "{}.{}: there is no {} {}; {}", path, key_text(key), what, in_quotes(shortened(key)),
            near.empty() ? "known: " + join(known) : "did you mean " + in_quotes(near) + "?"));
  }
}

}  // namespace banach
