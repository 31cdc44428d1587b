// SPDX-License-Identifier: Apache-2.0
// SourceBuilder: where outputs would lie in files that hold none.
#include <algorithm>

#include "datasets/path_members.hpp"
#include "datasets/source_builder.hpp"

namespace banach {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Labels of an output that are neither samples nor channels nor dropped by an index.
std::vector<std::string> axis_labels(const DatasetParameters& p, const VariableParameters& output) {
  auto labels = output.axes.names;
  if (p.axis_order == "reversed") std::reverse(labels.begin(), labels.end());
  const auto names = PathPattern(output.path).names();
  labels.insert(labels.begin(), names.rbegin(), names.rend());
  std::vector<std::string> out;
  for (const auto& label : labels) {
    const Value* select = output.select.find(label);
    const bool dropped = select && select->get<std::int64_t>();
    if (label == "sample" || label == "part" || label == "_" || label == "dim" || dropped ||
        is_channel_label(label) || (p.window && label == "time"))
      continue;
    out.push_back(label);
  }
  return out;
}

}  // namespace

void SourceBuilder::place_output_axes() {
  if (p_.outputs.empty()) return;
  output_labels_ = axis_labels(p_, p_.outputs.begin()->second);
  const auto file = out_.cache_->open(out_.files_.files.front().path);
  for (const auto& label : output_labels_) {
    // In training the output's dimension scale may have said it, which has the name of the axis.
    if (label != "point" && p_.coords.count(label) == 0 && file->is_dataset(label) &&
        file->shape(label).size() == 1 && file->describe(label).numeric)
      p_.coords[label].path = label;
    place_output_axis(label);
  }
}

void SourceBuilder::place_output_axis(const std::string& label) {
  const std::int64_t size = size_in_files(label);
  if (size == 0) return take_trained_axis(label);
  const VariableParameters& output = p_.outputs.begin()->second;
  Selection selection;
  if (const Value* value = output.select.find(label))
    selection =
        Selection(*value, "dataset.outputs." + p_.outputs.begin()->first + ".select." + label);
  if (const auto step = p_.subsample.find(label); step != p_.subsample.end())
    selection.subsample(step->second);
  Axis axis;
  axis.label = label;
  axis.file_size = size, axis.picks = selection.of(size);
  axis.axis = {label, static_cast<std::int64_t>(axis.picks.size()), {}, false};
  axes_.push_back(std::move(axis));
}

/// Entries that the files give an axis of the outputs; 0 where they do not say.
std::int64_t SourceBuilder::size_in_files(const std::string& label) const {
  for (const auto& variable : out_.variables_)
    for (const auto& axis : variable.layout.axes)
      if (axis.label == label && variable.info.role != Role::parameter) return axis.size;
  auto from = p_.coords.find(label);
  if (from == p_.coords.end() && label == "point") from = p_.coords.find("points");
  if (from == p_.coords.end() || !PathPattern(from->second.path).names().empty()) return 0;
  const auto& c = from->second;
  const auto file = out_.cache_->open(out_.files_.files.front().path);
  const auto& path = c.stack.empty() ? c.path : c.stack.front();
  if (path.empty() || !file->is_dataset(path)) return 0;
  if (label == "point") return CoordinateReader(out_.files_, *out_.cache_, p_).points(c).points;
  const auto shape = file->shape(path);
  const auto at = std::find(c.axes.names.begin(), c.axes.names.end(), label);
  const auto dim = static_cast<std::size_t>(at - c.axes.names.begin());
  if (dim < c.axes.names.size() && c.axes.names.size() == shape.size())
    return shape[p_.axis_order == "reversed" ? shape.size() - 1 - dim : dim];
  return shape.empty() ? 0 : *std::max_element(shape.begin(), shape.end());
}

/// The axis of the training, or those of its grid where "point" became one.
void SourceBuilder::take_trained_axis(const std::string& label) {
  std::vector<std::string> names{label};
  if (label == "point" && !training_->axis("point")) {
    names.clear();
    for (const auto& variable : training_->variables)
      if (variable.role == Role::output && names.empty()) names = variable.axes;
    names.erase(std::remove_if(names.begin(), names.end(),
                               [&](const auto& name) { return has(output_labels_, name); }),
                names.end());
  }
  for (const auto& name : names)
    if (const DataAxis* trained = training_->axis(name)) {
      Axis axis;
      axis.label = label == "point" ? name : label;
      axis.axis = *trained;
      axis.settled = true;
      axes_.push_back(std::move(axis));
    }
  if (label == "point") {
    out_.info_.dimensions = training_->dimensions;
    out_.info_.points = training_->points;
    std::replace(output_labels_.begin(), output_labels_.end(), label, std::string());
  }
}

/// What the labels have become: a grid in place of "point", steps of a window in front.
void SourceBuilder::name_output_axes() {
  auto& info = out_.info_;
  const auto add = [&](const std::string& name) {
    if (!has(info.output_axes, name)) info.output_axes.push_back(name);
  };
  const auto& grid = info.grid_points.axes;
  for (const auto& label : output_labels_) {
    if (label == "point" && !grid.empty())
      for (const auto& name : grid) add(name);
    else if (!label.empty())
      add(label);
    else  // the points of the training
      for (const auto& axis : axes_)
        if (axis.settled && !has(output_labels_, axis.label)) add(axis.axis.name);
  }
}

}  // namespace banach
