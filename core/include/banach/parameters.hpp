// SPDX-License-Identifier: Apache-2.0
// Parameters: a plain struct plus one `describe(Schema<P>&)`. The same declaration is types, defaults,
// checks, error texts, `banach describe`, the resolved configuration and the documentation.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <type_traits>

#include "banach/config.hpp"

namespace banach {

/// What `banach describe` prints about one parameter; `children` for tables and lists of tables.
struct ParameterInfo {
  std::string name, type, fallback, rule, doc;
  bool required = false;
  std::vector<ParameterInfo> children;
};

/// How one type is read from and written to a configuration; specialise it for own types:
///   static std::string type();  static std::vector<ParameterInfo> children();
///   static bool read(const Value&, const std::string& path, Diagnostics&, T&);  // false: wrong type
///   static Value write(const T&);
template <class T, class = void>
struct Convert;

template <class P>
class Schema;

namespace detail {

struct Field {
  ParameterInfo info;
  std::function<void(const Value&, const std::string& path, Diagnostics&, void* object)> read;
  std::function<Value(const void* object)> write;
};
using Rest = std::function<void(std::string key, const Value&, const std::string& path,
                                Diagnostics&, void* object)>;

/// Reads every entry of `table` into `object`: unknown keys (nearest name), missing required keys,
/// wrong types and broken rules become diagnostics. Keys that no field knows go to `tables` when it
/// is set and the value is a table, else to `rest` when it is set.
BANACH_API void read_fields(const std::vector<Field>& fields, const Rest& rest, const Rest& tables,
                            const Table& table, Diagnostics& diagnostics, void* object);
/// "problem.length = -1.0: must be > 0"
BANACH_API void broken_rule(const Value& value, const std::string& path, const std::string& rule,
                            Diagnostics& diagnostics);
BANACH_API std::string join_path(const std::string& path, const std::string& key);

}  // namespace detail

/// Handle that Schema::field returns, to add rules in a chain. T is the type of one element for lists.
template <class T>
class Rules {
 public:
  struct Check {
    std::string text;
    std::function<bool(const T&)> holds;
  };
  Rules(ParameterInfo& info, std::vector<Check>& checks) : info_(info), checks_(checks) {}

  /// A rule of one's own; `text` completes "must be ...".
  Rules& where(const std::string& text, std::function<bool(const T&)> holds) {
    info_.rule += (info_.rule.empty() ? "" : ", ") + text;
    checks_.push_back({text, std::move(holds)});
    return *this;
  }
  Rules& positive() {
    return where("> 0", [](const T& t) { return t > T(0); });
  }
  Rules& at_least(T low) {
    return where(">= " + to_text(Value(low)), [low](const T& t) { return t >= low; });
  }
  Rules& at_most(T high) {
    return where("<= " + to_text(Value(high)), [high](const T& t) { return t <= high; });
  }
  Rules& one_of(std::vector<T> options) {
    std::vector<std::string> texts;
    for (const auto& option : options) texts.push_back(to_text(Value(option)));
    return where("one of " + join(texts), [options = std::move(options)](const T& t) {
      for (const auto& option : options)
        if (option == t) return true;
      return false;
    });
  }
  Rules& required() {
    info_.required = true;
    return *this;
  }

 private:
  ParameterInfo& info_;
  std::vector<Check>& checks_;
};

namespace detail {
template <class T>
struct Element {
  using type = T;
  static bool every(const T& t, const std::function<bool(const T&)>& holds) { return holds(t); }
};
template <class T>
struct Element<std::vector<T>> {
  using type = T;
  static bool every(const std::vector<T>& list, const std::function<bool(const T&)>& holds) {
    for (const auto& t : list)
      if (!holds(t)) return false;
    return true;
  }
};
template <class T>
struct Element<std::optional<T>> {
  using type = T;
  static bool every(const std::optional<T>& t, const std::function<bool(const T&)>& holds) {
    return !t || holds(*t);
  }
};
}  // namespace detail

/// The fields of parameter struct P, declared by `void describe(Schema<P>&)` beside P (found by ADL).
/// Defaults are P's own member initialisers.
template <class P>
class Schema {
 public:
  Schema() { describe(*this); }
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  /// One parameter. Lists accept a single value as a list of one; numbers accept integers.
  template <class T>
  Rules<typename detail::Element<T>::type> field(std::string name, T P::*member, std::string doc) {
    using Check = typename Rules<typename detail::Element<T>::type>::Check;
    auto checks = std::make_shared<std::vector<Check>>();
    detail::Field f;
    f.info.name = std::move(name);
    f.info.type = Convert<T>::type();
    f.info.fallback = to_text(Convert<T>::write(P{}.*member));
    f.info.doc = std::move(doc);
    f.info.children = Convert<T>::children();
    f.read = [member, checks](const Value& v, const std::string& path, Diagnostics& d, void* p) {
      T value = static_cast<P*>(p)->*member;
      if (!Convert<T>::read(v, path, d, value)) {
        d.error(v.source, path + ": expected " + Convert<T>::type() + ", got " + type_name(v));
        return;
      }
      for (const auto& check : *checks)
        if (!detail::Element<T>::every(value, check.holds))
          detail::broken_rule(v, path, check.text, d);
      static_cast<P*>(p)->*member = std::move(value);
    };
    f.write = [member](const void* p) {
      return Convert<T>::write(static_cast<const P*>(p)->*member);
    };
    fields_.push_back(std::make_unique<detail::Field>(std::move(f)));
    checks_.push_back(checks);
    return {fields_.back()->info, *checks};
  }

  /// Keys that no field names are kept in this table, for somebody else to read.
  void rest(Table P::*member) {
    rest_ = [member](std::string key, const Value& v, const std::string&, Diagnostics&, void* p) {
      (static_cast<P*>(p)->*member).set(std::move(key), v);
    };
    write_rest_ = [member](const void* p) { return static_cast<const P*>(p)->*member; };
  }

  /// Sub-tables under names that no field has ([sampling.initial]) are read as T, or any value
  /// ([weights] initial = 10.0) when T is no table.
  template <class T>
  void named(std::map<std::string, T> P::*member, std::string doc) {
    named_.name = "<name>";
    named_.type = Convert<T>::type();
    named_.doc = std::move(doc);
    named_.children = Convert<T>::children();
    auto read = [member](std::string key, const Value& v, const std::string& path, Diagnostics& d,
                         void* p) {
      T value{};
      if (!Convert<T>::read(v, path, d, value))
        d.error(v.source, path + ": expected " + Convert<T>::type() + ", got " + type_name(v));
      (static_cast<P*>(p)->*member)[key] = std::move(value);
    };
    (named_.children.empty() ? rest_ : tables_) = read;
    write_rest_ = [member](const void* p) {
      Table out;
      for (const auto& [key, value] : static_cast<const P*>(p)->*member)
        out.set(key, Convert<T>::write(value));
      return out;
    };
  }

  /// The struct of one table, with every problem found added to `diagnostics`.
  P read(const Table& table, Diagnostics& diagnostics) const {
    P object{};
    std::vector<detail::Field> fields;
    for (const auto& f : fields_) fields.push_back(*f);
    detail::read_fields(fields, rest_, tables_, table, diagnostics, &object);
    return object;
  }

  /// The complete table, defaults included.
  Table write(const P& object) const {
    Table out;
    for (const auto& f : fields_) out.set(f->info.name, f->write(&object));
    if (write_rest_)
      for (auto& [key, value] : write_rest_(&object).entries) out.set(key, value);
    return out;
  }

  std::vector<ParameterInfo> info() const {
    std::vector<ParameterInfo> out;
    for (const auto& f : fields_) out.push_back(f->info);
    if (!named_.name.empty()) out.push_back(named_);
    return out;
  }

 private:
  std::vector<std::unique_ptr<detail::Field>> fields_;
  std::vector<std::shared_ptr<void>> checks_;
  detail::Rest rest_, tables_;
  std::function<Table(const void*)> write_rest_;
  ParameterInfo named_;
};

#define BANACH_CONVERT_SCALAR(T)                                                               \
  template <>                                                                                  \
  struct BANACH_API Convert<T> {                                                               \
    static std::string type();                                                                 \
    static std::vector<ParameterInfo> children() { return {}; }                                \
    static bool read(const Value& v, const std::string& path, Diagnostics& diagnostics, T& out); \
    static Value write(const T& value);                                                        \
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
    const auto* list = v.get<Value::List>();
    if (!list) return Convert<T>::read(v, path, d, out.emplace_back());
    for (std::size_t i = 0; i < list->size(); ++i)
      if (!Convert<T>::read((*list)[i], detail::join_path(path, std::to_string(i)), d,
                            out.emplace_back()))
        return false;
    return true;
  }
  static Value write(const std::vector<T>& list) {
    Value::List out;
    for (const auto& t : list) out.push_back(Convert<T>::write(t));
    return Value(std::move(out));
  }
};

/// Absent stays empty; written as an empty text, which resolved configurations leave out.
template <class T>
struct Convert<std::optional<T>> {
  static std::string type() { return Convert<T>::type(); }
  static std::vector<ParameterInfo> children() { return Convert<T>::children(); }
  static bool read(const Value& v, const std::string& path, Diagnostics& d, std::optional<T>& out) {
    return Convert<T>::read(v, path, d, out.emplace());
  }
  static Value write(const std::optional<T>& value) {
    return value ? Convert<T>::write(*value) : Value(std::string());
  }
};

template <class T>
struct Convert<std::map<std::string, T>> {
  static std::string type() { return "table of " + Convert<T>::type(); }
  static std::vector<ParameterInfo> children() { return {}; }
  static bool read(const Value& v, const std::string& path, Diagnostics& d,
                   std::map<std::string, T>& out) {
    const auto* table = v.get<Table>();
    if (!table) return false;
    out.clear();
    for (const auto& [key, value] : table->entries) {
      const std::string where = detail::join_path(path, key);
      if (!Convert<T>::read(value, where, d, out[key]))
        d.error(value.source,
                where + ": expected " + Convert<T>::type() + ", got " + type_name(value));
    }
    return true;
  }
  static Value write(const std::map<std::string, T>& map) {
    Table out;
    for (const auto& [key, value] : map) out.set(key, Convert<T>::write(value));
    return Value(std::move(out));
  }
};

/// Structs with a `describe` of their own are tables.
template <class P>
struct Convert<P, std::void_t<decltype(describe(std::declval<Schema<P>&>()))>> {
  static std::string type() { return "table"; }
  static std::vector<ParameterInfo> children() { return Schema<P>().info(); }
  static bool read(const Value& v, const std::string& path, Diagnostics& d, P& out) {
    const auto* table = v.get<Table>();
    if (!table) return false;
    Table named = *table;
    named.path = path;
    if (!named.source.file) named.source = v.source;
    out = Schema<P>().read(named, d);
    return true;
  }
  static Value write(const P& object) { return Value(Schema<P>().write(object)); }
};

}  // namespace banach
