// SPDX-License-Identifier: Apache-2.0
// VTKHDF: images (regular grids) with or without steps, and unstructured grids of one step per
// file.
#include <fmt/format.h>

#include "banach/error.hpp"
#include "datasets/presets.hpp"

namespace banach {
namespace {

std::vector<double> numbers(const FileTree& tree, const std::string& attribute, std::size_t count) {
  const auto* found = tree.attribute("VTKHDF", attribute);
  if (!found || found->numbers.size() < count)
    throw ConfigError(fmt::format("dataset.preset: VTKHDF in {} has no attribute {} of {} numbers",
                                  tree.file().string(), attribute, count));
  return found->numbers;
}

struct Fields {
  std::map<std::string, VariableParameters> known;
  std::vector<std::string> names;
};

Fields fields_of(const FileTree& tree, const std::string& group) {
  Fields out;
  for (const auto* member : tree.members("VTKHDF/" + group)) {
    if (!tree.numbers(member->path)) continue;
    const auto name = last_name(member->path);
    out.known[name].path = member->path;
    out.names.push_back(name);
  }
  return out;
}

[[noreturn]] void no_fields(const FileTree& tree) {
  throw ConfigError(fmt::format("dataset.preset: {} holds no VTKHDF/PointData or CellData",
                                tree.file().string()));
}

/// Axes z, y, x in the file; those of one point are dropped. Fills the coordinates.
void image(const FileTree& tree, DatasetParameters& p, const std::string& group) {
  const auto extent = numbers(tree, "WholeExtent", 6), origin = numbers(tree, "Origin", 3),
             spacing = numbers(tree, "Spacing", 3);
  const bool cells = group == "CellData", steps = tree.numbers("VTKHDF/Steps/Values") != nullptr;
  AxisLabels axes = labels(steps ? "time" : "");
  for (std::size_t i = 3; i-- > 0;) {
    const std::string axis(1, "xyz"[i]);
    const double first = extent[2 * i], last = extent[2 * i + 1];
    axes.names.push_back(last <= first ? "_" : axis);
    if (last <= first || p.coords.count(axis)) continue;
    const double half = cells ? 0.5 : 0;
    p.coords[axis].linspace = {origin[i] + spacing[i] * (first + half),
                               origin[i] + spacing[i] * (last - half)};
  }
  auto fields = fields_of(tree, group);
  for (auto& [name, variable] : fields.known) {
    variable.axes = axes;
    const auto rank = tree.numbers(variable.path)->shape.size();
    if (rank == axes.names.size() + 1) variable.axes.names.push_back("comp");
  }
  fill_variables(tree, p, fields.known, chosen_fields(tree, p, fields.names));
  if (steps) add_coordinate(p, "time", "VTKHDF/Steps/Values");
}

/// True when all points lie at the same z.
bool flat(const FileTree& tree) {
  const auto points = tree.values("VTKHDF/Points");
  for (std::size_t i = 2; i < points.size(); i += 3)
    if (points[i] != points[2]) return false;
  return !points.empty();
}

void unstructured(const FileTree& tree, DatasetParameters& p) {
  if (tree.find("VTKHDF/Steps"))
    throw ConfigError(
        fmt::format("dataset.preset: {} holds the steps of an unstructured grid one after another "
                    "in one dataset; write one file per step",
                    tree.file().string()));
  auto fields = fields_of(tree, "PointData");
  if (fields.names.empty()) no_fields(tree);
  for (auto& [name, variable] : fields.known)
    variable.axes = labels(tree.numbers(variable.path)->shape.size() == 2 ? "point comp" : "point");
  fill_variables(tree, p, fields.known, chosen_fields(tree, p, fields.names));
  if (!p.coords.count("points")) {
    p.coords["points"].path = "VTKHDF/Points";
    p.coords["points"].axes = labels("point dim");
    if (flat(tree)) p.coords["points"].select.set("dim", Value("0:2"));
  }
}

}  // namespace

void fill_vtkhdf(const FileTree& tree, DatasetParameters& p) {
  const auto type = tree.text("VTKHDF", "Type");
  if (type == "UnstructuredGrid") {
    unstructured(tree, p);
  } else if (type == "ImageData") {
    const bool points = !tree.members("VTKHDF/PointData").empty();
    if (!points && tree.members("VTKHDF/CellData").empty()) no_fields(tree);
    image(tree, p, points ? "PointData" : "CellData");
  } else {
    throw ConfigError(
        fmt::format("dataset.preset: VTKHDF in {} is of type \"{}\"; ImageData and "
                    "UnstructuredGrid can be read",
                    tree.file().string(), type));
  }
  fill_window(tree, p);
}

}  // namespace banach
