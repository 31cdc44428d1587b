// SPDX-License-Identifier: Apache-2.0
// Reading and writing of scalars, lists and maps.
#include <cmath>

#include "banach/parameters.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/whole_number.hpp"

namespace banach {

std::optional<std::int64_t> whole_number(const Value& value) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (const auto* integer = value.get<std::int64_t>()) return *integer;
  const auto* number = value.get<double>();
  if (!number || *number != std::floor(*number) || std::abs(*number) > exact) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

namespace detail {

std::string join_path(const std::string& path, const std::string& key) {
  return path.empty() ? key_text(key) : path + "." + key_text(key);
}

void wrong_type(const Value& value, const std::string& path, const std::string& expected,
                Diagnostics& diagnostics) {
  std::string got = type_name(value);
  if (!value.get<Value::List>() && !value.get<Table>()) got += " " + shortened(to_text(value));
  diagnostics.error(value.source, path + ": expected " + expected + ", got " + got);
}

bool read_list(const Value& value, const std::string& path, Diagnostics& diagnostics,
               const Operations& element, void* list, void* (*grow)(void* list)) {
  const auto* values = value.get<Value::List>();
  if (!values) return element.read(value, path, diagnostics, grow(list));
  for (std::size_t i = 0; i < values->size(); ++i) {
    const Value& item = (*values)[i];
    const std::string where = join_path(path, std::to_string(i));
    if (!element.read(item, where, diagnostics, grow(list)))
      wrong_type(item, where, element.type(), diagnostics);
  }
  return true;
}

Value write_list(const void* list, std::size_t size, const Operations& type,
                 const void* (*element)(const void* list, std::size_t index)) {
  Value::List out;
  out.reserve(size);
  for (std::size_t i = 0; i < size; ++i) out.push_back(type.write(element(list, i)));
  return out;
}

bool read_map(const Value& value, const std::string& path, Diagnostics& diagnostics,
              const Operations& element, void* map,
              void* (*slot)(void* map, const std::string& key)) {
  const auto* table = value.get<Table>();
  if (!table) return false;
  for (const auto& [key, item] : table->entries) {
    const std::string where = join_path(path, key);
    if (!element.read(item, where, diagnostics, slot(map, key)))
      wrong_type(item, where, element.type(), diagnostics);
  }
  return true;
}

void put(Value& table, const std::string& key, Value value) {
  std::get<Table>(table.data).set(key, std::move(value));
}

}  // namespace detail

#define BANACH_PLAIN_CONVERT(T, NAME)                              \
  std::string Convert<T>::type() { return NAME; }                  \
  std::vector<ParameterInfo> Convert<T>::children() { return {}; } \
  Value Convert<T>::write(const T& value) { return value; }
BANACH_PLAIN_CONVERT(bool, "truth value")
BANACH_PLAIN_CONVERT(std::int64_t, "integer")
BANACH_PLAIN_CONVERT(double, "number")
BANACH_PLAIN_CONVERT(std::string, "text")
BANACH_PLAIN_CONVERT(Table, "table")
#undef BANACH_PLAIN_CONVERT

namespace {
template <class T>
bool read_same(const Value& value, T& out) {
  const T* same = value.get<T>();
  if (same) out = *same;
  return same != nullptr;
}
}  // namespace

bool Convert<bool>::read(const Value& v, const std::string&, Diagnostics&, bool& out) {
  return read_same(v, out);
}
bool Convert<std::int64_t>::read(const Value& v, const std::string&, Diagnostics&,
                                 std::int64_t& out) {
  const auto number = whole_number(v);
  if (number) out = *number;
  return number.has_value();
}
bool Convert<std::string>::read(const Value& v, const std::string&, Diagnostics&,
                                std::string& out) {
  return read_same(v, out);
}
bool Convert<Table>::read(const Value& v, const std::string& path, Diagnostics&, Table& out) {
  if (!read_same(v, out)) return false;
  out.path = path;
  return true;
}

bool Convert<double>::read(const Value& v, const std::string& path, Diagnostics& diagnostics,
                           double& out) {
  if (const auto* integer = v.get<std::int64_t>()) {
    out = static_cast<double>(*integer);
    return true;
  }
  if (!read_same(v, out)) return false;
  if (!std::isfinite(out))
    diagnostics.error(v.source, path + ": expected a finite number, got " + to_text(out));
  return true;
}

template class Rules<std::int64_t>;
template class Rules<double>;
template struct Convert<std::vector<std::int64_t>>;
template struct Convert<std::vector<double>>;
template struct Convert<std::vector<std::string>>;
template struct Convert<std::optional<std::int64_t>>;
template struct Convert<std::optional<double>>;
template struct Convert<std::optional<std::string>>;
template struct Convert<std::map<std::string, double>>;

}  // namespace banach
