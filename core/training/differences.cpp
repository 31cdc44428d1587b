// SPDX-License-Identifier: Apache-2.0
// What differs between two configurations.
#include "core/parameters/text.hpp"
#include "core/training/configuration.hpp"

namespace banach {
namespace {

using Flat = std::vector<std::pair<std::string, std::string>>;

void flatten(const Value& value, const std::string& path, Flat& out);
void flatten(const Table& table, const std::string& path, Flat& out) {
  for (const auto& [key, value] : table.entries) flatten(value, detail::join_path(path, key), out);
}
void flatten(const Value& value, const std::string& path, Flat& out) {
  if (const auto* table = value.get<Table>()) return flatten(*table, path, out);
  const auto* list = value.get<Value::List>();
  if (!list || list->empty() || !list->front().get<Table>()) {
    out.emplace_back(path, to_text(value));
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i)
    flatten((*list)[i], detail::join_path(path, std::to_string(i)), out);
}

std::string find(const Flat& flat, const std::string& key) {
  for (const auto& entry : flat)
    if (entry.first == key) return entry.second;
  return "absent";
}

}  // namespace

std::vector<Difference> differences(const Table& before, const Table& after) {
  Flat a, b;
  flatten(before, "", a);
  flatten(after, "", b);
  std::vector<Difference> out;
  for (const auto& [key, value] : a)
    if (const std::string other = find(b, key); other != value) out.push_back({key, value, other});
  for (const auto& [key, value] : b)
    if (find(a, key) == "absent") out.push_back({key, "absent", value});
  return out;
}

std::string to_text(const std::vector<Difference>& differences, std::size_t limit) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < differences.size() && i < limit; ++i)
    lines.push_back("  " + differences[i].key + ": " + shortened(differences[i].before) + " -> " +
                    shortened(differences[i].after));
  if (differences.size() > limit)
    lines.push_back("  and " + std::to_string(differences.size() - limit) + " more");
  return join(lines, "\n");
}

}  // namespace banach
