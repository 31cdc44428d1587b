// SPDX-License-Identifier: Apache-2.0
// Layouts whose datasets name their axes by dimension scales: Dedalus and netCDF-4.
#include <fmt/format.h>

#include <algorithm>

#include "banach/error.hpp"
#include "datasets/presets.hpp"

namespace banach {
namespace {

bool one_of(const std::string& name, std::initializer_list<const char*> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The axes of a Dedalus task: t, components without a name, spatial axes.
AxisLabels task_axes(const FileTree& tree, const Hdf5DatasetInfo& info, DatasetParameters& p) {
  const auto& dimensions = tree.dimensions(info.path);
  std::size_t components = 0, seen = 0;
  for (std::size_t i = 1; i < dimensions.size(); ++i) components += dimensions[i].label.empty();
  AxisLabels axes;
  for (std::size_t i = 0; i < info.shape.size(); ++i) {
    const auto label = i < dimensions.size() ? dimensions[i].label : "";
    if (i == 0) {
      axes.names.push_back("time");
    } else if (label.empty()) {
      axes.names.push_back(++seen < components ? "channel" : "comp");
    } else if (info.shape[i] == 1) {
      axes.names.push_back("_");
    } else {
      axes.names.push_back(label);
      for (const auto& scale : dimensions[i].scales)
        if (tree.numbers(scale)) add_coordinate(p, label, scale);
    }
  }
  return axes;
}

/// What a netCDF dimension is called here; its scale says whether it has coordinates.
std::string axis_name(const std::string& scale) {
  const auto name = last_name(scale);
  if (one_of(name, {"time", "Time", "t", "valid_time"})) return "time";
  if (one_of(name, {"sample", "member", "ensemble", "realization", "number", "run"}))
    return "sample";
  return name;
}

bool is_scale(const FileTree& tree, const std::string& path) {
  return tree.text(path, "CLASS") == "DIMENSION_SCALE";
}

AxisLabels netcdf_axes(const FileTree& tree, const Hdf5DatasetInfo& info, DatasetParameters& p) {
  const auto& dimensions = tree.dimensions(info.path);
  AxisLabels axes;
  for (std::size_t i = 0; i < info.shape.size(); ++i) {
    if (i >= dimensions.size() || dimensions[i].scales.empty())
      throw ConfigError(
          fmt::format("dataset.preset: axis {} of {} in {} has no dimension scale; "
                      "name its axes: axes = \"...\"",
                      i, info.path, tree.file().string()));
    const auto& scale = dimensions[i].scales.front();
    const auto axis = axis_name(scale);
    axes.names.push_back(axis);
    if (axis == "sample" || p.coords.count(axis)) continue;
    if (tree.numbers(scale) && !tree.is_bare_dimension(scale)) {
      add_coordinate(p, axis, scale);
    } else {
      p.coords[axis].linspace = {0, static_cast<double>(info.shape[i] - 1)};
    }
  }
  return axes;
}

}  // namespace

void fill_dedalus(const FileTree& tree, DatasetParameters& p) {
  std::map<std::string, VariableParameters> known;
  std::vector<std::string> names;
  for (const auto* task : tree.members("tasks")) {
    if (!tree.numbers(task->path)) continue;
    const auto name = last_name(task->path);
    known[name].path = task->path;
    known[name].axes = task_axes(tree, task->dataset, p);
    names.push_back(name);
  }
  if (names.empty())
    throw ConfigError(
        fmt::format("dataset.preset: {} is no file of Dedalus: the group tasks is "
                    "absent or empty",
                    tree.file().string()));
  fill_variables(tree, p, known, chosen_fields(tree, p, names));
  if (tree.numbers("scales/sim_time")) add_coordinate(p, "time", "scales/sim_time");
  p.files_axis = "time";  // sets of one run follow each other; {sample} in `files` tells runs apart
  fill_window(tree, p);
}

void fill_netcdf(const FileTree& tree, DatasetParameters& p) {
  std::map<std::string, VariableParameters> known;
  std::vector<std::string> names;
  for (const auto* object : tree.members("")) {
    if (!tree.numbers(object->path) || is_scale(tree, object->path)) continue;
    if (tree.dimensions(object->path).empty()) continue;  // such as the description of a map
    names.push_back(object->path);
  }
  if (names.empty())
    throw ConfigError(
        fmt::format("dataset.preset: {} is no netCDF-4 file: no variable at its root "
                    "has dimension scales",
                    tree.file().string()));
  for (const auto& name : chosen_fields(tree, p, names)) {
    known[name].path = name;
    known[name].axes = netcdf_axes(tree, *tree.numbers(name), p);
  }
  fill_variables(tree, p, known, chosen_fields(tree, p, names));
  fill_window(tree, p);
}

}  // namespace banach
