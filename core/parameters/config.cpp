// SPDX-License-Identifier: Apache-2.0
#include "banach/config.hpp"

#include <algorithm>

namespace banach {

Table::Table() = default;
Table::Table(const Table&) = default;
Table::Table(Table&&) noexcept = default;
Table& Table::operator=(const Table&) = default;
Table& Table::operator=(Table&&) noexcept = default;
Table::~Table() = default;

const Value* Table::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.first == key) return &entry.second;
  return nullptr;
}

Value* Table::find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

Value& Table::set(std::string key, Value value) {
  if (Value* old = find(key)) return *old = std::move(value);
  return entries.emplace_back(std::move(key), std::move(value)).second;
}

bool Table::erase(std::string_view key) {
  const auto place = std::find_if(entries.begin(), entries.end(),
                                  [key](const auto& entry) { return entry.first == key; });
  if (place == entries.end()) return false;
  entries.erase(place);
  return true;
}

std::string Table::text(std::string_view key, std::string_view fallback) const {
  const Value* value = find(key);
  const auto* text = value ? value->get<std::string>() : nullptr;
  return text ? *text : std::string(fallback);
}

Value::Value() : data(false) {}
Value::Value(bool value, Source from) : data(value), source(std::move(from)) {}
Value::Value(std::int64_t value, Source from) : data(value), source(std::move(from)) {}
Value::Value(double value, Source from) : data(value), source(std::move(from)) {}
Value::Value(std::string value, Source from) : data(std::move(value)), source(std::move(from)) {}
Value::Value(const char* value, Source from) : Value(std::string(value), std::move(from)) {}
Value::Value(List value, Source from) : data(std::move(value)), source(std::move(from)) {}
Value::Value(Table value, Source from) : data(std::move(value)), source(std::move(from)) {}
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

template <>
const bool* Value::get<bool>() const {
  return std::get_if<bool>(&data);
}
template <>
const std::int64_t* Value::get<std::int64_t>() const {
  return std::get_if<std::int64_t>(&data);
}
template <>
const double* Value::get<double>() const {
  return std::get_if<double>(&data);
}
template <>
const std::string* Value::get<std::string>() const {
  return std::get_if<std::string>(&data);
}
template <>
const Value::List* Value::get<Value::List>() const {
  return std::get_if<Value::List>(&data);
}
template <>
const Table* Value::get<Table>() const {
  return std::get_if<Table>(&data);
}

void Diagnostics::error(const Source& source, const std::string& text) {
  const std::string place = to_text(source);
  lines_.push_back(place.empty() ? text : place + ": " + text);
}

void Diagnostics::throw_if_any() const {
  if (!lines_.empty()) throw ConfigError(join(lines_, "\n"));
}

}  // namespace banach
