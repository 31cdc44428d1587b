// SPDX-License-Identifier: Apache-2.0
#include "core/expression/layout.hpp"

#include "core/parameters/memory.hpp"
#include "core/sampling/initialise.hpp"

namespace banach {
namespace {

constexpr std::size_t most_slots = 10'000;
constexpr double bytes_per_parameter = 24;  // its start in float64, itself, gradient, two moments

// Too large a product saturates where every other sum of slots still fits.
std::int64_t size_of(const Slot& slot) {
  constexpr std::int64_t most = std::int64_t{1} << 56;
  std::int64_t size = 1;
  for (const auto n : slot.shape)
    if (__builtin_mul_overflow(size, n, &size) || size > most) return most;
  return size;
}

}  // namespace

int Layout::add(Slot slot) {
  if (find(slot.name) >= 0)
    throw ConfigError("two parameters are called \"" + slot.name + "\"; names must be unique");
  slot.size = size_of(slot);
  std::int64_t& end = slot.trainable ? parameters_ : buffers_;
  slot.offset = end;
  end += slot.size;
  if (slots_.size() == most_slots)
    throw ConfigError("the network has more than " + std::to_string(most_slots) +
                      " arrays of parameters: lower its number of layers");
  require_memory(bytes_per_parameter * static_cast<double>(parameters_ + buffers_),
                 "a network of " + std::to_string(parameters_ + buffers_) + " parameters",
                 "lower its width, depth, features or modes");
  slots_.push_back(std::move(slot));
  return static_cast<int>(slots_.size()) - 1;
}

int Layout::find(const std::string& name) const {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].name == name) return static_cast<int>(i);
  return -1;
}

void initialise(const Layout& layout, std::uint64_t seed, std::vector<double>& parameters,
                std::vector<double>& buffers) {
  parameters.assign(static_cast<std::size_t>(layout.parameters()), 0);
  buffers.assign(static_cast<std::size_t>(layout.buffers()), 0);
  for (const auto& slot : layout.slots()) {
    auto& vector = slot.trainable ? parameters : buffers;
    try {
      initialise(slot.init, slot.fan_in, slot.fan_out, slot.size, Stream(seed, "init/" + slot.name),
                 vector.data() + slot.offset);
    } catch (const ConfigError& error) {
      throw ConfigError("architecture: \"" + slot.name + "\": " + error.what());
    }
  }
}

LayoutBuilder::LayoutBuilder(Layout& layout, const Registry& registry, UnknownType unknown_type,
                             Diagnostics& diagnostics)
    : layout_(layout),
      registry_(registry),
      unknown_type_(std::move(unknown_type)),
      diagnostics_(diagnostics) {}

std::shared_ptr<Architecture> LayoutBuilder::build(const Table& table, const Signature& signature) {
  const std::string type = table.text("type");
  const auto* item = registry_.architectures.find(type);
  if (!item) unknown_type_(table, type);
  table_ = table;
  signature_ = signature;
  // Sub-tables with a type are sub-architectures, read by part(); everything else is a parameter.
  Table own = table;
  own.erase("type");
  for (const auto& [key, value] : table.entries)
    if (const auto* sub = value.get<Table>(); sub && sub->find("type")) own.erase(key);
  resolved_ = item->resolve(own, diagnostics_);
  diagnostics_.throw_if_any();
  Table with_type;
  with_type.path = table.path;
  with_type.set("type", type);
  for (auto& [key, value] : resolved_.entries) with_type.set(key, value);
  resolved_ = std::move(with_type);
  std::shared_ptr<Architecture> built;
  try {
    built = item->create(own, diagnostics_, *this);
  } catch (const ConfigError& error) {
    if (in_part_) throw;  // it says where
    Diagnostics one;
    one.error(table.source, table.path + ": " + error.what());
    one.throw_if_any();
  }
  diagnostics_.throw_if_any();
  return built;
}

int LayoutBuilder::slot(const std::string& name, std::vector<std::int64_t> shape, const Init& init,
                        int fan_in, int fan_out, bool trainable) {
  return layout_.add({prefix_ + name, std::move(shape), init, fan_in, fan_out, trainable, 0, 0});
}

bool LayoutBuilder::has_part(const std::string& name) const {
  const Value* value = table_.find(name);
  const Table* table = value ? value->get<Table>() : nullptr;
  return table && table->find("type");
}

std::shared_ptr<Architecture> LayoutBuilder::part(const std::string& name,
                                                  const Signature& signature,
                                                  const std::string& as) {
  in_part_ = true;
  const Value* value = table_.find(name);
  const Table* table = value ? value->get<Table>() : nullptr;
  if (!has_part(name))
    throw ConfigError(to_text(table_.source) + ": [" + table_.path +
                      "] needs a sub-architecture [" + table_.path + "." + name + "] with a type");
  LayoutBuilder inner(layout_, registry_, unknown_type_, diagnostics_);
  inner.prefix_ = prefix_ + (as.empty() ? name : as) + ".";
  auto built = inner.build(*table, signature);
  resolved_.set(name, inner.resolved());
  in_part_ = false;
  return built;
}

}  // namespace banach
