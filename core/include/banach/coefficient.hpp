// SPDX-License-Identifier: Apache-2.0
// A physical number whose role the TOML decides: fixed, learnable (inverse problem) or an input
// axis.
#pragma once
#include <limits>

#include "banach/expression.hpp"
#include "banach/parameters.hpp"

namespace banach {

/// `conductivity = 1.0`, `{ learn = 0.3, min = 0.01, max = 10.0 }` or `{ input = [0.1, 2.0] }`.
/// It has no operators of its own: inside residuals it converts to an Expression.
class BANACH_API Coefficient {
 public:
  enum class Role { fixed, learnable, input };

  Coefficient(double value = 0.0) : value_(value) {}
  static Coefficient learnable(std::string name, double start,
                               double min = -std::numeric_limits<double>::infinity(),
                               double max = std::numeric_limits<double>::infinity());
  static Coefficient input(std::string name, double lower, double upper);

  /// The value inside the expression that is being recorded.
  operator Expression() const;
  Role role() const { return role_; }
  const std::string& name() const { return name_; }
  /// Fixed value or start value; the middle of an input's range.
  double value() const { return value_; }
  /// Bounds of a learnable value, range of an input.
  double lower() const { return lower_; }
  double upper() const { return upper_; }
  /// Known true value of a learnable coefficient ("truth = 0.7"), for error reports; NaN if
  /// unknown.
  double truth() const { return truth_; }

  // So that rules like positive() hold for every value that the coefficient can take.
  friend bool operator>(const Coefficient& a, const Coefficient& b) { return a.least() > b.value_; }
  friend bool operator>=(const Coefficient& a, const Coefficient& b) {
    return a.least() >= b.value_;
  }
  friend bool operator<=(const Coefficient& a, const Coefficient& b) {
    return a.most() <= b.value_;
  }

 private:
  friend struct Convert<Coefficient>;
  double least() const;
  double most() const;

  Role role_ = Role::fixed;
  std::string name_;
  double value_ = 0, lower_ = -std::numeric_limits<double>::infinity(),
         upper_ = std::numeric_limits<double>::infinity(),
         truth_ = std::numeric_limits<double>::quiet_NaN();
};

template <>
struct BANACH_API Convert<Coefficient> {
  static std::string type() { return "coefficient"; }
  static std::vector<ParameterInfo> children() { return {}; }
  static bool read(const Value& v, const std::string& path, Diagnostics& diagnostics,
                   Coefficient& out);
  static Value write(const Coefficient& value);
};

}  // namespace banach
