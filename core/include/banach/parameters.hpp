// SPDX-License-Identifier: Apache-2.0
// Parameters: a plain struct plus one `describe(Schema<P>&)`. The same declaration is types,
// defaults, checks, error texts, the output of `banach describe` and the resolved configuration.
#pragma once
#include "banach/fields.hpp"

namespace banach {

/// What Schema::field returns, to add rules in a chain. T is the type of one element for lists.
template <class T>
class Rules {
 public:
  explicit Rules(detail::Field& field) : field_(field) {}

  /// A rule of one's own, `bool holds(const T&)`; `text` completes "must be ...".
  template <class F>
  Rules& where(std::string text, F holds) {
    const auto call = [](const void* state, const void* element) -> bool {
      return (*static_cast<const F*>(state))(*static_cast<const T*>(element));
    };
    detail::add_rule(field_, {std::move(text), {}, std::make_shared<F>(std::move(holds)), call});
    return *this;
  }
  /// > 0
  Rules& positive();
  /// >= low
  Rules& at_least(T low);
  /// <= high
  Rules& at_most(T high);
  /// Equal to one of these; texts get a "did you mean".
  Rules& one_of(std::vector<T> options);
  /// Absent is an error.
  Rules& required() {
    field_.info.required = true;
    return *this;
  }

 private:
  detail::Field& field_;
};

template <class T>
Rules<T>& Rules<T>::positive() {
  return where("> 0", [](const T& t) { return t > T(0); });
}
template <class T>
Rules<T>& Rules<T>::at_least(T low) {
  const std::string text = ">= " + to_text(Convert<T>::write(low));
  return where(text, [low = std::move(low)](const T& t) { return t >= low; });
}
template <class T>
Rules<T>& Rules<T>::at_most(T high) {
  const std::string text = "<= " + to_text(Convert<T>::write(high));
  return where(text, [high = std::move(high)](const T& t) { return t <= high; });
}
template <class T>
Rules<T>& Rules<T>::one_of(std::vector<T> options) {
  Value::List list;
  for (const T& option : options) list.push_back(Convert<T>::write(option));
  where(detail::choice(list), [options = std::move(options)](const T& t) {
    for (const T& option : options)
      if (option == t) return true;
    return false;
  });
  detail::suggest(field_, list);
  return *this;
}

/// The fields of parameter struct P, declared by `void describe(Schema<P>&)` beside P (found by
/// ADL). Defaults are P's own member initialisers.
template <class P>
class Schema : public detail::Fields {
 public:
  Schema() { describe(*this); }

  /// One parameter. Lists accept a single value as a list of one; numbers accept integers.
  template <class T, class Owner>
  Rules<typename detail::Element<T>::type> field(std::string name, T Owner::*member,
                                                 std::string doc) {
    return Rules<typename detail::Element<T>::type>(add(std::move(name), std::move(doc),
                                                        detail::operations<T>, &(defaults_.*member),
                                                        offset(member)));
  }

  /// Keys that no field names are kept in this table, for somebody else to read.
  void rest(Table P::*member) { keep_rest(offset(member)); }

  /// Sub-tables under names that no field has ([sampling.initial]) are read as T, or any value
  /// ([weights] initial = 10.0) when T is no table.
  template <class T>
  void named(std::map<std::string, T> P::*member, std::string doc) {
    using Map = std::map<std::string, T>;
    keep_named(std::move(doc), detail::operations<T>, detail::operations<Map>, offset(member),
               &Convert<Map>::slot);
  }

  /// The struct of one table, with every problem found added to `diagnostics`.
  P read(const Table& table, Diagnostics& diagnostics) const {
    P object{};
    Fields::read(table, diagnostics, &object);
    return object;
  }

  /// The complete table, defaults included, empty optionals left out.
  Table write(const P& object) const { return Fields::write(&object); }

 private:
  template <class T, class Owner>
  std::size_t offset(T Owner::*member) const {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(&(defaults_.*member)) -
                                    reinterpret_cast<const char*>(&defaults_));
  }
  P defaults_ = P();
};

#define BANACH_CONVERT_SCALAR(T)                                                                 \
  template <>                                                                                    \
  struct BANACH_API Convert<T> {                                                                 \
    static std::string type();                                                                   \
    static std::vector<ParameterInfo> children();                                                \
    static bool read(const Value& v, const std::string& path, Diagnostics& diagnostics, T& out); \
    static Value write(const T& value);                                                          \
  };
BANACH_CONVERT_SCALAR(bool)
BANACH_CONVERT_SCALAR(std::int64_t)
BANACH_CONVERT_SCALAR(double)
BANACH_CONVERT_SCALAR(std::string)
BANACH_CONVERT_SCALAR(Table)
#undef BANACH_CONVERT_SCALAR

template <class T>
struct Convert<std::vector<T>> {
  static std::string type() { return "list of " + Convert<T>::type(); }
  static std::vector<ParameterInfo> children() { return Convert<T>::children(); }
  static bool read(const Value& v, const std::string& path, Diagnostics& d, std::vector<T>& out) {
    out.clear();
    return detail::read_list(v, path, d, detail::operations<T>, &out, [](void* list) -> void* {
      return &static_cast<std::vector<T>*>(list)->emplace_back();
    });
  }
  static Value write(const std::vector<T>& list) {
    return detail::write_list(&list, list.size(), detail::operations<T>,
                              [](const void* l, std::size_t i) -> const void* {
                                return &(*static_cast<const std::vector<T>*>(l))[i];
                              });
  }
};

/// Absent stays empty and is left out of resolved configurations.
template <class T>
struct Convert<std::optional<T>> {
  static std::string type() { return Convert<T>::type(); }
  static std::vector<ParameterInfo> children() { return Convert<T>::children(); }
  static bool read(const Value& v, const std::string& path, Diagnostics& d, std::optional<T>& out) {
    return Convert<T>::read(v, path, d, out.emplace());
  }
  static Value write(const std::optional<T>& value) {
    return value ? Convert<T>::write(*value) : Value("");
  }
};

template <class T>
struct Convert<std::map<std::string, T>> {
  static std::string type() { return "table of " + Convert<T>::type(); }
  static std::vector<ParameterInfo> children() { return Convert<T>::children(); }
  static bool read(const Value& v, const std::string& path, Diagnostics& d,
                   std::map<std::string, T>& out) {
    out.clear();
    return detail::read_map(v, path, d, detail::operations<T>, &out, &slot);
  }
  static Value write(const std::map<std::string, T>& map) {
    Value out{Table()};
    for (const auto& entry : map) detail::put(out, entry.first, Convert<T>::write(entry.second));
    return out;
  }
  static void* slot(void* map, const std::string& key) {
    return &(*static_cast<std::map<std::string, T>*>(map))[key];
  }
};

namespace detail {
BANACH_API bool read_struct(const Value&, const std::string& path, Diagnostics&, const Fields&,
                            void* object);
}

/// Structs with a `describe` of their own are tables.
template <class P>
struct Convert<P, std::void_t<decltype(describe(std::declval<Schema<P>&>()))>> {
  static std::string type() { return Convert<Table>::type(); }
  static std::vector<ParameterInfo> children() { return Schema<P>().info(); }
  static bool read(const Value& v, const std::string& path, Diagnostics& d, P& out) {
    return detail::read_struct(v, path, d, Schema<P>(), &out);
  }
  static Value write(const P& object) { return Value(Schema<P>().write(object)); }
};

// Instantiated once, in the library.
extern template class BANACH_API Rules<std::int64_t>;
extern template class BANACH_API Rules<double>;
extern template struct BANACH_API Convert<std::vector<std::int64_t>>;
extern template struct BANACH_API Convert<std::vector<double>>;
extern template struct BANACH_API Convert<std::vector<std::string>>;
extern template struct BANACH_API Convert<std::optional<std::int64_t>>;
extern template struct BANACH_API Convert<std::optional<double>>;
extern template struct BANACH_API Convert<std::optional<std::string>>;
extern template struct BANACH_API Convert<std::map<std::string, double>>;

}  // namespace banach
