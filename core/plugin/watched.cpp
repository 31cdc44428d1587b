// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/watched.hpp"

#include <string>
#include <utility>

#include "core/plugin/floating_point.hpp"
#include "core/plugin/running.hpp"

namespace banach {
namespace {

template <class C>
void watch(const C& from, C& to, const std::shared_ptr<std::atomic<bool>>& used) {
  for (const auto& entry : from.items()) {
    auto item = entry.second;
    const std::string who = item.kind + " \"" + item.name + "\" (" + item.origin.path + ")";
    item.create = [make = std::move(item.create), who, used](
                      const Table& table, Diagnostics& diagnostics, auto&&... context) {
      const Running running("creating", who.c_str());
      const FloatingPointGuard control;
      used->store(true);
      return make(table, diagnostics, std::forward<decltype(context)>(context)...);
    };
    to.insert(std::move(item));
  }
}

}  // namespace

Registry watched(const Registry& entries, const std::shared_ptr<std::atomic<bool>>& used) {
  Registry out;
  watch(entries.architectures, out.architectures, used);
  watch(entries.optimizers, out.optimizers, used);
  watch(entries.problems, out.problems, used);
  watch(entries.generators, out.generators, used);
  watch(entries.samplers, out.samplers, used);
  watch(entries.schedules, out.schedules, used);
  return out;
}

}  // namespace banach
