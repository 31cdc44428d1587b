// SPDX-License-Identifier: Apache-2.0
// PDEBench's files: flat ones with a dataset per field, and ones with a group per sample.
#include <fmt/format.h>

#include "banach/error.hpp"
#include "datasets/presets.hpp"

namespace banach {
namespace {

VariableParameters variable(const std::string& path, const std::string& axes) {
  VariableParameters v;
  v.path = path;
  v.axes = labels(axes);
  return v;
}

/// Coordinates by their published names; times have one entry too many.
void flat_coordinates(const FileTree& tree, DatasetParameters& p, std::int64_t steps) {
  for (const std::string axis : {"x", "y", "z"})
    if (tree.numbers(axis + "-coordinate")) add_coordinate(p, axis, axis + "-coordinate");
  const auto* times = tree.numbers("t-coordinate");
  if (times && steps > 0 && times->shape.size() == 1)
    add_coordinate(p, "time", "t-coordinate", times->shape[0] == steps + 1 ? ":-1" : "");
}

void darcy(const FileTree& tree, DatasetParameters& p) {
  fill_variables(tree, p, {{"nu", variable("nu", "sample x y")}}, {"nu"});
  if (p.outputs.empty()) p.outputs["u"] = variable("tensor", "sample _ x y");
  flat_coordinates(tree, p, 0);
}

void fields(const FileTree& tree, DatasetParameters& p, const std::vector<std::string>& names) {
  const auto& shape = tree.numbers(names.front())->shape;
  static const char* axes[] = {"sample time x", "sample time x y", "sample time x y z"};
  if (shape.size() < 3 || shape.size() > 5)
    throw ConfigError(
        fmt::format("dataset.preset: {} in {} has {} dimensions; PDEBench's fields "
                    "have 3 to 5: sample, time, x, y, z",
                    names.front(), tree.file().string(), shape.size()));
  std::map<std::string, VariableParameters> known;
  std::vector<std::string> called;
  for (const auto& path : names) {
    called.push_back(path == "tensor" ? "u" : path);
    known[called.back()] = variable(path, axes[shape.size() - 3]);
  }
  fill_variables(tree, p, known, chosen_fields(tree, p, called));
  flat_coordinates(tree, p, shape[1]);
  fill_window(tree, p);
}

void incompressible(const FileTree& tree, DatasetParameters& p) {
  std::map<std::string, VariableParameters> known;
  std::vector<std::string> names;
  for (const std::string name : {"velocity", "particles", "force"})
    if (const auto* info = tree.numbers(name)) {
      const std::string last = info->shape.back() == 1 ? " _" : " comp";
      known[name] =
          variable(name, (info->shape.size() == 5 ? "sample time x y" : "sample x y") + last);
      names.push_back(name);
    }
  fill_variables(tree, p, known, chosen_fields(tree, p, names));
  for (const std::string axis : {"x", "y"})
    if (!p.coords.count(axis)) {
      p.coords[axis].linspace = {0, 1};  // the files name no coordinates
      p.coords[axis].endpoint = false;
      p.coords[axis].periodic = false;
    }
  if (tree.numbers("t") && !p.coords.count("time")) {
    p.coords["time"].path = "t";
    p.coords["time"].axes = labels("sample time");
  }
  fill_window(tree, p);
}

void grouped(const FileTree& tree, DatasetParameters& p, const std::string& first) {
  const auto& shape = tree.numbers(first + "/data")->shape;
  static const char* axes[] = {"time x", "time x y", "time x y z"};
  if (shape.size() < 3 || shape.size() > 5)
    throw ConfigError(
        fmt::format("dataset.preset: /{}/data in {} has {} dimensions; PDEBench's "
                    "have 3 to 5: time, x, y, z, channel",
                    first, tree.file().string(), shape.size()));
  const std::string last = shape.back() == 1 ? " _" : " channel";
  fill_variables(tree, p, {{"u", variable("/{sample}/data", axes[shape.size() - 3] + last)}},
                 {"u"});
  for (const std::string axis : {"x", "y", "z"})
    if (tree.numbers(first + "/grid/" + axis))
      add_coordinate(p, axis, "/" + first + "/grid/" + axis);
  if (const auto* times = tree.numbers(first + "/grid/t"))
    add_coordinate(p, "time", "/" + first + "/grid/t",
                   times->shape[0] == shape[0] + 1 ? ":-1" : "");
  fill_window(tree, p);
}

}  // namespace

void fill_pdebench(const FileTree& tree, DatasetParameters& p) {
  if (tree.numbers("nu") && tree.numbers("tensor")) return darcy(tree, p);
  if (tree.numbers("velocity") && tree.numbers("particles")) return incompressible(tree, p);
  std::vector<std::string> names;
  for (const std::string name : {"tensor", "density", "pressure", "Vx", "Vy", "Vz"})
    if (tree.numbers(name)) names.push_back(name);
  if (!names.empty()) return fields(tree, p, names);
  for (const auto* member : tree.members(""))
    if (member->group && tree.numbers(member->path + "/data"))
      return grouped(tree, p, member->path);
  throw ConfigError(
      fmt::format("dataset.preset: {} is not laid out as PDEBench's files: no dataset "
                  "tensor, density or velocity, and no groups with data",
                  tree.file().string()));
}

}  // namespace banach
