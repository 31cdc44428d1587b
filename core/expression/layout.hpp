// SPDX-License-Identifier: Apache-2.0
// Slots of the flat parameter vector, and the builder that hands them to architectures by name.
#pragma once
#include <string>
#include <vector>

#include "banach/architecture.hpp"
#include "banach/registry.hpp"

namespace banach {

struct Slot {
  std::string name;
  std::vector<std::int64_t> shape;
  Init init;
  int fan_in = 1, fan_out = 1;
  bool trainable = true;              // else it lives in the buffer vector
  std::int64_t offset = 0, size = 0;  // in its vector
};

/// Order and place of every parameter; trainable slots and buffers are two flat vectors.
class BANACH_API Layout {
 public:
  /// Number of the new slot; ConfigError when the name is taken.
  int add(Slot slot);
  const std::vector<Slot>& slots() const { return slots_; }
  std::int64_t parameters() const { return parameters_; }
  std::int64_t buffers() const { return buffers_; }
  /// Number of the slot of that name, -1 if none.
  int find(const std::string& name) const;

 private:
  std::vector<Slot> slots_;
  std::int64_t parameters_ = 0, buffers_ = 0;
};

/// Initial numbers of both vectors, one stream per slot name: independent of the order of creation.
BANACH_API void initialise(const Layout& layout, std::uint64_t seed,
                           std::vector<double>& parameters, std::vector<double>& buffers);

/// Builds architectures from tables through the registry; nested parts prefix their slot names.
class BANACH_API LayoutBuilder final : public Builder {
 public:
  /// `unknown_type(catalog entry name)` throws the complete error for a type that nobody provides.
  using UnknownType = std::function<void(const Table& table, const std::string& type)>;
  LayoutBuilder(Layout& layout, const Registry& registry, UnknownType unknown_type,
                Diagnostics& diagnostics);

  /// The architecture of a table with a `type`; throws ConfigError with all errors of the table.
  std::shared_ptr<Architecture> build(const Table& table, const Signature& signature);
  /// The same table with all defaults, sub-tables included; valid after build().
  const Table& resolved() const { return resolved_; }

  const Signature& signature() const override { return signature_; }
  int slot(const std::string& name, std::vector<std::int64_t> shape, const Init& init, int fan_in,
           int fan_out, bool trainable) override;
  int slots() const override { return static_cast<int>(layout_.slots().size()); }
  std::shared_ptr<Architecture> part(const std::string& name, const Signature& signature,
                                     const std::string& as = "") override;
  bool has_part(const std::string& name) const override;

 private:
  Layout& layout_;
  const Registry& registry_;
  UnknownType unknown_type_;
  Diagnostics& diagnostics_;
  Table table_, resolved_;
  Signature signature_;
  std::string prefix_;
  bool in_part_ = false;
};

}  // namespace banach
