// SPDX-License-Identifier: Apache-2.0
// Keys by their paths.
#include "tests/boundary/bases.hpp"

namespace banach::testing {
namespace {

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> out{""};
  for (const char c : path)
    if (c == '.')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

bool number(const std::string& part) {
  return part.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

void set_key(Table& table, const std::string& path, const Value& value) {
  const auto parts = parts_of(path);
  Table* inside = &table;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    Value* next = inside->find(parts[i]);
    const bool list = number(parts[i + 1]);
    if (!next || (!next->get<Table>() && !next->get<Value::List>()))
      next = &inside->set(parts[i], list ? Value(Value::List{Value(Table())}) : Value(Table()));
    if (auto* entries = std::get_if<Value::List>(&next->data)) {
      if (entries->empty()) entries->emplace_back(Table());
      if (list) ++i;
      if (i + 1 == parts.size()) {
        entries->front() = value;
        return;
      }
      next = &entries->front();
    }
    if (!next->get<Table>()) *next = Value(Table());
    inside = &std::get<Table>(next->data);
  }
  inside->set(parts.back(), value);
}

const Value* value_at(const Table& table, const std::string& path) {
  const Table* inside = &table;
  const Value* found = nullptr;
  for (const auto& part : parts_of(path)) {
    if (const auto* list = found ? found->get<Value::List>() : nullptr; list && number(part)) {
      if (list->empty()) return nullptr;
      found = &list->front();
      inside = found->get<Table>();
      continue;
    }
    found = inside ? inside->find(part) : nullptr;
    if (!found) return nullptr;
    inside = found->get<Table>();
  }
  return found;
}

}  // namespace banach::testing
