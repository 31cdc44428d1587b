// SPDX-License-Identifier: Apache-2.0
#include "banach/registry.hpp"
#include "core/parameters/names.hpp"

#include <algorithm>
#include <set>

namespace banach {
namespace {

std::string provider(const Origin& origin) {
  if (origin.plugin.empty()) return "the engine";
  return "plugin " + origin.plugin + (origin.path.empty() ? "" : " (" + origin.path + ")");
}

[[noreturn]] void refuse(const EntryInfo& entry, const std::string& what) {
  throw PluginError(entry.kind + " \"" + entry.name + "\" of " + provider(entry.origin) + what);
}

bool printable(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](unsigned char c) { return c >= ' ' && c != 0x7f; });
}

/// Names are what users write and messages say.
void check_names(const EntryInfo& entry) {
  if (!printable(entry.name)) refuse(entry, " has a name that is empty or not printable");
  std::set<std::string> names;
  for (const auto& parameter : entry.parameters) {
    if (!printable(parameter.name))
      refuse(entry, " has a parameter with a name that is empty or not printable");
    if (!names.insert(parameter.name).second)
      refuse(entry, " has two parameters that are called \"" + parameter.name + "\"");
  }
}

}  // namespace

void detail::duplicate(const EntryInfo& first, const EntryInfo& second) {
  const std::string of = second.origin.plugin.empty() ? "" : " of plugin " + second.origin.plugin;
  throw PluginError(second.kind + " \"" + second.name + "\"" + of + " is already provided by " +
                    provider(first.origin));
}

template <class Base, class... Context>
Catalog<Base, Context...>::Catalog(std::string kind) : kind_(std::move(kind)) {}

template <class Base, class... Context>
void Catalog<Base, Context...>::enroll(std::string name, std::string doc, const Origin& origin,
                                       std::shared_ptr<const detail::Fields> fields, Make make,
                                       Resolve resolve) {
  Item item;
  static_cast<EntryInfo&>(item) = {kind_, std::move(name), std::move(doc), origin, fields->info()};
  item.create = [fields, make](const Table& table, Diagnostics& diagnostics, Context... context) {
    return make(*fields, table, diagnostics, context...);
  };
  item.resolve = [fields, resolve](const Table& table, Diagnostics& diagnostics) {
    return resolve(*fields, table, diagnostics);
  };
  check_names(item);
  insert(std::move(item));
}

template <class Base, class... Context>
void Catalog<Base, Context...>::insert(Item item) {
  require_name<PluginError>(item.kind + " of plugin \"" + one_line(item.origin.plugin) + "\"",
                            item.name);
  if (const Item* first = find(item.name)) detail::duplicate(*first, item);
  items_.emplace(item.name, std::move(item));
}

template <class Base, class... Context>
void Catalog<Base, Context...>::check(const Catalog& other) const {
  for (const auto& [name, item] : other.items_)
    if (const Item* first = find(name)) detail::duplicate(*first, item);
}

template <class Base, class... Context>
void Catalog<Base, Context...>::absorb(Catalog other) {
  check(other);
  items_.merge(other.items_);
}

template <class Base, class... Context>
auto Catalog<Base, Context...>::find(const std::string& name) const -> const Item* {
  const auto place = items_.find(name);
  return place == items_.end() ? nullptr : &place->second;
}

template <class Base, class... Context>
std::vector<std::string> Catalog<Base, Context...>::names() const {
  std::vector<std::string> out;
  for (const auto& entry : items_) out.push_back(entry.first);
  return out;
}

template class Catalog<Problem>;
template class Catalog<Generator>;
template class Catalog<Architecture, Builder&>;
template class Catalog<Optimizer>;
template class Catalog<Schedule>;
template class Catalog<Sampler>;

Registry::Registry() = default;
Registry::~Registry() = default;

std::vector<EntryInfo> Registry::entries() const {
  std::vector<EntryInfo> out;
  const auto append = [&out](const auto& catalog) {
    for (const auto& entry : catalog.items()) out.push_back(entry.second);
  };
  append(architectures);
  append(optimizers);
  append(problems);
  append(generators);
  append(samplers);
  append(schedules);
  return out;
}

void Registry::absorb(Registry&& other) {
  architectures.check(other.architectures);
  optimizers.check(other.optimizers);
  problems.check(other.problems);
  generators.check(other.generators);
  samplers.check(other.samplers);
  schedules.check(other.schedules);
  architectures.absorb(std::move(other.architectures));
  optimizers.absorb(std::move(other.optimizers));
  problems.absorb(std::move(other.problems));
  generators.absorb(std::move(other.generators));
  samplers.absorb(std::move(other.samplers));
  schedules.absorb(std::move(other.schedules));
}

}  // namespace banach
