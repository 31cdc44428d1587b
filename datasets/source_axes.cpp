// SPDX-License-Identifier: Apache-2.0
// SourceBuilder: points, parameters, channels, windows.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "banach/error.hpp"
#include "datasets/path_members.hpp"
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
  if (axis == axes_.end() || trunk) return;
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
  const auto flat = without_flat_dimensions(used);
  if (flat.dimensions == 0) throw DataError("dataset.coords.points: all points are the same");
  out_.info_.dimensions = dimension_names(flat.dimensions);
  if (const auto grid = tensor_grid(flat)) {
    split_point_axis(*grid, out_.info_.dimensions);
    return;
  }
  out_.info_.points = flat.values;
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

void SourceBuilder::add_parameters() {
  for (const auto& [name, from] : p_.params) {
    SourceVariable variable;
    variable.info = {name, Role::parameter, {name}, {}};
    variable.values = parameter(name, from);
    variable.layout.name = "params." + name;
    const auto [low, high] = std::minmax_element(variable.values.begin(), variable.values.end());
    if (*low == *high && variable.values.size() > 1)
      out_.notes_.push_back(fmt::format("parameter {} is {} everywhere", name, *low));
    out_.variables_.push_back(std::move(variable));
  }
}

std::vector<double> SourceBuilder::parameter(const std::string& name,
                                             const ParameterParameters& from) {
  std::vector<double> values;
  const auto& blocks = out_.variables_[out_.reference_].layout.blocks;
  if (from.path.empty()) {
    for (const auto& block : blocks)
      values.insert(values.end(), static_cast<std::size_t>(block.count),
                    file_number(name, from, block.pieces.front().file, block.sample));
    return values;
  }
  LayoutRequest request{
      "params." + name, from.path, from.axes.names, p_.axis_order == "reversed", false,
      p_.time_decimal};
  const auto file = out_.cache_->open(out_.files_.files.front().path);
  const PathPattern pattern(from.path);
  const auto rank = file->shape(expand_path(*file, pattern, p_.time_decimal).front().path).size();
  if (request.labels.empty() && rank == 1)
    request.labels = {pattern.has("sample") ? "_" : "sample"};
  const auto layout = lay_out(request, out_.files_, *out_.cache_);
  if (!layout.axes.empty())
    throw ConfigError(
        fmt::format("dataset.params.{}: a parameter is one number per sample, but "
                    "\"{}\" has the axis \"{}\"",
                    name, from.path, layout.axes.front().label));
  for (const auto& block : layout.blocks) {
    const auto& piece = block.pieces.front();
    const auto own = out_.cache_->open(out_.files_.files[piece.file].path)->read(piece.path);
    values.insert(values.end(), own.begin(), own.end());
  }
  if (static_cast<std::int64_t>(values.size()) == out_.trajectories_) return values;
  if (values.size() != out_.files_.groups.size())
    throw DataError(fmt::format("dataset.params.{}: \"{}\" has {} numbers for {} samples", name,
                                from.path, values.size(), out_.trajectories_));
  std::vector<double> spread;  // one number per file
  for (const auto& block : blocks) {
    std::size_t group = 0;
    while (!std::count(out_.files_.groups[group].begin(), out_.files_.groups[group].end(),
                       block.pieces.front().file))
      ++group;
    spread.insert(spread.end(), static_cast<std::size_t>(block.count), values[group]);
  }
  return spread;
}

double SourceBuilder::file_number(const std::string& name, const ParameterParameters& from,
                                  std::size_t file, const std::string& sample) const {
  const auto& path = out_.files_.files[file].path;
  const auto key = "dataset.params." + name;
  if (!from.filename.empty()) {
    std::smatch found;
    const auto text = path.filename().string();
    try {
      if (!std::regex_search(text, found, std::regex(from.filename)) || found.size() < 2)
        throw DataError(fmt::format("{}: \"{}\" finds no number in the name of {}", key,
                                    from.filename, path.string()));
    } catch (const std::regex_error& e) {
      throw ConfigError(
          fmt::format("{}: \"{}\" is no regular expression: {}", key, from.filename, e.what()));
    }
    return time_of_name(found[1].str(), ".", fmt::format("{}: {}", key, path.string()));
  }
  if (from.attribute.empty())
    throw ConfigError(key + ": name an attribute (\"@nu\"), a dataset or a filename");
  const auto at = from.attribute.find('@');
  std::string object = at == std::string::npos ? "/" : from.attribute.substr(0, at);
  const auto attribute = at == std::string::npos ? from.attribute : from.attribute.substr(at + 1);
  if (PathPattern(object).has("sample")) object = PathPattern(object).with(sample).text();
  const auto reader = out_.cache_->open(path);
  const auto value = reader->attribute(object.empty() ? "/" : object, attribute);
  if (value.texts.size() == 1)
    return time_of_name(
        value.texts.front(), ".",
        fmt::format("{}: attribute \"{}\" of {}", path.string(), attribute, object));
  return reader->number(object.empty() ? "/" : object, attribute);
}

void SourceBuilder::finish() {
  auto& info = out_.info_;
  for (const auto& axis : axes_) info.axes.push_back(axis.axis);
  info.time_values = time_values_;
  // inputs, parameters, outputs
  std::stable_sort(out_.variables_.begin(), out_.variables_.end(),
                   [](const SourceVariable& a, const SourceVariable& b) {
                     const auto rank = [](Role role) {
                       return role == Role::output ? 2 : role == Role::parameter ? 1 : 0;
                     };
                     return rank(a.info.role) < rank(b.info.role);
                   });
  for (auto& variable : out_.variables_)
    for (std::size_t i = 0; variable.same >= 0 && i < out_.variables_.size(); ++i)
      if (out_.variables_[i].info.role == Role::input &&
          out_.variables_[i].info.name == variable.info.name)
        variable.same = static_cast<int>(i);
  out_.reference_ = 0;
  for (std::size_t i = out_.variables_.size(); i-- > 0;) {
    const auto& variable = out_.variables_[i];
    if (variable.info.role != Role::parameter) out_.reference_ = i;
  }
  for (std::size_t i = 0; i < out_.variables_.size(); ++i)
    if (out_.variables_[i].windowed) out_.reference_ = i;
  for (auto& variable : out_.variables_) {
    auto ordered = std::vector<std::string>();
    for (const auto& axis : info.axes)
      if (has(variable.info.axes, axis.name)) ordered.push_back(axis.name);
    variable.info.axes = ordered;
    info.variables.push_back(variable.info);
  }
}

/// Names channels and axes of one window; the arrays of the files keep all times.
void SourceBuilder::cut_windows() {
  const auto& window = *p_.window;
  const auto& reference = out_.variables_[out_.reference_];
  if (!reference.windowed) throw ConfigError("dataset.window: no variable has an axis \"time\"");
  const auto at = static_cast<std::size_t>(reference.layout.axis("time"));
  const auto& picks = reference.dims[at].picks;
  std::optional<CoordinateParameters> from;
  if (const auto found = p_.coords.find("time"); found != p_.coords.end())
    from = found->second;
  else
    from = scale_of("time");
  double step = 0;
  if (from && picks.size() > 1) {
    const auto values = CoordinateReader(out_.files_, *out_.cache_, p_)
                            .axis({"time", reference.layout.axes[at].size, picks, true}, *from)
                            .values;
    step = values[1] - values[0];
    for (std::size_t i = 1; i < values.size(); ++i)
      if (std::abs(values[i] - values[i - 1] - step) > 1e-3 * std::abs(step)) step = 0;
  }
  const auto later = [&](std::int64_t steps) {
    return step != 0 ? fmt::format("{:+.6g}", step * static_cast<double>(steps * window.stride))
                     : fmt::format("{:+d}", steps * window.stride);
  };
  for (std::int64_t i = 1; i <= window.n_out; ++i) time_values_.push_back(later(i));
  const bool as_axis = window.time_as == "axis";
  const double unit = (step != 0 ? step : 1) * static_cast<double>(window.stride);
  const auto add_axis = [&](const std::string& name, std::int64_t count, std::int64_t first) {
    Axis axis;
    axis.label = "time";
    axis.axis = {name, count, {}, false};
    for (std::int64_t i = 0; i < count; ++i)
      axis.axis.values.push_back(unit * static_cast<double>(first + i));
    axes_.insert(axes_.begin(), axis);
  };
  const auto in_name = window.n_in == window.n_out ? "time" : "time_in";
  if (as_axis) {
    if (window.n_in != window.n_out) add_axis("time_in", window.n_in, 1 - window.n_in);
    add_axis("time", window.n_out, 1);
  }
  for (auto& variable : out_.variables_) {
    if (!variable.windowed) continue;
    const bool output = variable.info.role == Role::output;
    if (as_axis) {
      variable.info.axes.insert(variable.info.axes.begin(), output ? "time" : in_name);
      continue;
    }
    std::vector<std::string> channels;
    const auto count = output ? window.n_out : window.n_in;
    for (std::int64_t t = 0; t < count; ++t)
      for (const auto& name : variable.info.channels)
        channels.push_back(
            count == 1 ? name : fmt::format("{}[{}]", name, later(output ? t + 1 : t + 1 - count)));
    variable.info.channels = std::move(channels);
  }
}

}  // namespace banach
