// SPDX-License-Identifier: Apache-2.0
#include "datasets/presets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "banach/error.hpp"
#include "datasets/data_files.hpp"

namespace banach {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_pdebench(const FileTree& tree) {
  if (tree.numbers("t-coordinate") || tree.numbers("x-coordinate")) return true;
  if (tree.numbers("velocity") && tree.numbers("particles")) return true;
  const auto& groups = tree.members("");
  return !groups.empty() && groups.front()->group && tree.numbers(groups.front()->path + "/data") &&
         tree.find(groups.front()->path + "/grid");
}

/// Written by the netCDF library, or a variable whose axes are all named, time among them.
bool is_netcdf(const FileTree& tree) {
  if (tree.attribute("", "_NCProperties")) return true;
  for (const auto* object : tree.members("")) {
    bool all = !tree.dimensions(object->path).empty(), time = false;
    for (const auto& axis : tree.dimensions(object->path)) {
      all = all && !axis.scales.empty();
      time = time || (all && last_name(axis.scales.front()) == "time");
    }
    if (all && time) return true;
  }
  return false;
}

[[noreturn]] void no_field(const FileTree& tree, const std::string& name,
                           const std::map<std::string, VariableParameters>& known) {
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& field : known) names.push_back(field.first);
  throw ConfigError(fmt::format("dataset: \"{}\" is no field of {}, and has no axes; fields: {}",
                                name, tree.file().string(), join(names)));
}

/// Axes that were given in place of the preset's own: one for every dimension.
void require_fitting_axes(const FileTree& tree, const std::string& name,
                          const VariableParameters& v) {
  const auto* info = tree.numbers(v.path);
  const auto count = v.axes.names.size();
  if (!info || info->shape.size() == count) return;
  throw ConfigError(fmt::format(
      "dataset.{}: axes \"{}\" name {} dimension{}, but {}: dataset \"{}\" has {}: ({}); leave "
      "them to the preset, or name every one",
      name, join(v.axes.names, " "), count, count == 1 ? "" : "s", tree.file().string(), v.path,
      info->shape.size(), fmt::join(info->shape, ", ")));
}

/// u: axes "sample x y" of (12, 6, 16)
std::string axes_text(const FileTree& tree, const std::string& name, const VariableParameters& v) {
  const auto* info = tree.numbers(v.path);
  return fmt::format("{}: axes \"{}\"{}", name, join(v.axes.names, " "),
                     info ? fmt::format(" of ({})", fmt::join(info->shape, ", ")) : "");
}

void fill(const std::string& preset, const FileTree& tree, DatasetParameters& p) {
  if (preset == "pdebench") fill_pdebench(tree, p);
  if (preset == "the_well") fill_the_well(tree, p);
  if (preset == "dedalus") fill_dedalus(tree, p);
  if (preset == "vtkhdf") fill_vtkhdf(tree, p);
  if (preset == "netcdf") fill_netcdf(tree, p);
}

/// Coordinates of fields that are not used go again; those that were given stay.
void drop_unused(const DatasetParameters& given, DatasetParameters& p) {
  const auto used = [&](const std::string& axis) {
    for (const auto* variables : {&p.inputs, &p.outputs})
      for (const auto& [name, v] : *variables)
        if (has(v.axes.names, axis) || v.path.find("{" + axis + "}") != std::string::npos)
          return true;
    return axis == p.files_axis;
  };
  for (auto it = p.coords.begin(); it != p.coords.end();) {
    const auto axis = it->first == "points" ? "point" : it->first;
    it = given.coords.count(it->first) || used(axis) ? std::next(it) : p.coords.erase(it);
  }
}

}  // namespace

DatasetParameters apply_preset(const DatasetParameters& parameters) {
  if (parameters.preset == "none") return parameters;
  const auto& files =
      parameters.files.empty() && parameters.train ? parameters.train->files : parameters.files;
  return apply_preset(parameters, FileTree(find_data_files(files).front().path));
}

DatasetParameters apply_preset(const DatasetParameters& parameters, const FileTree& tree) {
  DatasetParameters p = parameters;
  p.preset = "none";
  fill(parameters.preset, tree, p);
  drop_unused(parameters, p);
  return p;
}

std::string detect_preset(const FileTree& tree) {
  if (tree.find("t0_fields") && tree.find("dimensions")) return "the_well";
  if (tree.find("VTKHDF")) return "vtkhdf";
  if (tree.find("tasks") && tree.numbers("scales/sim_time")) return "dedalus";
  if (is_pdebench(tree)) return "pdebench";
  if (is_netcdf(tree)) return "netcdf";
  return "none";
}

std::vector<std::string> chosen_fields(const FileTree& tree, const DatasetParameters& p,
                                       const std::vector<std::string>& known) {
  for (const auto& field : p.fields)
    if (!has(known, field)) {
      const auto near = nearest(field, known);
      throw ConfigError(fmt::format(
          "dataset.fields: {} has no field \"{}\"{}; its fields: {}", tree.file().string(), field,
          near.empty() ? "" : "; did you mean \"" + near + "\"?", join(known)));
    }
  return p.fields.empty() ? known : p.fields;
}

void fill_variables(const FileTree& tree, DatasetParameters& p,
                    const std::map<std::string, VariableParameters>& known,
                    const std::vector<std::string>& fields) {
  const auto complete = [&](std::map<std::string, VariableParameters>& variables,
                            const std::string& kind) {
    for (auto& [name, variable] : variables) {
      const auto bare = variable.path.substr(variable.path.rfind('/') + 1);
      const auto found = known.find(known.count(bare) ? bare : name);
      if (found == known.end() && variable.axes.names.empty()) no_field(tree, name, known);
      if (found == known.end()) continue;  // explicit
      const VariableParameters given = variable;
      variable = found->second;
      if (!given.path.empty()) variable.path = given.path;
      if (!given.axes.names.empty()) variable.axes = given.axes;
      for (const auto& [key, value] : given.select.entries) variable.select.set(key, value);
      variable.role = given.role;
      variable.transform = given.transform;
      if (given.scale != 1) variable.scale = given.scale;
      if (given.offset != 0) variable.offset = given.offset;
      if (given.missing) variable.missing = given.missing;
      if (!given.axes.names.empty()) require_fitting_axes(tree, kind + name, variable);
    }
  };
  complete(p.inputs, "inputs.");
  complete(p.outputs, "outputs.");
  if (!p.inputs.empty()) return;
  for (const auto& field : fields) p.inputs[field] = known.at(field);
  if (p.inputs.empty())
    throw ConfigError(fmt::format("dataset.preset: {} holds no fields", tree.file().string()));
}

void fill_window(const FileTree& tree, DatasetParameters& p) {
  const auto timed = [](const VariableParameters& v) {
    return has(v.axes.names, "time") || v.path.find("{time}") != std::string::npos;
  };
  if (!p.outputs.empty()) return;
  bool some = false, all = true;
  std::vector<std::string> names, axes;
  for (const auto& [name, variable] : p.inputs) {
    (timed(variable) ? some : all) = timed(variable);
    names.push_back(name);
    axes.push_back(axes_text(tree, name, variable));
  }
  if (!some)
    throw ConfigError(
        fmt::format("dataset.outputs: no field of {} has a time axis ({}), so that inputs and "
                    "outputs must be named: [dataset.inputs] and [dataset.outputs] with some of {}",
                    tree.file().string(), join(axes, "; "), join(names)));
  if (!p.window) p.window = WindowParameters();
  if (all) return;  // outputs are the inputs later
  for (const auto& [name, variable] : p.inputs)
    if (timed(variable)) p.outputs[name] = variable;
}

void add_coordinate(DatasetParameters& p, const std::string& axis, const std::string& path,
                    const std::string& select) {
  if (p.coords.count(axis)) return;
  CoordinateParameters coordinate;
  coordinate.path = path;
  if (!select.empty()) coordinate.select.set("", Value(select));
  p.coords[axis] = coordinate;
}

AxisLabels labels(const std::string& text) {
  AxisLabels out;
  Diagnostics diagnostics;
  Convert<AxisLabels>::read(Value(text), "axes", diagnostics, out);
  return out;
}

}  // namespace banach
