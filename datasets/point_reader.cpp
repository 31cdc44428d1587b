// SPDX-License-Identifier: Apache-2.0
// CoordinateReader: tables of points.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/axis_match.hpp"
#include "datasets/coordinates.hpp"
#include "datasets/path_members.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_points = std::int64_t{1} << 27;

std::string place_of(const Hdf5Reader& file, const std::string& path) {
  return fmt::format("{}: dataset \"{}\"", file.path().string(), path);
}

}  // namespace

PointSet CoordinateReader::point_table(const std::shared_ptr<const Hdf5Reader>& file,
                                       const CoordinateParameters& from, const char* name) const {
  const auto members = expand_path(*file, PathPattern(from.path), parameters_.time_decimal);
  PointSet out;
  auto labels = from.axes.names;
  if (parameters_.axis_order == "reversed") std::reverse(labels.begin(), labels.end());
  for (const auto& member : members) {  // parts of a mesh follow each other
    const auto shape = file->shape(member.path);
    auto all = read_values(*file, member.path, honours(), most_points);
    if (labels.empty())
      labels = shape.size() == 1 ? AxisLabels{{"point"}}.names : AxisLabels{{"point", "dim"}}.names;
    const auto find = [&](const char* label) {
      return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) -
                                      labels.begin());
    };
    const auto point = find("point"), dim = find("dim");
    std::int64_t total = 1;
    for (const auto extent : shape) total *= extent;
    const bool fits = labels.size() == shape.size() && point < labels.size() &&
                      total == shape[point] * (dim < labels.size() ? shape[dim] : 1);
    if (!fits)
      throw ConfigError(fmt::format("dataset.{}: {} of shape ({}) must have the axes \"point dim\"",
                                    name, place_of(*file, member.path), fmt::join(shape, ", ")));
    out.dimensions = dim < labels.size() ? shape[dim] : 1;
    out.points += shape[point];
    if (dim < point) {
      auto turned = all;
      for (std::int64_t i = 0; i < shape[point]; ++i)
        for (std::int64_t k = 0; k < out.dimensions; ++k)
          turned[static_cast<std::size_t>(i * out.dimensions + k)] =
              all[static_cast<std::size_t>(k * shape[point] + i)];
      all = turned;
    }
    out.values.insert(out.values.end(), all.begin(), all.end());
    if (!PathPattern(from.path).has("part")) break;
  }
  return out;
}

PointSet CoordinateReader::points(const CoordinateParameters& from, const char* name) const {
  const auto& first = files_.files[files_.groups.front().front()].path;
  PointSet out = points_of(cache_.open(first), from, name);
  for (const auto& group : files_.groups) {
    const auto& path = files_.files[group.front()].path;
    const auto file = cache_.open(path);
    const auto& own = from.stack.empty() ? from.path : from.stack.front();
    if (path == first || (PathPattern(own).names().empty() && !file->is_dataset(own))) continue;
    const PointSet other = points_of(file, from, name);
    if (other.dimensions != out.dimensions || first_difference(out.values, other.values))
      throw DataError(
          fmt::format("dataset.{}: {} has other points than {}; all files must have "
                      "the same",
                      name, path.string(), first.string()));
  }
  return out;
}

PointSet CoordinateReader::points_of(const std::shared_ptr<const Hdf5Reader>& file,
                                     const CoordinateParameters& from, const char* name) const {
  PointSet out;
  if (from.stack.empty()) {
    out = point_table(file, from, name);
  } else {
    out.dimensions = static_cast<std::int64_t>(from.stack.size());
    for (std::size_t k = 0; k < from.stack.size(); ++k) {
      const auto column = read_values(*file, from.stack[k], honours(), most_points);
      if (k == 0) {
        out.points = static_cast<std::int64_t>(column.size());
        out.values.resize(column.size() * from.stack.size());
      }
      if (static_cast<std::int64_t>(column.size()) != out.points)
        throw DataError(fmt::format("dataset.{}: {} has {} entries, \"{}\" has {}", name,
                                    place_of(*file, from.stack[k]), column.size(), from.stack[0],
                                    out.points));
      for (std::size_t i = 0; i < column.size(); ++i)
        out.values[i * from.stack.size() + k] = column[i];
    }
  }
  for (std::size_t i = 0; i < out.values.size(); ++i)
    if (!std::isfinite(out.values[i]))
      throw DataError(fmt::format("dataset.{}: point {} has numbers that are not finite", name,
                                  static_cast<std::int64_t>(i) / out.dimensions));
  return out;
}

}  // namespace banach
