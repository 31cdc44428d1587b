// SPDX-License-Identifier: Apache-2.0
// The Well: fields of tensor order 0, 1 and 2, whose attributes say along which axes they vary.
#include <fmt/format.h>

#include "banach/error.hpp"
#include "datasets/presets.hpp"

namespace banach {
namespace {

/// A flag of the format; `otherwise` where the file has none.
bool flag(const FileTree& tree, const std::string& object, const std::string& name,
          bool otherwise) {
  const auto* found = tree.attribute(object, name);
  return found && !found->numbers.empty() ? found->numbers.front() != 0 : otherwise;
}

std::vector<std::string> names_of(const FileTree& tree, const std::string& group) {
  const auto* found = tree.attribute(group, "field_names");
  if (found && !found->texts.empty()) return found->texts;
  std::vector<std::string> names;
  for (const auto* member : tree.members(group)) names.push_back(last_name(member->path));
  return names;
}

AxisLabels axes_of(const FileTree& tree, const std::string& path, int order,
                   const std::vector<std::string>& spatial) {
  AxisLabels axes;
  if (flag(tree, path, "sample_varying", true)) axes.names.push_back("sample");
  if (flag(tree, path, "time_varying", true)) axes.names.push_back("time");
  const auto* varying = tree.attribute(path, "dim_varying");
  for (std::size_t i = 0; i < spatial.size(); ++i)
    if (!varying || i >= varying->numbers.size() || varying->numbers[i] != 0)
      axes.names.push_back(spatial[i]);
  if (order == 2) axes.names.push_back("channel");
  if (order >= 1) axes.names.push_back("comp");
  return axes;
}

void coordinates(const FileTree& tree, DatasetParameters& p,
                 const std::vector<std::string>& spatial) {
  for (const auto& axis : spatial) {
    if (!tree.numbers("dimensions/" + axis) || p.coords.count(axis)) continue;
    p.coords[axis].path = "dimensions/" + axis;
    p.coords[axis].periodic = false;
    for (const auto* edge : tree.members("boundary_conditions")) {
      const auto* dims = tree.attribute(edge->path, "associated_dims");
      if (!dims || tree.text(edge->path, "bc_type") != "PERIODIC") continue;
      for (const auto& name : dims->texts)
        if (name == axis) p.coords[axis].periodic = true;
    }
  }
  if (!tree.numbers("dimensions/time") || p.coords.count("time")) return;
  p.coords["time"].path = "dimensions/time";
  if (flag(tree, "dimensions/time", "sample_varying", false))
    p.coords["time"].axes = labels("sample time");
}

/// Scalars that differ from sample to sample or from file to file.
void parameters(const FileTree& tree, DatasetParameters& p) {
  if (!p.params.empty()) return;
  const bool files =
      p.files.size() > 1 || p.files.front().find_first_of("*?{") != std::string::npos;
  for (const auto& name : names_of(tree, "scalars")) {
    const std::string path = "scalars/" + name;
    if (!tree.numbers(path) || flag(tree, path, "time_varying", false)) continue;
    const bool samples = flag(tree, path, "sample_varying", false);
    if (!samples && !files) continue;  // one number for all: nothing to learn from
    p.params[name].path = path;
    if (samples) p.params[name].axes = labels("sample");
  }
}

}  // namespace

void fill_the_well(const FileTree& tree, DatasetParameters& p) {
  const auto* dims = tree.attribute("dimensions", "spatial_dims");
  if (!dims || dims->texts.empty())
    throw ConfigError(
        fmt::format("dataset.preset: {} is not laid out as The Well's files: the "
                    "group dimensions has no attribute spatial_dims",
                    tree.file().string()));
  std::map<std::string, VariableParameters> known;
  std::vector<std::string> names;
  for (int order = 0; order < 3; ++order) {
    const std::string group = fmt::format("t{}_fields", order);
    for (const auto& name : names_of(tree, group)) {
      if (!tree.numbers(group + "/" + name)) continue;
      known[name].path = group + "/" + name;
      known[name].axes = axes_of(tree, known[name].path, order, dims->texts);
      names.push_back(name);
    }
  }
  fill_variables(tree, p, known, chosen_fields(tree, p, names));
  coordinates(tree, p, dims->texts);
  parameters(tree, p);
  fill_window(tree, p);
}

}  // namespace banach
