// SPDX-License-Identifier: Apache-2.0
// What stands behind banach/parameters.hpp: fields of any type behind function pointers, so that
// almost all work is compiled once, in the library. Authors of own parameter types specialise
// Convert.
#pragma once
#include <cstddef>
#include <map>
#include <optional>

#include "banach/config.hpp"

namespace banach {

/// What `banach describe` prints about one parameter; `children` for tables and lists of tables.
/// An empty `fallback` of a parameter that is not required: it may be absent.
struct ParameterInfo {
  std::string name, type, fallback, rule, doc;
  bool required = false;
  std::vector<ParameterInfo> children;
};

/// How one type is read from and written to a configuration; specialise it for own types
/// (read returns false for a wrong type, which the caller reports):
///   static std::string type();
///   static std::vector<ParameterInfo> children();
///   static bool read(const Value&, const std::string& path, Diagnostics&, T&);
///   static Value write(const T&);
template <class T, class = void>
struct Convert;

namespace detail {

/// A rule on one element of a parameter: a predicate of any type behind one function pointer.
struct Check {
  std::string text;  // completes "must be ..."
  std::vector<std::string> options;
  std::shared_ptr<const void> state;
  bool (*holds)(const void* state, const void* element) = nullptr;
};

/// Convert<T> without the T.
struct Operations {
  std::string (*type)();
  std::vector<ParameterInfo> (*children)();
  bool (*read)(const Value&, const std::string& path, Diagnostics&, void* out);
  Value (*write)(const void*);
  bool (*absent)(const void*);                                // an empty optional
  std::ptrdiff_t (*first_broken)(const void*, const Check&);  // index of the element, or -1
};

struct Field {
  ParameterInfo info;
  const Operations* type;
  std::size_t offset;
  std::vector<Check> checks;
};

BANACH_API std::string join_path(const std::string& path, const std::string& key);
/// "problem.length: expected number, got text "long"", at the value.
BANACH_API void wrong_type(const Value& value, const std::string& path, const std::string& expected,
                           Diagnostics& diagnostics);
/// Reads a list, or a single value as a list of one; `grow` appends an element and returns it.
BANACH_API bool read_list(const Value&, const std::string& path, Diagnostics&, const Operations&,
                          void* list, void* (*grow)(void* list));
BANACH_API Value write_list(const void* list, std::size_t size, const Operations&,
                            const void* (*element)(const void* list, std::size_t index));
BANACH_API bool read_map(const Value&, const std::string& path, Diagnostics&, const Operations&,
                         void* map, void* (*slot)(void* map, const std::string& key));
BANACH_API void put(Value& table, const std::string& key, Value value);

/// The erased half of Schema: fields at offsets of an object.
class BANACH_API Fields {
 public:
  Fields();
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  ~Fields();

  Field& add(std::string name, std::string doc, const Operations& type, const void* fallback,
             std::size_t offset);
  void keep_rest(std::size_t offset);
  void keep_named(std::string doc, const Operations& element, const Operations& map,
                  std::size_t offset, void* (*slot)(void* map, const std::string& key));
  /// Reads every entry of `table` into `object`; unknown keys, missing required keys, wrong types
  /// and broken rules become diagnostics. False when there were any.
  bool read(const Table& table, Diagnostics& diagnostics, void* object) const;
  /// The same under another path and place than the table's own.
  bool read_as(const Table& table, const std::string& path, const Source& source,
               Diagnostics& diagnostics, void* object) const;
  Table write(const void* object) const;
  std::vector<ParameterInfo> info() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

BANACH_API void add_rule(Field& field, Check check);
/// "one of "tanh", "sin"", and the texts of the list as suggestions of the last rule.
BANACH_API std::string choice(const Value::List& options);
BANACH_API void suggest(Field& field, const Value::List& options);

template <class T>
struct Element {
  using type = T;
  static std::ptrdiff_t first_broken(const void* value, const Check& check) {
    return check.holds(check.state.get(), value) ? -1 : 0;
  }
};
template <class T>
struct Element<std::vector<T>> {
  using type = T;
  static std::ptrdiff_t first_broken(const void* value, const Check& check) {
    const auto& list = *static_cast<const std::vector<T>*>(value);
    for (std::size_t i = 0; i < list.size(); ++i)
      if (!check.holds(check.state.get(), &list[i])) return static_cast<std::ptrdiff_t>(i);
    return -1;
  }
};
template <class T>
struct Element<std::optional<T>> {
  using type = T;
  static std::ptrdiff_t first_broken(const void* value, const Check& check) {
    const auto& optional = *static_cast<const std::optional<T>*>(value);
    return !optional || check.holds(check.state.get(), &*optional) ? -1 : 0;
  }
};

template <class T>
struct Erased {
  static bool read(const Value& v, const std::string& path, Diagnostics& d, void* out) {
    return Convert<T>::read(v, path, d, *static_cast<T*>(out));
  }
  static Value write(const void* value) { return Convert<T>::write(*static_cast<const T*>(value)); }
  static bool never(const void*) { return false; }
};
template <class T>
constexpr bool (*absent_of(const std::optional<T>*))(const void*) {
  return
      [](const void* value) { return !static_cast<const std::optional<T>*>(value)->has_value(); };
}
constexpr bool (*absent_of(const void*))(const void*) { return &Erased<bool>::never; }

template <class T>
inline constexpr Operations operations = {&Convert<T>::type,
                                          &Convert<T>::children,
                                          &Erased<T>::read,
                                          &Erased<T>::write,
                                          absent_of(static_cast<const T*>(nullptr)),
                                          &Element<T>::first_broken};

}  // namespace detail

}  // namespace banach
