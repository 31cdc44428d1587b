// SPDX-License-Identifier: Apache-2.0
// Regular grids over a domain, walked in pieces so that their size does not matter.
#pragma once
#include <cstdint>
#include <map>

#include "banach/problem.hpp"

namespace banach {

/// Points per axis by name.
using GridCounts = std::map<std::string, std::int64_t>;

/// Equidistant points of a box, ends included, row major: the last axis runs fastest.
struct BANACH_API Grid {
  Domain axes;
  std::vector<std::int64_t> counts;

  std::int64_t size() const;
  /// Coordinate number i of an axis; the middle of an axis that has one point only.
  double coordinate(std::size_t axis, std::int64_t i) const;
  /// All coordinates of an axis.
  std::vector<double> coordinates(std::size_t axis) const;
  /// Points [first, first + count) of the grid, [count, axes].
  std::vector<double> points(std::int64_t first, std::int64_t count) const;
};

/// The grid with these counts; axes without one get the same default, about 10^3 to 10^4 points in
/// all. ConfigError for a name that is no axis, a count below 1 and more than 10^12 points.
BANACH_API Grid make_grid(const Domain& domain, const GridCounts& counts = {});

/// The face of a grid where `axis` has this one value.
BANACH_API Grid face_of(const Grid& grid, const std::string& axis, double value);

/// Counts from text, "x=40,t=20" or "40,20" in the order of the axes; Error (Exit::usage) that says
/// what is wrong and what would be right.
BANACH_API GridCounts parse_grid(const std::string& text, const Domain& domain);

/// "512" (along every axis, the key is empty) or "x=512,y=64"; ConfigError otherwise.
BANACH_API std::map<std::string, std::int64_t> parse_resolution(const std::string& text);

}  // namespace banach
