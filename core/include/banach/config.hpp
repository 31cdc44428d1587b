// SPDX-License-Identifier: Apache-2.0
// A configuration, free of TOML: values and tables that remember where they were written.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "banach/error.hpp"

namespace banach {

/// Where a value was written: "heat.toml:3:1", "command line", or empty for defaults.
struct Source {
  std::shared_ptr<const std::string> file;
  int line = 0, column = 0;
};
BANACH_API std::string to_text(const Source& source);

struct Value;

/// One table: keys in the order of the file; `path` is "architecture.trunk" or "stage.0".
struct BANACH_API Table {
  std::vector<std::pair<std::string, Value>> entries;
  std::string path;
  Source source;

  Table();
  Table(const Table&);
  Table(Table&&) noexcept;
  Table& operator=(const Table&);
  Table& operator=(Table&&) noexcept;
  ~Table();

  /// The value of a key, or nullptr.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  /// Sets or replaces a key; keeps the order of first insertion.
  Value& set(std::string key, Value value);
  /// Removes a key; false if there was none.
  bool erase(std::string_view key);
  /// The text at a key, or `fallback` where the key is absent or no text.
  std::string text(std::string_view key, std::string_view fallback = "") const;
};

/// One value: truth, integer, number, text, list or table.
struct BANACH_API Value {
  using List = std::vector<Value>;
  std::variant<bool, std::int64_t, double, std::string, List, Table> data;
  Source source;  // of the value itself
  Source key;     // of the key in front of it; empty in lists

  Value();
  Value(bool value, Source from = {});
  Value(std::int64_t value, Source from = {});
  template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
  Value(T value, Source from = {}) : Value(static_cast<std::int64_t>(value), std::move(from)) {}
  Value(double value, Source from = {});
  Value(std::string value, Source from = {});
  Value(const char* value, Source from = {});
  Value(List value, Source from = {});
  Value(Table value, Source from = {});
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  /// The content as T (bool, int64, double, string, List, Table), or nullptr when it is another
  /// type.
  template <class T>
  const T* get() const;
};
template <>
BANACH_API const bool* Value::get<bool>() const;
template <>
BANACH_API const std::int64_t* Value::get<std::int64_t>() const;
template <>
BANACH_API const double* Value::get<double>() const;
template <>
BANACH_API const std::string* Value::get<std::string>() const;
template <>
BANACH_API const Value::List* Value::get<Value::List>() const;
template <>
BANACH_API const Table* Value::get<Table>() const;

/// "truth value", "integer", "number", "text", "list", "table": as error texts call it.
BANACH_API const char* type_name(const Value& value);
/// One-line TOML of a value: shortest round-trip numbers, basic strings, inline tables.
BANACH_API std::string to_text(const Value& value);
/// Shortest decimal that reads back to the same number, always with a point or exponent ("1.0").
BANACH_API std::string to_text(double number);
/// The candidate within a small edit distance of `word`, or "".
BANACH_API std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// "a, b, c"
BANACH_API std::string join(const std::vector<std::string>& words, std::string_view between = ", ");

/// Collects every error of a configuration, so that all are reported at once.
class BANACH_API Diagnostics {
 public:
  /// Adds "<source>: <text>".
  void error(const Source& source, const std::string& text);
  bool empty() const { return lines_.empty(); }
  const std::vector<std::string>& lines() const { return lines_; }
  /// Throws ConfigError with all lines, in order, when there are any.
  void throw_if_any() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace banach
