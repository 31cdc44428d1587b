// SPDX-License-Identifier: Apache-2.0
#include "core/training/guilty_key.hpp"

#include <sstream>

namespace banach {
namespace {

bool digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

const Value* entry(const Value& value, const std::string& part) {
  if (const auto* table = value.get<Table>()) return table->find(part);
  const auto* list = value.get<Value::List>();
  if (!list || !digits(part) || part.size() > 6) return nullptr;
  const auto index = static_cast<std::size_t>(std::stoul(part));
  return index < list->size() ? &(*list)[index] : nullptr;
}

Source place_of(const Table& configuration, const std::string& line, const std::string& otherwise) {
  std::istringstream parts(line.substr(0, line.find_first_of(" :=[\"")));
  const Value* found = nullptr;
  for (std::string part; std::getline(parts, part, '.');) {
    const Value* next = found ? entry(*found, part) : configuration.find(part);
    if (!next) break;
    found = next;
  }
  if (!found) found = configuration.find(otherwise);
  if (!found) return configuration.source;
  const auto* table = found->get<Table>();
  return table && table->source.file ? table->source : found->source;
}

}  // namespace

bool has_place(const std::string& line) {
  if (line.rfind("command line: ", 0) == 0) return true;
  const std::string head = line.substr(0, line.find(": "));
  const auto column = head.rfind(':');
  const bool two = column != std::string::npos && column > 0;
  const auto row = two ? head.rfind(':', column - 1) : std::string::npos;
  return row != std::string::npos && digits(head.substr(column + 1)) &&
         digits(head.substr(row + 1, column - row - 1));
}

std::string with_guilty_key(const Table& configuration, const std::string& lines,
                            const std::string& otherwise) {
  std::istringstream in(lines);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const std::string place =
        has_place(line) ? "" : to_text(place_of(configuration, line, otherwise));
    out += (out.empty() ? "" : "\n") + (place.empty() ? "" : place + ": ") + line;
  }
  return out;
}

void with_guilty_keys(const Table& configuration, const std::function<void()>& action) try {
  action();
} catch (const ConfigError& error) {
  throw ConfigError(with_guilty_key(configuration, error.what(), "architecture"));
}

}  // namespace banach
