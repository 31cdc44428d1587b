// SPDX-License-Identifier: Apache-2.0
// Points that form a tensor grid, in whatever order they come.
#include <algorithm>
#include <cmath>

#include "datasets/coordinates.hpp"

namespace banach {
namespace {

/// The distinct values of one coordinate, ascending; those within `near` of each other are one.
std::vector<double> distinct(const PointSet& points, std::int64_t dimension, double near) {
  std::vector<double> all;
  for (std::int64_t i = 0; i < points.points; ++i)
    all.push_back(points.values[static_cast<std::size_t>(i * points.dimensions + dimension)]);
  std::sort(all.begin(), all.end());
  std::vector<double> out;
  for (const auto value : all)
    if (out.empty() || value - out.back() > near) out.push_back(value);
  return out;
}

double width(const PointSet& points, std::int64_t dimension) {
  const auto all = distinct(points, dimension, 0);
  return all.empty() ? 0 : all.back() - all.front();
}

}  // namespace

PointSet without_flat_dimensions(const PointSet& points) {
  std::vector<std::int64_t> kept;
  for (std::int64_t k = 0; k < points.dimensions; ++k)
    if (width(points, k) > 0) kept.push_back(k);
  PointSet out{points.points, static_cast<std::int64_t>(kept.size()), {}};
  for (std::int64_t i = 0; i < points.points; ++i)
    for (const auto k : kept)
      out.values.push_back(points.values[static_cast<std::size_t>(i * points.dimensions + k)]);
  return out;
}

std::optional<TensorGrid> tensor_grid(const PointSet& points) {
  if (points.points < 2 || points.dimensions < 1) return {};
  TensorGrid grid;
  std::int64_t product = 1;
  for (std::int64_t k = 0; k < points.dimensions; ++k) {
    grid.axes.push_back(distinct(points, k, 1e-6 * width(points, k)));
    product *= static_cast<std::int64_t>(grid.axes.back().size());
    if (product > points.points) return {};
  }
  if (product != points.points) return {};
  std::vector<char> taken(static_cast<std::size_t>(product), 0);
  for (std::int64_t i = 0; i < points.points; ++i) {
    std::int64_t at = 0;
    for (std::size_t k = 0; k < grid.axes.size(); ++k) {
      const auto& axis = grid.axes[k];
      const double value = points.values[static_cast<std::size_t>(i * points.dimensions) + k];
      const auto after = std::upper_bound(axis.begin(), axis.end(), value);
      at = at * static_cast<std::int64_t>(axis.size()) + (after - axis.begin() - 1);
    }
    if (at < 0 || taken[static_cast<std::size_t>(at)]) return {};
    taken[static_cast<std::size_t>(at)] = 1;
    grid.place.push_back(at);
  }
  return grid;
}

}  // namespace banach
