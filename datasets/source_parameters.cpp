// SPDX-License-Identifier: Apache-2.0
// SourceBuilder: numbers that come with a file or a sample.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/file_pattern.hpp"
#include "datasets/path_members.hpp"
#include "datasets/source_builder.hpp"

namespace banach {
namespace {

/// "Nu0.1." of "Nu0.1.hdf5" ends with the dot of the extension.
double number_of(std::string text, const std::string& where) {
  while (!text.empty() && text.back() == '.') text.pop_back();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw DataError(fmt::format("{}: \"{}\" is no number", where, text));
  return value;
}

/// Labels of an array that is a list, whatever its rank: [n], [n, 1], [1, n].
std::vector<std::string> single_labels(Shape shape, bool samples, bool reversed) {
  if (reversed) std::reverse(shape.begin(), shape.end());
  const auto longest = std::max_element(shape.begin(), shape.end()) - shape.begin();
  if (std::count_if(shape.begin(), shape.end(), [](auto n) { return n != 1; }) > 1) return {};
  std::vector<std::string> labels(shape.size(), "_");
  if (samples && !labels.empty()) labels[static_cast<std::size_t>(longest)] = "sample";
  return labels;
}

}  // namespace

void SourceBuilder::add_parameters() {
  for (const auto& [name, from] : p_.params) {
    SourceVariable variable;
    variable.info = {name, Role::parameter, {name}, {}};
    variable.values = parameter(name, from);
    for (std::size_t i = 0; i < variable.values.size(); ++i)
      if (!std::isfinite(variable.values[i]))
        throw DataError(fmt::format("dataset.params.{}: {} of sample {} is no number", name,
                                    variable.values[i], i));
    variable.layout.name = "params." + name;
    const auto [low, high] = std::minmax_element(variable.values.begin(), variable.values.end());
    if (*low == *high && variable.values.size() > 1)
      out_.notes_.push_back(fmt::format("parameter {} is {} everywhere", name, *low));
    out_.variables_.push_back(std::move(variable));
  }
}

std::vector<double> SourceBuilder::parameter(const std::string& name,
                                             const ParameterParameters& from) {
  std::vector<double> values;
  const auto& blocks = out_.variables_[out_.reference_].layout.blocks;
  if (from.path.empty()) {
    for (const auto& block : blocks)
      values.insert(values.end(), static_cast<std::size_t>(block.count),
                    file_number(name, from, block.pieces.front().file, block.sample));
    return values;
  }
  LayoutRequest request{
      "params." + name, from.path, from.axes.names, p_.axis_order == "reversed", false,
      p_.time_decimal,  honours()};
  const auto file = out_.cache_->open(out_.files_.files.front().path);
  const PathPattern pattern(from.path);
  if (request.labels.empty())
    request.labels =
        single_labels(file->shape(expand_path(*file, pattern, p_.time_decimal).front().path),
                      !pattern.has("sample"), request.reversed);
  const auto layout = lay_out(request, out_.files_, *out_.cache_);
  if (!layout.axes.empty())
    throw ConfigError(
        fmt::format("dataset.params.{}: a parameter is one number per sample, but "
                    "\"{}\" has the axis \"{}\"",
                    name, from.path, layout.axes.front().label));
  for (const auto& block : layout.blocks) {
    const auto& piece = block.pieces.front();
    const auto own =
        read_values(*out_.cache_->open(out_.files_.files[piece.file].path), piece.path, honours());
    values.insert(values.end(), own.begin(), own.end());
  }
  if (static_cast<std::int64_t>(values.size()) == out_.trajectories_) return values;
  if (values.size() != out_.files_.groups.size())
    throw DataError(fmt::format("dataset.params.{}: \"{}\" has {} numbers for {} samples", name,
                                from.path, values.size(), out_.trajectories_));
  std::vector<double> spread;  // one number per file
  for (const auto& block : blocks) {
    std::size_t group = 0;
    while (!std::count(out_.files_.groups[group].begin(), out_.files_.groups[group].end(),
                       block.pieces.front().file))
      ++group;
    spread.insert(spread.end(), static_cast<std::size_t>(block.count), values[group]);
  }
  return spread;
}

double SourceBuilder::file_number(const std::string& name, const ParameterParameters& from,
                                  std::size_t file, const std::string& sample) const {
  const auto& path = out_.files_.files[file].path;
  const auto key = "dataset.params." + name;
  if (!from.filename.empty()) {
    const auto found = [&] {
      try {
        return first_group(from.filename, path.filename().string());
      } catch (const ConfigError& error) {
        throw ConfigError(key + ": " + error.what());
      }
    }();
    if (!found)
      throw DataError(fmt::format("{}: \"{}\" finds no number in the name of {}", key,
                                  from.filename, path.string()));
    return number_of(*found, fmt::format("{}: {}", key, path.string()));
  }
  if (from.attribute.empty())
    throw ConfigError(key + ": name an attribute (\"@nu\"), a dataset or a filename");
  const auto at = from.attribute.find('@');
  std::string object = at == std::string::npos ? "/" : from.attribute.substr(0, at);
  const auto attribute = at == std::string::npos ? from.attribute : from.attribute.substr(at + 1);
  if (PathPattern(object).has("sample")) object = PathPattern(object).with(sample).text();
  const auto reader = out_.cache_->open(path);
  const auto value = reader->attribute(object.empty() ? "/" : object, attribute);
  if (value.texts.size() == 1)
    return number_of(value.texts.front(),
                     fmt::format("{}: attribute \"{}\" of {}", path.string(), attribute, object));
  return reader->number(object.empty() ? "/" : object, attribute);
}

}  // namespace banach
