// SPDX-License-Identifier: Apache-2.0
// SourceBuilder: points, channels and the order of numbers.
#include <fmt/format.h>

#include <algorithm>

#include "banach/error.hpp"
#include "datasets/source_builder.hpp"

namespace banach {
namespace {

std::vector<std::string> dimension_names(std::int64_t count) {
  const std::vector<std::string> first = {"x", "y", "z"};
  std::vector<std::string> out;
  for (std::int64_t i = 0; i < count; ++i)
    out.push_back(i < 3 ? first[static_cast<std::size_t>(i)] : fmt::format("x{}", i));
  return out;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void SourceBuilder::add_points() {
  const auto axis =
      std::find_if(axes_.begin(), axes_.end(), [](const Axis& a) { return a.label == "point"; });
  auto from = p_.coords.find("points");
  if (from == p_.coords.end()) from = p_.coords.find("point");
  const bool trunk = std::any_of(out_.variables_.begin(), out_.variables_.end(),
                                 [](const auto& v) { return v.info.role == Role::points; });
  if ((axis == axes_.end() || trunk) && p_.weights)
    throw ConfigError("dataset.weights: they belong to an axis \"point\" that all samples share");
  if (axis == axes_.end() || trunk || axis->settled) return;
  if (from == p_.coords.end())
    throw ConfigError(
        "dataset.coords: axis \"point\" has no coordinates: points = { path = "
        "\"...\", axes = \"point dim\" }, or { stack = [\"x\", \"y\"] }");
  auto points = CoordinateReader(out_.files_, *out_.cache_, p_).points(from->second);
  if (points.points != axis->file_size)
    throw DataError(
        fmt::format("dataset.coords.points: \"{}\" has {} points, the variables have {}",
                    from->second.path, points.points, axis->file_size));
  PointSet used{static_cast<std::int64_t>(axis->picks.size()), points.dimensions, {}};
  for (const auto i : axis->picks)
    for (std::int64_t k = 0; k < points.dimensions; ++k)
      used.values.push_back(points.values[static_cast<std::size_t>(i * points.dimensions + k)]);
  add_weights(*axis);
  const auto flat = without_flat_dimensions(used);
  if (flat.dimensions == 0) throw DataError("dataset.coords.points: all points are the same");
  out_.info_.dimensions = dimension_names(flat.dimensions);
  if (const auto grid = tensor_grid(flat)) {
    out_.info_.grid_points = {grid->place, flat.values, out_.info_.dimensions};
    split_point_axis(*grid, out_.info_.dimensions);
    return;
  }
  out_.info_.points = flat.values;
}

void SourceBuilder::add_weights(const Axis& points) {
  if (!p_.weights) return;
  const auto read = CoordinateReader(out_.files_, *out_.cache_, p_).points(*p_.weights, "weights");
  if (read.dimensions != 1 || read.points != points.file_size)
    throw DataError(fmt::format("dataset.weights: \"{}\" has {} numbers for {} points",
                                p_.weights->path, read.values.size(), points.file_size));
  auto& weights = out_.info_.weights;
  for (const auto i : points.picks) weights.push_back(read.values[static_cast<std::size_t>(i)]);
  if (*std::min_element(weights.begin(), weights.end()) < 0 ||
      *std::max_element(weights.begin(), weights.end()) <= 0)
    throw DataError(fmt::format("dataset.weights: \"{}\" must hold numbers >= 0, not all of them 0",
                                p_.weights->path));
}

/// The points are a grid in disguise: its axes take the place of "point".
void SourceBuilder::split_point_axis(const TensorGrid& grid,
                                     const std::vector<std::string>& names) {
  std::vector<std::size_t> sizes;
  for (const auto& values : grid.axes) sizes.push_back(values.size());
  out_.notes_.push_back(fmt::format("the {} points form a grid of {}: values are put in its order",
                                    grid.place.size(), fmt::join(sizes, " x ")));
  const auto at =
      std::find_if(axes_.begin(), axes_.end(), [](const Axis& a) { return a.label == "point"; });
  auto place = axes_.erase(at);
  // A step of subsample along a recovered axis would have to be known before the points were read.
  for (const auto& name : names)
    if (p_.subsample.count(name) > 0)
      throw ConfigError(fmt::format(
          "dataset.subsample.{}: the axis comes from points; select points instead", name));
  for (std::size_t k = grid.axes.size(); k-- > 0;) {
    Axis axis;
    axis.label = names[k];
    axis.axis = {names[k], static_cast<std::int64_t>(sizes[k]), grid.axes[k], false};
    place = axes_.insert(place, axis);
  }
  for (auto& variable : out_.variables_) {
    auto& own = variable.info.axes;
    const auto point = std::find(own.begin(), own.end(), "point");
    if (point == own.end()) continue;
    own.insert(own.erase(point), names.begin(), names.end());
    for (auto& dim : variable.dims)
      if (dim.label == "point") dim.place = grid.place;
  }
  out_.info_.dimensions.clear();
  const auto weights = out_.info_.weights;
  for (std::size_t i = 0; i < weights.size(); ++i)
    out_.info_.weights[static_cast<std::size_t>(grid.place[i])] = weights[i];
}

/// Where outputs are known at points of their own, both have the axis "point", of size 1 at least.
void SourceBuilder::pair_points() {
  bool points = false;
  for (auto& variable : out_.variables_)
    if (variable.info.role == Role::points) {
      points = true;
      const auto dim = static_cast<std::size_t>(variable.layout.axis("dim"));
      out_.info_.dimensions =
          dimension_names(static_cast<std::int64_t>(variable.dims[dim].picks.size()));
    }
  if (!points) return;
  const auto single = [](const Axis& a) { return a.axis.name == "point"; };
  if (std::none_of(axes_.begin(), axes_.end(), single))
    axes_.push_back({"point", {"point", 1, {}, false}, 1, {0}});
  for (auto& variable : out_.variables_) {
    auto& own = variable.info.axes;
    if (variable.info.role == Role::input || has(own, "point")) continue;
    own.emplace_back("point");
    if (std::find_if(axes_.begin(), axes_.end(), single)->axis.size != 1)
      throw ConfigError(
          fmt::format("dataset.{}: there is an axis \"point\" in other variables, "
                      "but not here",
                      variable.layout.name));
  }
}

void SourceBuilder::name_channels(SourceVariable& variable) const {
  std::vector<std::string> names = {variable.info.name};
  if (variable.info.role == Role::points) {
    variable.info.channels = out_.info_.dimensions;
    return;
  }
  for (const auto& dim : variable.dims) {
    const bool times =
        dim.label == "time" && !variable.windowed && !has(variable.info.axes, "time");
    if ((!is_channel_label(dim.label) && !times) || dim.selection.drops()) continue;
    std::vector<std::string> longer;
    for (const auto& name : names)
      for (std::size_t i = 0; i < dim.picks.size(); ++i)
        longer.push_back(dim.label == ArrayLayout::complex_axis
                             ? name + (dim.picks[i] == 0 ? ".re" : ".im")
                             : fmt::format("{}.{}", name, dim.picks[i]));
    names = std::move(longer);
  }
  variable.info.channels = std::move(names);
}

void SourceBuilder::set_strides(SourceVariable& variable) const {
  std::int64_t stride = 1;
  const auto give = [&](const std::string& label, std::int64_t size) {
    for (auto& dim : variable.dims)
      if (dim.label == label && !dim.selection.drops()) dim.stride = stride;
    stride *= size;
  };
  const auto& own = variable.info.axes;
  bool point_done = false;
  for (auto axis = axes_.rbegin(); axis != axes_.rend(); ++axis) {
    if (!has(own, axis->axis.name)) continue;
    const bool from_points = axis->picks.empty();  // recovered from points, which have one stride
    if (from_points && !point_done) give("point", 1);
    point_done = point_done || from_points;
    give(from_points ? "" : axis->label, axis->axis.size);
  }
  // Channels stand in front of the axes, in the order of the file.
  for (auto dim = variable.dims.rbegin(); dim != variable.dims.rend(); ++dim) {
    const bool times = dim->label == "time" && !variable.windowed && !has(own, "time");
    if (dim->selection.drops() || (!is_channel_label(dim->label) && dim->label != "dim" && !times))
      continue;
    give(dim->label, static_cast<std::int64_t>(dim->picks.size()));
  }
  variable.step_numbers = stride;
  if (variable.windowed) give("time", 1);
}

}  // namespace banach
