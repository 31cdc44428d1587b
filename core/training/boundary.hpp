// SPDX-License-Identifier: Apache-2.0
// Points that files bring: at the boundary of the domain, and beyond it.
#pragma once
#include <optional>

#include "banach/problem.hpp"

namespace banach {

/// A point that is not in the domain, and by which of its coordinates.
struct OutsidePoint {
  std::size_t point = 0, axis = 0;
  double at = 0, distance = 0;  // beyond the nearer end of the axis
};

/// "t = 9 is not in the domain [0, 3] (6 beyond its upper end)".
BANACH_API std::string to_text(const OutsidePoint& point, const Domain& domain);

/// Points [n, axes] in a box. Those outside by a few roundings of single precision are moved onto
/// the boundary: 4 epsilons of the largest coordinate of an axis, at most a thousandth of its
/// length. Returns how many lie farther out, and the first of them; coordinates that are not finite
/// do.
struct Outsiders {
  std::int64_t count = 0;
  std::optional<OutsidePoint> first;
};
BANACH_API Outsiders onto_boundary(const Domain& domain, std::vector<double>& points);

}  // namespace banach
