// SPDX-License-Identifier: Apache-2.0
// Catalog entries whose own parameters stand beside those of the engine ([[stage]], [sampling]).
#pragma once
#include "core/plugin/plugin_manager.hpp"

namespace banach {

/// The value's own place, or the table's when the key is absent.
inline Source source_of(const Table* table, std::string_view key) {
  if (!table) return {};
  const Value* value = table->find(key);
  return value ? value->source : table->source;
}

/// The table at `key` (or entry of the list there), or nullptr.
inline const Table* table_at(const Table* table, std::string_view key) {
  const Value* value = table ? table->find(key) : nullptr;
  return value ? value->get<Table>() : nullptr;
}

/// [[stage]] number i of a configuration, which may also be one table [stage]; nullptr where it is
/// no table.
inline const Table* stage_table(const Table& table, std::size_t i) {
  const Value* stages = table.find("stage");
  const auto* list = stages ? stages->get<Value::List>() : nullptr;
  return list ? (*list)[i].get<Table>() : stages ? stages->get<Table>() : nullptr;
}

inline std::vector<std::string> names_of(const std::vector<ParameterInfo>& parameters) {
  std::vector<std::string> out;
  for (const auto& parameter : parameters)
    if (parameter.name != "<name>") out.push_back(parameter.name);
  return out;
}

/// Reports the keys of `given` that are neither the entry's parameters nor, in `beside`, the
/// engine's; returns the others.
Table own_parameters(const Table& given, const EntryInfo& entry,
                     const std::vector<ParameterInfo>& beside, Diagnostics& diagnostics);

/// The entry of that name, or nullptr with a diagnostic; PluginError when its plugin was refused.
template <class C>
const typename C::Item* find_entry(const C& catalog, const PluginManager& plugins,
                                   const std::string& name, const Source& source,
                                   Diagnostics& diagnostics) {
  try {
    return &plugins.find(catalog, name, source);
  } catch (const ConfigError& error) {
    diagnostics.error({}, error.what());
    return nullptr;
  }
}

/// Builds the entry; replaces `given` by all of its parameters. nullptr when there were errors.
template <class C>
auto build_entry(const C& catalog, const PluginManager& plugins, const std::string& name,
                 const Source& source, Table& given, const std::vector<ParameterInfo>& beside,
                 Diagnostics& diagnostics)
    -> decltype(catalog.find(name)->create(given, diagnostics)) {
  const auto* item = find_entry(catalog, plugins, name, source, diagnostics);
  if (!item) return nullptr;
  const Table own = own_parameters(given, *item, beside, diagnostics);
  try {
    auto built = item->create(own, diagnostics);
    if (!built) return nullptr;
    Diagnostics unused;
    Table resolved = item->resolve(own, unused);
    resolved.path = given.path, resolved.source = given.source;
    given = std::move(resolved);
    return built;
  } catch (const ConfigError& error) {
    diagnostics.error(source, error.what());
    return nullptr;
  }
}

/// Complains about every key of a table that is none of `known`.
void check_names(const Table* table, const std::string& path, const std::string& what,
                 const std::vector<std::string>& known, bool tables_only, Diagnostics& diagnostics);

}  // namespace banach
