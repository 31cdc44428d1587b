// SPDX-License-Identifier: Apache-2.0
#include "datasets/measurements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "banach/config.hpp"
#include "banach/error.hpp"
#include "datasets/conventions.hpp"
#include "datasets/csv.hpp"
#include "datasets/file_kind.hpp"
#include "datasets/hdf5_file.hpp"
#include "datasets/probe.hpp"

namespace banach {
namespace {

using Order = std::vector<std::size_t>;

/// Without axes of length one.
Shape squeezed(Shape shape) {
  shape.erase(std::remove(shape.begin(), shape.end(), 1), shape.end());
  return shape;
}

std::string text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::string bare(const std::string& path) {
  return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

class Hdf5Measurements {
 public:
  Hdf5Measurements(const std::filesystem::path& path, const MeasuredColumns& columns)
      : path_(path.string()), columns_(columns), file_(path) {
    for (const auto& name : columns.coordinates) coordinates_.push_back(take(name));
    for (const auto& name : columns.values) values_.push_back(take(name));
  }

  Measurements read() {
    const auto& shape = values_.empty() ? coordinates_[0].shape : values_[0].shape;
    for (const auto& column : values_)
      if (column.shape != shape)
        throw DataError(fmt::format("{}: dataset \"{}\" has another shape than \"{}\": {} and {}",
                                    path_, column.name, values_[0].name, text(column.shape),
                                    text(shape)));
    const bool scattered =
        std::all_of(coordinates_.begin(), coordinates_.end(),
                    [&](const auto& c) { return squeezed(c.shape) == squeezed(shape); });
    if (scattered)
      read_points();
    else
      read_grid(shape);
    for (std::size_t i = 0; !values_.empty() && i < values_[0].numbers.size(); ++i)
      for (const auto& column : values_) out_.values.push_back(column.numbers[i]);
    return std::move(out_);
  }

 private:
  struct Column {
    std::string name;
    Shape shape;
    std::vector<double> numbers;
  };

  Column take(const std::string& name) const {
    return {name, file_.shape(name), read_values(file_, name)};
  }

  void read_points() {
    for (std::size_t i = 0; i < coordinates_[0].numbers.size(); ++i)
      for (const auto& column : coordinates_) out_.points.push_back(column.numbers[i]);
  }

  void read_grid(const Shape& shape) {
    const auto order = order_of_scales();
    Shape grid;
    for (const auto k : order)
      grid.push_back(static_cast<std::int64_t>(coordinates_[k].numbers.size()));
    const bool lines = std::all_of(coordinates_.begin(), coordinates_.end(),
                                   [](const auto& c) { return squeezed(c.shape).size() <= 1; });
    if (values_.empty() || !lines || squeezed(shape) != squeezed(grid)) refuse(shape, grid);
    for (std::size_t i = 0; i < values_[0].numbers.size(); ++i) {
      std::size_t rest = i;
      std::vector<double> point(order.size());
      for (std::size_t a = order.size(); a-- > 0;) {
        const auto& along = coordinates_[order[a]].numbers;
        point[order[a]] = along[rest % along.size()];
        rest /= along.size();
      }
      out_.points.insert(out_.points.end(), point.begin(), point.end());
    }
    if (!scales_ && ambiguous(grid))
      out_.notices.push_back(
          fmt::format("{}: axes of one length and no dimension scales: \"{}\" {} is taken to be "
                      "[{}]",
                      path_, values_[0].name, text(shape), join(columns_.coordinates)));
  }

  static bool ambiguous(Shape grid) {
    grid = squeezed(grid);
    std::sort(grid.begin(), grid.end());
    return std::adjacent_find(grid.begin(), grid.end()) != grid.end();
  }

  // Which coordinate each axis of the values runs along.
  Order order_of_scales() {
    Order in_turn(coordinates_.size()), out;
    std::iota(in_turn.begin(), in_turn.end(), std::size_t{0});
    if (values_.empty()) return in_turn;
    std::vector<std::string> names;
    for (const auto& dimension : file_.dimensions(values_[0].name)) {
      const auto along = std::find_if(in_turn.begin(), in_turn.end(), [&](std::size_t k) {
        return called(dimension, coordinates_[k].name);
      });
      if (along != in_turn.end()) out.push_back(*along);
      names.push_back(name_of(dimension));
    }
    scales_ = out.size() == in_turn.size() &&
              std::is_permutation(out.begin(), out.end(), in_turn.begin());
    if (!scales_) refuse_other_names(names);
    return scales_ ? out : in_turn;
  }

  static bool called(const Hdf5Dimension& dimension, const std::string& name) {
    return bare(dimension.label) == bare(name) ||
           std::any_of(dimension.scales.begin(), dimension.scales.end(),
                       [&](const auto& scale) { return bare(scale) == bare(name); });
  }
  static std::string name_of(const Hdf5Dimension& dimension) {
    if (!dimension.label.empty()) return dimension.label;
    return dimension.scales.empty() ? "-" : dimension.scales.front();
  }

  /// Names of the axes that are not the coordinates say nothing where two axes have one length.
  void refuse_other_names(const std::vector<std::string>& names) const {
    const bool none =
        std::all_of(names.begin(), names.end(), [](const auto& name) { return name == "-"; });
    if (none || !ambiguous(values_[0].shape)) return;
    throw DataError(
        fmt::format("{}: dataset \"{}\": its dimension scales ({}) do not tell which axis is {}; "
                    "name the datasets of the coordinates by columns",
                    path_, values_[0].name, join(names), join(columns_.coordinates, ", or ")));
  }

  [[noreturn]] void refuse(const Shape& shape, const Shape& grid) const {
    std::string shapes;
    for (const auto& column : coordinates_)
      shapes +=
          fmt::format("{}\"{}\" {}", shapes.empty() ? "" : ", ", column.name, text(column.shape));
    if (values_.empty())
      throw DataError(
          fmt::format("{}: the coordinates of points must have one shape, such as [n]; "
                      "these have: {}",
                      path_, shapes));
    throw DataError(fmt::format(
        "{}: dataset \"{}\" has shape {}; its coordinates ({}) ask for {} (a grid) or for one "
        "length of all datasets (scattered points)",
        path_, values_[0].name, text(shape), shapes, text(grid)));
  }

  const std::string path_;
  const MeasuredColumns& columns_;
  const Hdf5Reader file_;
  std::vector<Column> coordinates_, values_;
  bool scales_ = false;  // they tell the order
  Measurements out_;
};

Measurements from_text(const std::filesystem::path& file, const MeasuredColumns& columns) {
  auto names = columns.coordinates;
  names.insert(names.end(), columns.values.begin(), columns.values.end());
  auto table = read_text_table(file, names, columns.named);
  Measurements out;
  for (std::size_t i = 0; i < table.values.size(); ++i)
    (i % names.size() < columns.coordinates.size() ? out.points : out.values)
        .push_back(table.values[i]);
  out.lines = std::move(table.lines);
  out.notices = std::move(table.notices);
  return out;
}

}  // namespace

Measurements read_measurements(const std::filesystem::path& file, const MeasuredColumns& columns) {
  if (kind_of_file(file) == FileKind::text) return from_text(file, columns);
  probe_hdf5(file);
  return Hdf5Measurements(file, columns).read();
}

}  // namespace banach
