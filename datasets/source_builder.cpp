// SPDX-License-Identifier: Apache-2.0
#include "datasets/source_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "banach/error.hpp"

namespace banach {
namespace {

const char* role_name(DataVariable::Role role) {
  return role == DataVariable::Role::output ? "outputs." : "inputs.";
}

template <class Map>
void rename(const std::map<std::string, std::string>& names, Map& map) {
  for (auto& [name, entry] : map)
    if (const auto found = names.find(entry.path); found != names.end()) entry.path = found->second;
}

/// The parameters as one set of files sees them.
DatasetParameters merged(DatasetParameters p, const DataVariantParameters& own) {
  if (!own.files.empty()) p.files = own.files;
  for (const auto& [label, step] : own.subsample) p.subsample[label] = step;
  rename(own.rename, p.inputs);
  rename(own.rename, p.outputs);
  rename(own.rename, p.coords);
  rename(own.rename, p.params);
  if (p.weights)
    if (const auto found = own.rename.find(p.weights->path); found != own.rename.end())
      p.weights->path = found->second;
  return p;
}

std::vector<std::string> labels_of(const ArrayLayout& layout) {
  std::vector<std::string> labels;
  for (const auto& axis : layout.axes) labels.push_back(axis.label);
  return labels;
}

}  // namespace

bool is_channel_label(const std::string& label) {
  return label == "channel" || label == "comp" || label == ArrayLayout::complex_axis;
}

SourceBuilder::SourceBuilder(const DatasetParameters& parameters, const DataVariantParameters& own,
                             DataSource& out, const DatasetInfo* training)
    : p_(merged(parameters, own)), out_(out), training_(training) {
  if (training_) p_.weights.reset();  // they weigh errors, and there are none
}

void SourceBuilder::build() {
  out_.files_ = group_files(find_data_files(p_.files), p_.files_axis);
  add_variables();
  check_samples();
  if (training_) place_output_axes();
  for (const auto role : {Role::output, Role::points, Role::input})
    for (auto& variable : out_.variables_)
      if (variable.info.role == role) place_axes(variable);
  add_coordinates();
  add_points();
  pair_points();
  if (training_) name_output_axes();
  for (auto& variable : out_.variables_) {
    name_channels(variable);
    set_strides(variable);
  }
  add_parameters();
  if (p_.window) cut_windows();
  finish();
}

void SourceBuilder::add_variables() {
  if (p_.inputs.empty() && p_.outputs.empty())
    throw ConfigError(
        "dataset: inputs and outputs are missing: say what is read: inputs.a = { "
        "path = \"...\", axes = \"sample x\" }");
  for (const auto& [name, from] : p_.inputs) add_variable(name, from, Role::input);
  if (!training_) {
    for (const auto& [name, from] : p_.outputs) add_variable(name, from, Role::output);
    if (p_.outputs.empty() && p_.window) default_outputs();
  }
  std::set<std::string> known = {"sample"};
  for (const auto& variable : out_.variables_)
    for (const auto& label : labels_of(variable.layout)) known.insert(label);
  for (const auto& [label, step] : p_.subsample) {
    if (step < 1) throw ConfigError(fmt::format("dataset.subsample.{}: must be >= 1", label));
    if (known.count(label) == 0 && known.count("point") == 0)
      throw ConfigError(
          fmt::format("dataset.subsample.{}: no variable has this axis; there are: {}", label,
                      join({known.begin(), known.end()})));
  }
}

void SourceBuilder::add_variable(const std::string& name, const VariableParameters& from,
                                 Role role) {
  SourceVariable variable;
  variable.info.name = name;
  variable.info.role = role;
  variable.transform = from.transform;
  variable.scale = from.scale;
  variable.offset = from.offset;
  LayoutRequest request{
      role_name(role) + name, from.path,       from.axes.names, p_.axis_order == "reversed",
      p_.window.has_value(),  p_.time_decimal, honours()};
  variable.layout = lay_out(request, out_.files_, *out_.cache_);
  check_scales(variable);
  take_statements(variable, from);
  const bool points = from.role == "trunk" || variable.layout.axis("dim") >= 0;
  if (role == Role::input && points) variable.info.role = Role::points;
  if (points && variable.layout.axis("dim") < 0)
    throw ConfigError(fmt::format(
        "dataset.inputs.{}: role = \"trunk\" needs an axis \"dim\": one entry per coordinate",
        name));
  variable.windowed = p_.window && variable.layout.axis("time") >= 0;
  select(variable, from);
  out_.variables_.push_back(std::move(variable));
  from_.push_back(from);
}

bool SourceBuilder::honours() const { return p_.cf_attributes.value_or(true); }

/// What the files state of the numbers, beside what the mapping says.
void SourceBuilder::take_statements(SourceVariable& variable, const VariableParameters& from) {
  auto& layout = variable.layout;
  const bool own = from.scale != 1 || from.offset != 0;
  for (auto& block : layout.blocks)
    for (auto& piece : block.pieces) {
      if (piece.stated && piece.stated->packed() && own && !p_.cf_attributes)
        throw ConfigError(fmt::format(
            "dataset.{}: {}: dataset \"{}\" states {}, and scale or offset are given, too: say "
            "dataset.cf_attributes = true to apply both, or false to apply yours alone",
            layout.name, out_.files_.files[piece.file].path.string(), piece.path,
            piece.stated->packing()));
      if (!from.missing) continue;
      if (!piece.stated) piece.stated = std::make_shared<Conventions>();
      piece.stated->add_missing(*from.missing, layout.first.type);
    }
  const auto& first = layout.blocks.front().pieces.front();
  if (first.stated && first.stated->packed())
    out_.notes_.push_back(
        fmt::format("{} is unpacked: {}", layout.first.path, first.stated->packing()));
  if (layout.first.type == "enum")
    out_.notes_.push_back(layout.first.path + " is an enumeration: its codes are read as numbers");
  if (from.transform == "none" && !own) variable.info.units = layout.units;
}

void SourceBuilder::default_outputs() {
  const auto inputs = out_.variables_.size();
  for (std::size_t i = 0; i < inputs; ++i) {
    if (!out_.variables_[i].windowed) continue;
    auto output = out_.variables_[i];
    output.info.role = Role::output;
    output.layout.name = role_name(Role::output) + output.info.name;
    output.same = static_cast<int>(i);  // found again by name once variables are in order
    out_.variables_.push_back(std::move(output));
    from_.push_back(VariableParameters(from_[i]));
  }
  if (out_.variables_.size() == inputs)
    throw ConfigError("dataset.window: no input has an axis \"time\"");
}

void SourceBuilder::select(SourceVariable& variable, const VariableParameters& from) {
  const auto& layout = variable.layout;
  const auto labels = labels_of(layout);
  const auto key = "dataset." + layout.name + ".select";
  for (const auto& [label, value] : from.select.entries)
    if (layout.axis(label) < 0)
      throw ConfigError(
          fmt::format("{}.{}: there is no such axis; there are: {}{}", key, label, join(labels),
                      label == "sample" ? "; samples are chosen by [dataset.split]" : ""));
  for (const auto& axis : layout.axes) {
    SourceVariable::Dimension dim;
    dim.label = axis.label;
    if (const auto* value = from.select.find(axis.label))
      dim.selection = Selection(*value, key + "." + axis.label);
    if (const auto step = p_.subsample.find(axis.label); step != p_.subsample.end())
      dim.selection.subsample(step->second);
    dim.picks = dim.selection.of(axis.size);
    if (dim.selection.drops() && axis.label == "time") variable.windowed = false;
    variable.dims.push_back(std::move(dim));
  }
}

void SourceBuilder::check_samples() {
  auto& variables = out_.variables_;
  for (std::size_t i = 0; i < variables.size(); ++i)
    if (variables[i].windowed && variables[i].layout.axis("time") >= 0) {
      out_.reference_ = i;
      break;
    }
  const auto& reference = variables[out_.reference_].layout;
  out_.trajectories_ = reference.trajectories;
  for (const auto& variable : variables) {
    const auto& layout = variable.layout;
    if (layout.trajectories != reference.trajectories)
      throw DataError(
          fmt::format("dataset.{} has {} samples ({}: dataset \"{}\" {}), but dataset.{} "
                      "has {} (dataset \"{}\")",
                      layout.name, layout.trajectories, out_.files_.files.front().path.string(),
                      layout.first.path, fmt::format("({})", fmt::join(layout.first.shape, ", ")),
                      reference.name, reference.trajectories, reference.first.path));
    for (const auto& block : layout.blocks) {
      const auto& other = reference.block(block.first);
      if (!block.sample.empty() && !other.sample.empty() && block.sample != other.sample)
        throw DataError(fmt::format(
            "dataset.{} and dataset.{} are of different samples: \"{}\" where the other has \"{}\"",
            layout.name, reference.name, block.sample, other.sample));
    }
    if (variable.windowed) check_times(variable);
  }
}

void SourceBuilder::check_times(const SourceVariable& variable) const {
  const auto& reference = out_.variables_[out_.reference_].layout;
  for (const auto& block : variable.layout.blocks)
    if (const auto& other = reference.block(block.first); other.time != block.time)
      throw DataError(fmt::format("{}: dataset \"{}\" has {} times, dataset \"{}\" has {}",
                                  out_.files_.files[block.pieces.front().file].path.string(),
                                  block.pieces.front().path, block.time, other.pieces.front().path,
                                  other.time));
}

void SourceBuilder::place_axes(SourceVariable& variable) {
  for (std::size_t k = 0; k < variable.dims.size(); ++k) {
    const auto& dim = variable.dims[k];
    if (dim.selection.drops() || is_channel_label(dim.label)) continue;
    if (dim.label == "dim") continue;  // becomes channels of points
    if (variable.windowed && dim.label == "time") continue;
    const auto name = axis_name(variable, dim, variable.layout.axes[k].size);
    if (!name.empty()) variable.info.axes.push_back(name);
  }
}

/// "" where the axis becomes channels: other times than the outputs'.
std::string SourceBuilder::axis_name(const SourceVariable& variable,
                                     const SourceVariable::Dimension& dim, std::int64_t size) {
  const bool output = variable.info.role == Role::output;
  const auto same = [&](const Axis& axis) {
    return axis.label == dim.label && axis.picks == dim.picks && axis.file_size == size;
  };
  if (const auto found = std::find_if(axes_.begin(), axes_.end(), same); found != axes_.end())
    return found->axis.name;
  const bool taken = std::any_of(axes_.begin(), axes_.end(),
                                 [&](const Axis& axis) { return axis.label == dim.label; });
  if (taken && output)
    throw ConfigError(
        fmt::format("dataset.{}: axis \"{}\" has {} of {} entries, not those of the other outputs",
                    variable.layout.name, dim.label, dim.picks.size(), size));
  if (taken && dim.label == "time") return "";
  auto name = dim.label;
  while (std::any_of(axes_.begin(), axes_.end(),
                     [&](const Axis& axis) { return axis.axis.name == name; }))
    name += "_in";
  axes_.push_back(
      {dim.label, {name, static_cast<std::int64_t>(dim.picks.size()), {}, false}, size, dim.picks});
  return name;
}

}  // namespace banach
