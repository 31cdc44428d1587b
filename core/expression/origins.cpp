// SPDX-License-Identifier: Apache-2.0
#include "core/expression/origins.hpp"

#include <cmath>

namespace banach {

double origin_of(const Axis& axis) {
  const double length = axis.upper - axis.lower;
  if (!(length > 0) || !std::isfinite(length)) return 0;
  int exponent = 0;
  const bool power_of_two = std::frexp(length, &exponent) == 0.5;
  const double period = std::ldexp(4.0, power_of_two ? exponent - 1 : exponent);
  const double origin = period * std::floor((axis.lower + length / 2) / period + 0.5);
  return std::isfinite(origin) ? origin : 0;
}

Origins origins_of(const Domain& domain) {
  Origins out;
  for (const Axis& axis : domain) out.push_back(origin_of(axis));
  return out;
}

double origin_along(const Domain& domain, const Origins& origins, std::string_view name) {
  for (std::size_t i = 0; i < origins.size(); ++i)
    if (domain[i].name == name) return origins[i];
  return 0;
}

Domain relative_to(const Domain& axes, const Origins& origins, Domain domain) {
  for (Axis& axis : domain) {
    const double origin = origin_along(axes, origins, axis.name);
    axis.lower -= origin, axis.upper -= origin;
  }
  return domain;
}

}  // namespace banach
