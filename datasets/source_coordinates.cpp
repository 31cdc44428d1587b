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
      // A netCDF dimension without coordinates.
      if (file->has_attribute(path, "NAME") &&
          file->text(path, "NAME").rfind("This is a netCDF dimension but not", 0) == 0)
        continue;
      CoordinateParameters from;
      from.path = path;
      return from;
    }
  }
  return {};
}

}  // namespace banach
