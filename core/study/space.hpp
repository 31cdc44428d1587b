// SPDX-License-Identifier: Apache-2.0
// What a search may choose: one dimension per hyperparameter.
#pragma once
#include <cstdint>

#include "banach/parameters.hpp"

namespace banach {

/// One hyperparameter. Inside a search its value is a number: integers as they are, choices by
/// their index.
struct BANACH_API Dimension {
  enum class Kind { real, integer, choice };

  std::string name, key;  // "lr", and the key of the configuration that it sets: "stage.0.lr"
  Kind kind = Kind::real;
  bool log = false;
  double low = 0, high = 0;  // both may be taken; of choices: 0 and the last index
  double step = 0;           // 0: any real number
  std::vector<Value> choices;
  Source source;

  /// The search happens between these: logarithms where `log`, and half a step beyond the ends of
  /// discrete dimensions, so that every value has its share.
  double inner_low() const;
  double inner_high() const;
  double to_inner(double value) const { return log ? log_of(value) : value; }
  /// The allowed value at an inner coordinate.
  double from_inner(double inner) const;
  /// The allowed value at u in [0, 1), each with its share.
  double from_unit(double u) const;
  /// How many values there are; 0 for real numbers without a step.
  std::int64_t count() const;
  /// As the configuration gets it.
  Value written(double value) const;
  /// The ends; all options of a choice.
  std::vector<double> extremes() const;

 private:
  static double log_of(double value);
};

using Space = std::vector<Dimension>;

/// Reads `space.lr = { key = "stage.0.lr", loguniform = [1e-4, 1e-1] }` and so on: uniform,
/// loguniform (both ends belong to them), randint, lograndint (upper end excluded), choice; `step`
/// with uniform and randint. Every problem becomes a diagnostic.
BANACH_API Space read_space(const Table& table, const Source& place, Diagnostics& diagnostics);

/// The keys of one entry of [tune.space].
BANACH_API std::vector<ParameterInfo> dimension_parameters();

/// The overrides of a configuration at a point of the space.
struct Override {
  std::string key, value;  // value: TOML
  Source source;
  /// "key=value"
  std::string word() const { return key + "=" + value; }
};
BANACH_API std::vector<Override> overrides_at(const Space& space,
                                              const std::vector<double>& values);

}  // namespace banach
