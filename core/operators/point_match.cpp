// SPDX-License-Identifier: Apache-2.0
#include "core/operators/point_match.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "datasets/axis_match.hpp"

namespace banach {

std::optional<std::vector<std::int64_t>> places_of_points(const std::vector<double>& points,
                                                          const std::vector<double>& among,
                                                          std::size_t dimensions) {
  if (points.size() != among.size() || dimensions == 0) return std::nullopt;
  const double near = std::max(coordinate_tolerance(points), coordinate_tolerance(among));
  const std::size_t count = points.size() / dimensions;
  std::vector<std::size_t> order(count);  // of the other list, by its first coordinate
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto first = [&](std::size_t i) { return among[i * dimensions]; };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return first(a) < first(b); });
  std::vector<char> taken(count, 0);
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double* point = points.data() + i * dimensions;
    auto at = std::lower_bound(order.begin(), order.end(), point[0] - near,
                               [&](std::size_t a, double x) { return first(a) < x; });
    const auto same = [&](std::size_t k) {
      for (std::size_t d = 0; d < dimensions; ++d)
        if (!(std::abs(among[k * dimensions + d] - point[d]) <= near)) return false;
      return !taken[k];
    };
    while (at != order.end() && first(*at) <= point[0] + near && !same(*at)) ++at;
    if (at == order.end() || first(*at) > point[0] + near) return std::nullopt;
    taken[*at] = 1;
    out.push_back(static_cast<std::int64_t>(*at));
  }
  return out;
}

}  // namespace banach
