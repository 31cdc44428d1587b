// SPDX-License-Identifier: Apache-2.0
// Names to factories: what plugins, and the engine itself, enrol. No torch here.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "banach/parameters.hpp"

namespace banach {

#pragma GCC visibility push(default)  // whichever of this and the definition comes first
class Architecture;
class Builder;
class Problem;
class Generator;
class Optimizer;
class Sampler;
class Schedule;
#pragma GCC visibility pop

/// Where an entry comes from; `path` is empty for what the engine brings itself.
struct Origin {
  std::string plugin, version, path;
};

/// What every catalog entry tells about itself.
struct EntryInfo {
  std::string kind, name, doc;
  Origin origin;
  std::vector<ParameterInfo> parameters;
};

namespace detail {
/// Throws PluginError: `problem "heat" of plugin a is already provided by plugin b (<file of b>)`.
[[noreturn]] BANACH_API void duplicate(const EntryInfo& first, const EntryInfo& second);
}  // namespace detail

/// One kind of thing by name: "problem", "architecture", "optimizer", ...
template <class Base, class... Context>
class BANACH_API Catalog {
 public:
  struct Item : EntryInfo {
    /// Reads the parameters and builds the object; nullptr when `diagnostics` got errors.
    std::function<std::shared_ptr<Base>(const Table&, Diagnostics&, Context...)> create;
    /// The same table with every default written out.
    std::function<Table(const Table&, Diagnostics&)> resolve;
  };
  explicit Catalog(std::string kind);

  /// Enrols T under a name: T has `Parameters` and a constructor from (Parameters, Context...).
  template <class T>
  void add(std::string name, std::string doc, const Origin& origin) {
    using P = typename T::Parameters;
    enroll(std::move(name), std::move(doc), origin,
           std::shared_ptr<const detail::Fields>(new Schema<P>()), &make<T>, &resolve<P>);
  }

  /// Throws PluginError when the name is taken.
  void insert(Item item);
  /// Takes all of `other`, or throws PluginError and takes nothing when a name is taken.
  void absorb(Catalog other);
  /// Throws what absorb would throw.
  void check(const Catalog& other) const;
  /// The entry, or nullptr.
  const Item* find(const std::string& name) const;
  const std::map<std::string, Item>& items() const { return items_; }
  const std::string& kind() const { return kind_; }
  std::vector<std::string> names() const;

 private:
  using Make = std::shared_ptr<Base> (*)(const detail::Fields&, const Table&, Diagnostics&,
                                         Context...);
  using Resolve = Table (*)(const detail::Fields&, const Table&, Diagnostics&);
  void enroll(std::string name, std::string doc, const Origin& origin,
              std::shared_ptr<const detail::Fields> fields, Make make, Resolve resolve);

  template <class T>
  static std::shared_ptr<Base> make(const detail::Fields& fields, const Table& table,
                                    Diagnostics& diagnostics, Context... context) {
    typename T::Parameters parameters{};
    if (!fields.read(table, diagnostics, &parameters)) return nullptr;
    return std::shared_ptr<Base>(new T(parameters, context...));
  }
  template <class P>
  static Table resolve(const detail::Fields& fields, const Table& table, Diagnostics& diagnostics) {
    P parameters{};
    fields.read(table, diagnostics, &parameters);
    return fields.write(&parameters);
  }

  std::string kind_;
  std::map<std::string, Item> items_;
};

// Their members live in the library (core/plugin/registry.cpp): plugins compile faster.
extern template class Catalog<Problem>;
extern template class Catalog<Generator>;
extern template class Catalog<Architecture, Builder&>;
extern template class Catalog<Optimizer>;
extern template class Catalog<Schedule>;
extern template class Catalog<Sampler>;

/// What a plugin's enrolment writes into; staged, and kept only when the whole of it succeeds.
class BANACH_API Registry {
 public:
  Catalog<Problem> problems{"problem"};
  Catalog<Generator> generators{"generator"};
  Catalog<Architecture, Builder&> architectures{"architecture"};
  Catalog<Optimizer> optimizers{"optimizer"};
  Catalog<Schedule> schedules{"schedule"};
  Catalog<Sampler> samplers{"sampler"};

  Registry();
  ~Registry();

  /// Enrols problem P (has `Parameters`, a constructor from them, and `describe(Schema<...>&)`).
  template <class P>
  void problem(std::string name, std::string doc) {
    problems.add<P>(std::move(name), std::move(doc), origin_);
  }
  /// Enrols data generator G (has `Parameters` and a constructor from them).
  template <class G>
  void generator(std::string name, std::string doc) {
    generators.add<G>(std::move(name), std::move(doc), origin_);
  }
  /// Enrols architecture A (has `Parameters` and a constructor from `(Parameters, Builder&)`).
  template <class A>
  void architecture(std::string name, std::string doc) {
    architectures.add<A>(std::move(name), std::move(doc), origin_);
  }
  /// Enrols sampler S.
  template <class S>
  void sampler(std::string name, std::string doc) {
    samplers.add<S>(std::move(name), std::move(doc), origin_);
  }
  /// Enrols schedule S.
  template <class S>
  void schedule(std::string name, std::string doc) {
    schedules.add<S>(std::move(name), std::move(doc), origin_);
  }
  /// Enrols optimizer O.
  template <class O>
  void optimizer(std::string name, std::string doc) {
    optimizers.add<O>(std::move(name), std::move(doc), origin_);
  }

  /// From here on entries belong to this origin.
  void enter(Origin origin) { origin_ = std::move(origin); }
  const Origin& origin() const { return origin_; }
  /// Every entry of every catalog, by kind and name.
  std::vector<EntryInfo> entries() const;
  /// Takes every entry of `other`, or throws PluginError and takes nothing when a name is taken.
  void absorb(Registry&& other);

 private:
  Origin origin_;
};

}  // namespace banach
