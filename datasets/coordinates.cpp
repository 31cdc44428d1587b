// SPDX-License-Identifier: Apache-2.0
#include "datasets/coordinates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/path_members.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_coordinates = std::int64_t{1} << 27;

std::string key_of(const AxisRequest& request) { return "dataset.coords." + request.label; }

std::string place(const Hdf5Reader& file, const std::string& path) {
  return fmt::format("{}: dataset \"{}\"", file.path().string(), path);
}

bool close(const std::vector<double>& a, const std::vector<double>& b, bool relative) {
  const auto size = relative ? std::min(a.size(), b.size()) : a.size();
  if (size > a.size() || size > b.size() || (!relative && a.size() != b.size())) return false;
  double scale = 0;
  const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  if (std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin(), same))
    return true;  // what is not a number is reported later, if it is used
  for (std::size_t i = 0; i < size; ++i) scale = std::max(scale, std::abs(a[i] - a[0]));
  for (std::size_t i = 0; i < size; ++i) {
    const double d = relative ? (a[i] - a[0]) - (b[i] - b[0]) : a[i] - b[i];
    if (!(std::abs(d) <= 1e-5 * scale)) return false;
  }
  return true;
}

/// Values of a dataset along one label, and whether all other entries agree with it.
std::vector<double> along(const std::vector<double>& all, const Shape& shape, std::size_t dim,
                          bool relative, bool& agree) {
  std::int64_t inner = 1;
  for (std::size_t d = dim + 1; d < shape.size(); ++d) inner *= shape[d];
  const auto size = shape[dim];
  const auto outer =
      static_cast<std::int64_t>(all.size()) / std::max<std::int64_t>(size * inner, 1);
  std::vector<double> first;
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t i = 0; i < inner; ++i) {
      std::vector<double> line;
      for (std::int64_t k = 0; k < size; ++k)
        line.push_back(all[static_cast<std::size_t>((o * size + k) * inner + i)]);
      if (first.empty()) first = line;
      agree = agree && close(first, line, relative);
    }
  return first;
}

std::vector<double> linspace(const AxisRequest& request, const CoordinateParameters& from) {
  if (from.linspace.size() != 2 || from.linspace[0] == from.linspace[1])
    throw ConfigError(key_of(request) + ": linspace must be [first, last]");
  const auto gaps = static_cast<double>(
      std::max<std::int64_t>(from.endpoint ? request.size - 1 : request.size, 1));
  std::vector<double> values;
  for (std::int64_t i = 0; i < request.size; ++i)
    values.push_back(from.linspace[0] +
                     (from.linspace[1] - from.linspace[0]) * (static_cast<double>(i) / gaps));
  return values;
}

void require_finite(const AxisRequest& request, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw DataError(
          fmt::format("{}: entry {} is {}, no coordinate", key_of(request), i, values[i]));
}

/// `relative`: dates from which times count may differ.
void require_same_units(const AxisValues& a, const AxisValues& b, const AxisRequest& request,
                        const std::string& where, bool relative) {
  const auto of = [&](const AxisValues& v) { return relative ? unit_alone(v.units) : v.units; };
  if (a.units.empty() || b.units.empty() || of(a) == of(b)) return;
  throw DataError(
      fmt::format("{}: {} counts in \"{}\", others in \"{}\": all must have the same "
                  "units",
                  key_of(request), where, b.units, a.units));
}

}  // namespace

AxisValues CoordinateReader::one(const Hdf5Reader& file, const std::string& path,
                                 const AxisRequest& request,
                                 const CoordinateParameters& from) const {
  const auto shape = file.shape(path);
  const auto all = read_values(file, path, honours(), most_coordinates);
  const auto units = conventions_of(file, path, false).units;
  auto labels = from.axes.names;
  if (parameters_.axis_order == "reversed") std::reverse(labels.begin(), labels.end());
  std::size_t dim = shape.size();
  if (labels.empty()) {
    for (std::size_t d = 0; d < shape.size(); ++d)
      if (shape[d] != 1 || (dim == shape.size() && d + 1 == shape.size())) {
        if (dim < shape.size())
          throw ConfigError(fmt::format(
              "{}: {} has the shape ({}); name its axes: {{ path = \"{}\", axes = \"...\" }}",
              key_of(request), place(file, path), fmt::join(shape, ", "), from.path));
        dim = d;
      }
    if (shape.empty()) return {all, false, units};
  } else {
    if (labels.size() != shape.size())
      throw ConfigError(fmt::format("{}: axes \"{}\" do not fit {} of shape ({})", key_of(request),
                                    join(from.axes.names, " "), place(file, path),
                                    fmt::join(shape, ", ")));
    dim = static_cast<std::size_t>(std::find(labels.begin(), labels.end(), request.label) -
                                   labels.begin());
    if (dim == labels.size())
      throw ConfigError(fmt::format("{}: axes \"{}\" do not name \"{}\"", key_of(request),
                                    join(from.axes.names, " "), request.label));
  }
  bool agree = true;
  auto values = along(all, shape, dim, request.relative, agree);
  if (!agree)
    throw DataError(
        fmt::format("{}: {} differs from sample to sample; all must have the same \"{}\"",
                    key_of(request), place(file, path), request.label));
  return {std::move(values), false, units};
}

AxisValues CoordinateReader::group_values(const std::vector<std::size_t>& group,
                                          const AxisRequest& request,
                                          const CoordinateParameters& from) const {
  const PathPattern pattern(from.path);
  AxisValues all;
  const bool joins = request.label == files_.join;
  for (std::size_t i = 0; i < (joins ? group.size() : 1); ++i) {
    const auto file = cache_.open(files_.files[group[i]].path);
    AxisValues longest;
    for (const auto& member : expand_path(*file, pattern, parameters_.time_decimal)) {
      auto line = one(*file, member.path, request, from);
      if (longest.values.empty()) longest = line;
      require_same_units(longest, line, request, place(*file, member.path), request.relative);
      if (!close(longest.values, line.values, request.relative))
        throw DataError(fmt::format("{}: {} differs from others; all must have the same \"{}\"",
                                    key_of(request), place(*file, member.path), request.label));
      if (line.values.size() > longest.values.size()) longest = std::move(line);
    }
    if (all.values.empty()) all.units = longest.units;
    require_same_units(all, longest, request, file->path().string(), false);
    all.values.insert(all.values.end(), longest.values.begin(), longest.values.end());
  }
  return all;
}

AxisValues CoordinateReader::path_values(const AxisRequest& request,
                                         const CoordinateParameters& from) const {
  AxisValues longest;
  for (const auto& group : files_.groups) {
    const auto& file = files_.files[group.front()].path.string();
    auto line = group_values(group, request, from);
    if (longest.values.empty()) longest = line;
    require_same_units(longest, line, request, file, request.relative);
    if (!close(longest.values, line.values, request.relative))
      throw DataError(fmt::format("{}: {} has other coordinates than {}", key_of(request), file,
                                  files_.files[files_.groups.front().front()].path.string()));
    if (line.values.size() > longest.values.size()) longest = std::move(line);
  }
  return longest;
}

AxisValues CoordinateReader::axis(const AxisRequest& request,
                                  const CoordinateParameters& from) const {
  AxisValues out;
  std::vector<double> values;
  if (!from.linspace.empty()) {
    values = linspace(request, from);
    out.periodic = from.periodic.value_or(!from.endpoint);
  } else {
    auto read = path_values(request, from);
    values = std::move(read.values);
    out.units = std::move(read.units);
    const auto full = values.size();
    for (const auto& [label, value] : from.select.entries) {
      if (!label.empty() && label != request.label) continue;
      const Selection selection(value, key_of(request) + ": select");
      std::vector<double> kept;
      for (const auto i : selection.of(static_cast<std::int64_t>(full)))
        kept.push_back(values[static_cast<std::size_t>(i)]);
      values = kept;
    }
    const auto size = static_cast<std::int64_t>(values.size());
    const bool enough = size >= request.size ||
                        (!from.select.entries.empty() && !request.picks.empty() &&
                         *std::max_element(request.picks.begin(), request.picks.end()) < size);
    if ((size > request.size && from.select.entries.empty()) || !enough)
      throw ConfigError(fmt::format(
          "{}: \"{}\" has {} entries, the outputs have {} along this axis{}", key_of(request),
          from.path, size, request.size,
          size == request.size + 1
              ? fmt::format("; one too many: {} = {{ path = \"{}\", select = \":-1\" }}",
                            request.label, from.path)
              : ""));
    const auto file = cache_.open(files_.files.front().path);
    const auto path = expand_path(*file, PathPattern(from.path), parameters_.time_decimal);
    const bool marked = file->has_attribute(path.front().path, "periodic") &&
                        file->number(path.front().path, "periodic") != 0;
    out.periodic = from.periodic.value_or(marked);
  }
  for (const auto i : request.picks) out.values.push_back(values[static_cast<std::size_t>(i)]);
  require_finite(request, out.values);
  // What is left of a closed axis is closed only when its steps still fill it.
  if (out.periodic && static_cast<std::int64_t>(request.picks.size()) < request.size) {
    const auto step = request.picks.size() > 1 ? request.picks[1] - request.picks[0] : 1;
    out.periodic = request.size % step == 0 &&
                   static_cast<std::int64_t>(request.picks.size()) * step == request.size;
  }
  return out;
}

}  // namespace banach
