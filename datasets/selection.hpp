// SPDX-License-Identifier: Apache-2.0
// Which indices of an axis are used.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "banach/config.hpp"
#include "banach/export.hpp"

namespace banach {

using Indices = std::vector<std::int64_t>;

/// "start:stop:step" as Python reads it; step > 0.
struct BANACH_API Slice {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;
  /// ConfigError that begins with `what`.
  static Slice parse(const std::string& text, const std::string& what);
  Indices of(std::int64_t size) const;
};

/// What `select` and `subsample` say about one axis.
class BANACH_API Selection {
 public:
  Selection() = default;
  /// A value of a [select] table: an index, a slice or a list; ConfigError that begins with `what`.
  Selection(const Value& value, std::string what);
  /// Every step-th of what is selected.
  void subsample(std::int64_t step) { step_ = step; }
  /// True for a single index, which drops the axis.
  bool drops() const { return index_.has_value(); }
  bool everything() const { return !index_ && !list_ && !slice_ && step_ == 1; }
  /// ConfigError where an index lies outside, is named twice, or nothing is left.
  Indices of(std::int64_t size) const;

 private:
  std::string what_;
  std::optional<std::int64_t> index_;
  std::optional<Indices> list_;
  std::optional<Slice> slice_;
  std::int64_t step_ = 1;
};

}  // namespace banach
