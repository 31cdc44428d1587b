// SPDX-License-Identifier: Apache-2.0
// SourceBuilder: coordinates of axes.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "banach/error.hpp"
#include "datasets/axis_match.hpp"
#include "datasets/source_builder.hpp"

namespace banach {
namespace {

bool is_spatial(const std::string& label) {
  static const std::set<std::string> others = {"time", "point", "sensor", "dim", "part"};
  return others.count(label) == 0;
}

}  // namespace

void SourceBuilder::add_coordinates() {
  check_coordinates();
  const CoordinateReader reader(out_.files_, *out_.cache_, p_);
  for (auto& axis : axes_) {
    if (axis.label == "point" || axis.settled) continue;
    auto from = p_.coords.find(axis.label);
    std::optional<CoordinateParameters> found;
    if (from != p_.coords.end()) found = from->second;
    if (!found) found = scale_of(axis.label);
    if (found) {
      auto values = reader.axis({axis.label, axis.file_size, axis.picks, false}, *found);
      axis.axis.values = std::move(values.values);
      axis.axis.periodic = values.periodic;
      axis.axis.units = std::move(values.units);
    } else if (axis.label == "time") {
      axis.axis.values.assign(axis.picks.begin(), axis.picks.end());
    } else if (is_spatial(axis.label)) {
      throw ConfigError(fmt::format(
          "dataset.coords: axis \"{}\" has no coordinates: name a dataset, {} = \"path\", or give "
          "its ends, {} = {{ linspace = [0.0, 1.0] }}",
          axis.label, axis.label, axis.label));
    }
    sort_axis(axis);
  }
}

void SourceBuilder::sort_axis(Axis& axis) {
  const bool falling = std::count(p_.falling.begin(), p_.falling.end(), axis.axis.name) > 0;
  axis.axis.places = places_in_order(axis.axis.values, falling, "dataset.coords." + axis.label);
  if (axis.axis.places.empty()) return;
  axis.axis.values = in_order(axis.axis.values, axis.axis.places);
  out_.notes_.push_back(
      fmt::format("coordinates of \"{}\" do not {} in the files: values are put in that order",
                  axis.label, falling ? "fall" : "rise"));
  for (auto& variable : out_.variables_)
    for (std::size_t k = 0; k < variable.dims.size(); ++k) {
      auto& dim = variable.dims[k];
      const auto& own = variable.info.axes;
      if (dim.label == axis.label && dim.picks == axis.picks && !dim.selection.drops() &&
          variable.layout.axes[k].size == axis.file_size &&
          std::count(own.begin(), own.end(), axis.axis.name) > 0)
        dim.place = axis.axis.places;
    }
}

/// Coordinates of an axis that no variable has belong to a misspelt name, or to another file.
void SourceBuilder::check_coordinates() const {
  if (p_.of_run || training_) return;
  std::set<std::string> known;
  for (const auto& variable : out_.variables_)
    for (const auto& axis : variable.layout.axes)
      if (!is_channel_label(axis.label)) known.insert(axis.label);
  for (const auto& [label, from] : p_.coords) {
    if (known.count(label == "points" ? "point" : label)) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    const auto near = nearest(label, names);
    throw ConfigError(
        fmt::format("dataset.coords.{}: no variable has an axis \"{}\"{}; there are: {}", label,
                    label, near.empty() ? "" : "; did you mean \"" + near + "\"?",
                    names.empty() ? "none" : join(names)));
  }
}

/// The mapping must not contradict the names that dimension scales give to the axes.
void SourceBuilder::check_scales(const SourceVariable& variable) const {
  if (p_.of_run || p_.axis_order == "reversed") return;
  const auto& layout = variable.layout;
  const auto& file = out_.files_.files[layout.blocks.front().pieces.front().file].path;
  const auto known = out_.cache_->open(file)->dimensions(layout.first.path);
  const auto called = [&](std::size_t d, const std::string& label) {
    const auto& scales = known[d].scales;
    return known[d].label == label || std::any_of(scales.begin(), scales.end(), [&](const auto& s) {
             return s.substr(s.rfind('/') + 1) == label;
           });
  };
  for (std::size_t d = 0; d < std::min(known.size(), layout.dims.size()); ++d) {
    const auto& label = layout.dims[d];
    if (known[d].scales.empty() || called(d, label)) continue;
    for (std::size_t other = 0; other < std::min(known.size(), layout.dims.size()); ++other)
      if (!known[other].scales.empty() && called(other, label))
        throw ConfigError(fmt::format(
            "dataset.{}: axes call dimension {} of {}: dataset \"{}\" \"{}\", but its dimension "
            "scales give that name to dimension {}: write the axes in the order of the file",
            layout.name, d + 1, file.string(), layout.first.path, label, other + 1));
  }
}

/// The dimension scale of an axis, where a file has one with numbers.
std::optional<CoordinateParameters> SourceBuilder::scale_of(const std::string& label) const {
  for (const auto& variable : out_.variables_) {
    const auto& dims = variable.layout.dims;
    const auto at = std::find(dims.begin(), dims.end(), label);
    if (at == dims.end()) continue;
    const auto file = out_.cache_->open(out_.files_.files.front().path);
    const auto known = file->dimensions(variable.layout.first.path);
    const auto dim = static_cast<std::size_t>(at - dims.begin());
    if (dim >= known.size()) continue;
    for (const auto& path : known[dim].scales) {
      const auto shape = file->shape(path);
      const bool plain = shape.size() == 1 && shape[0] == variable.layout.first.shape[dim];
      if (!plain || !file->describe(path).numeric) continue;
      if (is_bare_dimension(*file, path)) continue;
      CoordinateParameters from;
      from.path = path;
      return from;
    }
  }
  return {};
}

}  // namespace banach
