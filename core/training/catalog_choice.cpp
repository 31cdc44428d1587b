// SPDX-License-Identifier: Apache-2.0
#include "core/training/catalog_choice.hpp"

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

}  // namespace banach
