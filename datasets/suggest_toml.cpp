// SPDX-License-Identifier: Apache-2.0
// A suggestion as a whole TOML.
#include <fmt/format.h>

#include <algorithm>

#include "banach/error.hpp"
#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"
#include "datasets/presets.hpp"
#include "datasets/suggest.hpp"

namespace banach {
namespace {

std::string line(const std::string& key, const Value& value) {
  return key_text(key) + " = " + to_text(value) + "\n";
}

/// Keys that say something.
std::string variable_text(const VariableParameters& v) {
  Table t;
  t.set("path", Value(v.path));
  t.set("axes", Value(join(v.axes.names, " ")));
  if (!v.select.entries.empty()) t.set("select", Value(v.select));
  if (v.role != "auto") t.set("role", Value(v.role));
  if (v.transform != "none") t.set("transform", Value(v.transform));
  if (v.scale != 1) t.set("scale", Value(v.scale));
  if (v.offset != 0) t.set("offset", Value(v.offset));
  if (v.missing) t.set("missing", Value(*v.missing));
  return to_text(Value(t));
}

/// A coordinate that is a path alone is written as one.
Value brief(const CoordinateParameters& c) {
  const Value all = Convert<CoordinateParameters>::write(c);
  const auto* table = all.get<Table>();
  if (table && table->entries.size() == 1 && !c.path.empty()) return Value(c.path);
  return all;
}

std::string variables_text(const std::string& section,
                           const std::map<std::string, VariableParameters>& variables) {
  if (variables.empty()) return "";
  std::string out = "\n[dataset." + section + "]\n";
  for (const auto& [name, v] : variables) out += key_text(name) + " = " + variable_text(v) + "\n";
  return out;
}

std::string mapping_text(const DatasetParameters& p) {
  std::string out = variables_text("inputs", p.inputs) + variables_text("outputs", p.outputs);
  if (!p.coords.empty()) out += "\n[dataset.coords]\n";
  for (const auto& [axis, c] : p.coords) out += line(axis, brief(c));
  if (!p.params.empty()) out += "\n[dataset.params]\n";
  for (const auto& [name, c] : p.params) out += line(name, Convert<ParameterParameters>::write(c));
  return out;
}

std::string commented(const std::string& text) {
  std::string out = "# ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "# ";
  }
  return out.substr(0, out.size() - 2);
}

std::string window_text(const DatasetParameters& p) {
  if (!p.window) return "";
  return fmt::format(
      "\n[dataset.window]  # the next state from the last one\nn_in = {}\nn_out = {}\n",
      p.window->n_in, p.window->n_out);
}

std::string variant_text(const std::string& header, const DataVariantParameters& v) {
  std::string out = "\n" + header + "\n";
  if (!v.name.empty()) out += line("name", Value(v.name));
  Value::List files;
  for (const auto& file : v.files) files.emplace_back(file);
  out += line("files", files.size() == 1 ? files.front() : Value(files));
  if (v.rename.empty()) return out;
  Table rename;
  for (const auto& [from, to] : v.rename) rename.set(from, Value(to));
  return out + line("rename", Value(rename));
}

std::string split_text(const Suggestion& s) {
  const auto& p = s.dataset;
  std::string out = "\n[dataset.split]  # by sample or trajectory\n";
  const auto share = [](const SplitShare& part) {
    return part.text.find(':') == std::string::npos ? part.text : in_quotes(part.text);
  };
  out += fmt::format("train = {}\nvalidation = {}\ntest = {}\n", share(p.split.train),
                     share(p.split.validation), share(p.split.test));
  if (p.validation) out += variant_text("[dataset.validation]", *p.validation);
  for (const auto& test : p.test) out += variant_text("[[dataset.test]]", test);
  return out;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A Fourier neural operator where inputs and outputs share a grid, else a DeepONet.
std::string architecture_text(const Suggestion& s) {
  std::vector<std::string> axes;
  bool grid = true;
  for (const auto& axis : s.output_axes)
    if (!(s.dataset.window && axis == "time")) axes.push_back(axis);
  for (const auto& axis : axes) grid = grid && (axis != "point" || s.grid) && axis != "sensor";
  for (const auto& axis : s.input_axes)
    grid = grid && (has(axes, axis) || (s.dataset.window && axis == "time"));
  const bool shared = std::any_of(axes.begin(), axes.end(),
                                  [&](const auto& axis) { return has(s.input_axes, axis); });
  if (!grid || !shared || axes.empty() || axes.size() > 3)
    return "\n[architecture]  # the outputs are known at points of their own\ntype = \"deeponet\"\n"
           "latent = 64\n\n[architecture.branch]\ntype = \"mlp\"\nwidth = 64\ndepth = 3\n\n"
           "[architecture.trunk]\ntype = \"mlp\"\nwidth = 64\ndepth = 3\n";
  std::vector<std::int64_t> modes;
  for (const auto& axis : axes) {
    if (axis == "point") continue;
    modes.push_back(std::max<std::int64_t>(1, std::min<std::int64_t>(12, s.sizes.at(axis) / 2)));
  }
  for (const auto n : s.grid_sizes)
    modes.push_back(std::max<std::int64_t>(1, std::min<std::int64_t>(12, n / 2)));
  return fmt::format(
      "\n[architecture]  # inputs and outputs lie on one grid\ntype = \"fno\"\n"
      "width = {}\nmodes = [{}]  # at most half the points of each axis\ndepth = 4\n",
      modes.size() > 2 ? 16 : 32, fmt::join(modes, ", "));
}

/// A sample that is one number may be next to zero: its relative error says little.
std::string loss_text(const Suggestion& s) {
  const auto& inputs = s.dataset.inputs;
  const bool own_points = std::any_of(
      inputs.begin(), inputs.end(), [](const auto& input) { return input.second.role == "trunk"; });
  if (own_points && s.output_axes.empty())
    return "\n[loss]  # every output is a single number\ntype = \"mse\"\n";
  return "\n[loss]\ntype = \"relative_l2\"\n";
}

/// About 2500 steps, whatever the number of samples.
std::string stage_text(const Suggestion& s) {
  const auto windows = s.dataset.window && s.sizes.count("time")
                           ? std::max<std::int64_t>(1, s.sizes.at("time") - 1)
                           : 1;
  const auto train = std::max<std::int64_t>(1, s.samples * windows * 4 / 5);
  const auto batch = std::clamp<std::int64_t>(train / 25, 4, 20);
  const auto epochs = std::clamp<std::int64_t>(2500 * batch / train, 5, 500);
  return fmt::format(
      "\n[[stage]]\noptimizer = \"adam\"\n"
      "lr = 1e-3\nepochs = {}\nbatch = {}\nschedule = {{ type = \"cosine\" }}\n",
      epochs, batch);
}

/// Sizes of the grid that points form; none where they form none.
Shape grid_sizes(const FileTree& tree, const CoordinateParameters& points) {
  if (points.stack.empty()) {
    const auto* info = tree.numbers(points.path);
    if (!info || info->shape.size() != 2) return {};
    return grid_of(tree.values(info->path), static_cast<std::size_t>(info->shape[1]));
  }
  std::vector<std::vector<double>> columns;
  for (const auto& path : points.stack) columns.push_back(tree.values(path));
  std::vector<double> all;
  for (std::size_t i = 0; i < columns.front().size(); ++i)
    for (const auto& column : columns) all.push_back(column.at(i));
  return grid_of(all, columns.size());
}

void measure(const FileTree& tree, const DatasetParameters& mapping, Suggestion& s) {
  const auto candidates = find_candidates(tree, mapping.axis_order == "reversed");
  const auto look = [&](const VariableParameters& v, std::vector<std::string>& axes) {
    const auto one = std::find_if(candidates.begin(), candidates.end(), [&](const auto& c) {
      return c.path == v.path || c.path == "/" + v.path;
    });
    if (one == candidates.end()) return;
    if (one->has_sample()) s.samples = one->count;
    if (one->has_time()) s.sizes["time"] = one->count;
    if (one->has_time() && !has(axes, "time")) axes.emplace_back("time");
    for (std::size_t i = 0; i < std::min(v.axes.names.size(), one->shape.size()); ++i) {
      const auto& axis = v.axes.names[i];
      if (axis == "sample") s.samples = one->shape[i];
      if (has({"sample", "_", "comp", "channel", "dim"}, axis)) continue;
      s.sizes[axis] = one->shape[i];
      if (!has(axes, axis)) axes.push_back(axis);
    }
  };
  for (const auto& [name, v] : mapping.inputs) look(v, s.input_axes);
  for (const auto& [name, v] : mapping.outputs) look(v, s.output_axes);
  if (mapping.outputs.empty()) s.output_axes = s.input_axes;
  const auto points = mapping.coords.find("points");
  if (points == mapping.coords.end()) return;
  if (mapping.axis_order == "reversed" && points->second.stack.empty()) return;
  s.grid_sizes = grid_sizes(tree, points->second);
  s.grid = !s.grid_sizes.empty();
}

/// Less than ten samples have no tenth.
void choose_split(Suggestion& s, std::int64_t trajectories) {
  if (s.samples == 0) s.samples = trajectories;
  auto& split = s.dataset.split;
  if (!s.dataset.test.empty() || s.dataset.validation) return;
  if (s.samples < 3) {
    split.train.text = "1.0";
    split.validation.text = split.test.text = "0.0";
    s.notes.emplace_back("too few trajectories for validation: list more files");
  } else if (s.samples < 10) {
    split.train.text = fmt::format(":{}", s.samples - 2);
    split.validation.text = fmt::format("{}:{}", s.samples - 2, s.samples - 1);
    split.test.text = fmt::format("{}:", s.samples - 1);
  }
}

}  // namespace

std::string suggest_toml(const std::vector<std::filesystem::path>& files) {
  if (files.empty()) throw ConfigError("data suggest: a file is needed");
  const FileTree tree(files.front());
  DatasetParameters given;
  for (const auto& file : files) given.files.push_back(file.string());
  given.preset = detect_preset(tree);
  auto trajectories = static_cast<std::int64_t>(files.size());
  if (given.preset == "dedalus") given.files = files_of_runs(given.files, trajectories);
  Value::List list(given.files.begin(), given.files.end());
  const bool preset = given.preset != "none";
  Suggestion s;
  if (preset) s.dataset = apply_preset(given, tree);
  if (!preset) s = suggest_mapping(tree, given.files);
  measure(tree, s.dataset, s);
  choose_split(s, trajectories);
  const auto stem = files.front().stem().string();
  std::string out = fmt::format(
      "# A suggestion for {}: look it over, then\n#   banach data check THIS.toml\n"
      "#   banach train THIS.toml\nname = {}\n\n[dataset]\nfiles = {}\n",
      one_line(files.front().filename().string()), in_quotes(stem),
      to_text(list.size() == 1 ? list.front() : Value(list)));
  if (preset) out += "preset = " + in_quotes(given.preset) + "\n";
  if (s.dataset.axis_order != "file") out += "axis_order = \"reversed\"\n";
  if (s.dataset.time_decimal != ".") out += line("time_decimal", Value(s.dataset.time_decimal));
  if (preset && s.dataset.files_axis != "sample")
    out += "# files_axis = " + in_quotes(s.dataset.files_axis) + "\n";
  for (const auto& note : s.notes) out += "# " + one_line(note) + "\n";
  if (preset)
    out += "# The preset reads this; what is written here instead wins:\n" +
           commented(mapping_text(s.dataset).substr(1));
  else
    out += mapping_text(s.dataset);
  return out + window_text(s.dataset) + split_text(s) + architecture_text(s) + loss_text(s) +
         stage_text(s);
}

}  // namespace banach
